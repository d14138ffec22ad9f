#include "messaging/live/peers.h"

#include <algorithm>
#include <utility>

namespace parley::messaging {
namespace {

using Kind = PeerWord::Kind;

// Of the words that say all the people of a process: a conversation is 40 bytes.
constexpr std::size_t kConversationsInWordMax = 2'000;
constexpr std::size_t kConversationsInTickMax = 20'000;
constexpr std::chrono::seconds kSayInterval{1};

/// Whether so much time has passed; also where the clock was set back.
bool has_passed(std::chrono::seconds time, TimestampMicros since, TimestampMicros now) {
  return now < since || now - since >= std::chrono::microseconds(time).count();
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
  if (!settings_.publish || is_over_) return;
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

void Peers::say_all(TimestampMicros now) {
  publish({.kind = Kind::kHello});
  is_asked_ = true;
  if (!is_saying_) say_people(now);
}

void Peers::ask_rooms() {
  if (!are_possible()) return;
  for (auto& [name, peer] : peers_) peer.moves_next = true;
  publish({.kind = Kind::kHello});
}

void Peers::gone() {
  publish({.kind = Kind::kGone});
  is_over_ = true;
}

/// Goes on with who is left to be said, or begins anew if that is asked for and not too soon.
void Peers::say_people(TimestampMicros now) {
  PeerWord word{.kind = Kind::kPeople};
  if (!is_saying_) {
    if (!is_asked_ || !has_passed(kSayInterval, said_at_, now)) return;
    is_asked_ = false;
    is_saying_ = true;
    said_at_ = now;
    word.first = true;
    rest_.clear();
    attendance_.for_each_here([this](const Attendance::Person& each) { rest_.push_back(each.id); });
  }
  std::size_t in_word = 0;
  std::size_t in_tick = 0;
  while (!rest_.empty() && in_tick < kConversationsInTickMax) {
    const Attendance::Person* const person = attendance_.find(rest_.back());
    rest_.pop_back();
    if (person == nullptr || !person->is_here) continue;  // left meanwhile, which was said
    word.people.push_back(told_of(*person));
    in_word += 1 + person->rooms.size();
    in_tick += 1 + person->rooms.size();
    if (in_word < kConversationsInWordMax) continue;
    publish(std::exchange(word, {.kind = Kind::kPeople}));
    in_word = 0;
  }
  word.last = rest_.empty();
  is_saying_ = !word.last;
  if (word.first || word.last || !word.people.empty()) publish(std::move(word));
}

void Peers::take(const PeerWord& word, TimestampMicros now) {
  if (!are_possible() || is_own(word)) return;
  if (word.kind == Kind::kGone && !peers_.contains(word.from)) return;
  const auto [found, is_new] = peers_.try_emplace(word.from);
  Peer& peer = found->second;
  if (peer.is_gone) return;
  peer.heard_at = now;
  peer.is_gone = word.kind == Kind::kGone;
  const bool says_all = word.kind == Kind::kPeople && word.first;
  if (is_new && !says_all) publish({.kind = Kind::kHello, .to = word.from});
  switch (word.kind) {
    case Kind::kHello:
      if (!word.to.empty() && word.to != settings_.process) break;
      is_asked_ = true;
      if (!is_saying_) say_people(now);
      break;
    case Kind::kPeople:
    case Kind::kHere:
      take_people(peer, word, now);
      break;
    case Kind::kLeft:
      take_departure(peer, word.from, word.person);
      break;
    default:
      break;
  }
}

void Peers::take_people(Peer& peer, const PeerWord& word, TimestampMicros now) {
  if (word.first) {
    peer.confirmed.emplace();
    peer.moves = std::exchange(peer.moves_next, false);
  }
  for (const PeerPerson& person : word.people) {
    if (person.id.empty()) continue;
    peer.people.insert(person.id);
    if (peer.confirmed) peer.confirmed->insert(person.id);
    const auto arrival =
        attendance_.arrive_elsewhere(word.from, person.id, person.conversations, peer.moves, now);
    if (!arrival.met.empty()) tell_(person.id, true, arrival.met);
  }
  if (!word.last || !peer.confirmed) return;
  const auto confirmed = *std::exchange(peer.confirmed, std::nullopt);
  peer.moves = false;
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

void Peers::tick(TimestampMicros now) {
  if (!are_possible()) return;
  // Who has been away (the process was stopped, the clock was set) has not heard the others.
  if (has_passed(settings_.alive_interval, ticked_at_, now)) {
    for (auto& [name, peer] : peers_) peer.heard_at = now;
  }
  ticked_at_ = now;
  say_people(now);
  if (has_passed(settings_.alive_interval, alive_at_, now)) {
    alive_at_ = now;
    publish({.kind = Kind::kAlive});
  }
  forget_silent(now);
}

void Peers::forget_silent(TimestampMicros now) {
  for (auto each = peers_.begin(); each != peers_.end();) {
    auto& [process, peer] = *each;
    const auto time_max = peer.is_gone ? settings_.grace : settings_.silence_max;
    if (!has_passed(time_max, peer.heard_at, now)) {
      ++each;
      continue;
    }
    const auto people = peer.people;
    for (const std::string& person : people) take_departure(peer, process, person);
    each = peers_.erase(each);
  }
}

}  // namespace parley::messaging
