#include "messaging/live/peers.h"

#include <utility>

namespace parley::messaging {
namespace {

using Kind = PeerWord::Kind;

// Of the texts that say all the people of a process. A person is at most 8 KB.
constexpr std::size_t kConversationsInWordMax = 2'000;

TimestampMicros micros(std::chrono::seconds time) {
  return std::chrono::microseconds(time).count();
}

PeerPerson told_of(const Attendance::Person& person) {
  PeerPerson told{.id = person.id};
  for (const Attendance::Room* room : person.rooms) {
    told.conversations.push_back(room->conversation);
  }
  return told;
}

}  // namespace

Peers::Peers(PeerSettings settings, Attendance& attendance, Tell tell)
    : settings_(std::move(settings)), attendance_(attendance), tell_(std::move(tell)) {}

void Peers::publish(PeerWord word) {
  if (!settings_.publish) return;
  word.from = settings_.process;
  settings_.publish(text_of(word));
}

void Peers::came(const Attendance::Person& person) {
  if (are_possible()) publish({.kind = Kind::kHere, .people = {told_of(person)}});
}

void Peers::left(std::string_view person) {
  publish({.kind = Kind::kLeft, .person = std::string(person)});
}

void Peers::typing(std::string_view person, std::string_view conversation, bool typing) {
  publish({.kind = Kind::kTyping,
           .person = std::string(person),
           .conversation = std::string(conversation),
           .typing = typing});
}

void Peers::ended(std::string_view person) {
  publish({.kind = Kind::kEnded, .person = std::string(person)});
}

void Peers::say_all() {
  ask_all();
  say_people();
}

void Peers::ask_all() {
  publish({.kind = Kind::kHello});
}

void Peers::gone() {
  publish({.kind = Kind::kGone});
}

void Peers::say_people() {
  if (!are_possible()) return;
  PeerWord part{.kind = Kind::kPeople, .first = true};
  std::size_t conversations = 0;
  attendance_.for_each_here([&](const Attendance::Person& person) {
    part.people.push_back(told_of(person));
    conversations += 1 + person.rooms.size();
    if (conversations < kConversationsInWordMax) return;
    publish(std::exchange(part, {.kind = Kind::kPeople}));
    conversations = 0;
  });
  part.last = true;
  publish(std::move(part));
}

void Peers::take(const PeerWord& word, TimestampMicros now) {
  if (!are_possible() || is_own(word)) return;
  if (word.kind == Kind::kGone) {
    const auto known = peers_.find(word.from);
    if (known != peers_.end()) forget(known);
    return;
  }
  const auto [found, is_new] = peers_.try_emplace(word.from);
  Peer& peer = found->second;
  peer.heard_at = now;
  if (word.kind == Kind::kHello && (word.to.empty() || word.to == settings_.process)) say_people();
  // Of one that says hello all is about to come.
  if (is_new && word.kind != Kind::kHello && word.kind != Kind::kPeople) {
    publish({.kind = Kind::kHello, .to = word.from});
  }
  if (word.kind == Kind::kPeople || word.kind == Kind::kHere) take_people(peer, word);
  if (word.kind == Kind::kLeft) take_departure(peer, word.from, word.person);
}

void Peers::take_people(Peer& peer, const PeerWord& word) {
  if (word.first) peer.confirmed.emplace();
  for (const PeerPerson& person : word.people) {
    if (person.id.empty()) continue;
    peer.people.insert(person.id);
    if (peer.confirmed) peer.confirmed->insert(person.id);
    if (!attendance_.arrive_elsewhere(word.from, person.id, person.conversations)) continue;
    tell_(person.id, true, attendance_.company_of(*attendance_.find(person.id)));
  }
  if (!word.last || !peer.confirmed) return;
  const auto confirmed = *std::exchange(peer.confirmed, std::nullopt);
  const auto known = peer.people;
  for (const std::string& person : known) {
    if (!confirmed.contains(person)) take_departure(peer, word.from, person);
  }
}

void Peers::take_departure(Peer& peer, std::string_view process, const std::string& person) {
  peer.people.erase(person);
  if (peer.confirmed) peer.confirmed->erase(person);
  const auto departure = attendance_.leave_elsewhere(process, person);
  if (departure && departure->offline) tell_(person, false, departure->company);
}

Peers::ByName::iterator Peers::forget(ByName::iterator found) {
  auto& [process, peer] = *found;
  const auto people = peer.people;
  for (const std::string& person : people) take_departure(peer, process, person);
  return peers_.erase(found);
}

void Peers::tick(TimestampMicros now) {
  if (!are_possible()) return;
  const auto is_over = [now](TimestampMicros since, std::chrono::seconds time) {
    return now < since || now - since >= micros(time);  // the clock may have been set back
  };
  if (is_over(alive_at_, settings_.alive_interval)) {
    alive_at_ = now;
    publish({.kind = Kind::kAlive});
  }
  for (auto each = peers_.begin(); each != peers_.end();) {
    if (now < each->second.heard_at) each->second.heard_at = now;
    each = is_over(each->second.heard_at, settings_.silence_max) ? forget(each) : std::next(each);
  }
}

}  // namespace parley::messaging
