// What comes from the stream and from people who type, and who is told.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/live/live_hub.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::chrono::microseconds kListenersGone = std::chrono::minutes(1);
// Further people who type at the same time are not told of.
constexpr std::size_t kTypingMax = 10'000;
// Events that may wait for one connection while the stream is read again.
constexpr std::size_t kWaitingEventsMax = 1'000;

/// The conversation of a record whose events its members are told; empty if it has none.
std::string_view conversation_of(const client::StreamRecord& record) {
  const std::string_view pk = text_of(record.keys, "pk").value_or("");
  if (pk.starts_with(kConversationPrefix)) return pk.substr(kConversationPrefix.size());
  if (pk.starts_with(kMessagePrefix) && record.event != "REMOVE") {
    return pk.substr(kMessagePrefix.size());
  }
  return {};
}

std::string presence_data(std::string_view person) {
  return fmt::format(R"({{"user_id":{},"online":true}})", json_string(person));
}

}  // namespace

void LiveHub::begins(std::string_view stream_arn, const client::StreamPositions& positions) {
  events_.forget();
  directory_.forget();
  const std::scoped_lock lock(mutex_);
  following_ = true;
  peers_.ask_rooms();  // memberships may have been missed
  changed_.notify_all();
  stream_ = stream_hash(stream_arn);
  positions_ = positions;
  ring_.restart(positions);
  const std::string here = place_text(stream_, positions_);
  attendance_.for_each([&](Connection& connection) {
    if (connection.waiting) {
      connection.waits_in_vain = true;
    } else {
      send(connection, ready_text(*connection.person, false, here));
    }
  });
}

void LiveHub::gap(std::string_view) {
  const std::scoped_lock lock(mutex_);
  following_ = false;  // until begins()
}

bool LiveHub::handle(const client::StreamBatch& batch) {
  {
    const std::scoped_lock lock(mutex_);
    if (nobody_listens()) {
      pass_over(batch.positions);
      return true;
    }
  }
  // Before anything is delivered or remembered: the batch may have to come again.
  Members members;
  if (!load_members(batch, members)) return false;
  PinnedChanges pinned;
  for (const client::StreamRecord& record : batch.records) {
    take_record(batch, record, members, pinned);
  }
  {
    const std::scoped_lock lock(mutex_);
    positions_ = batch.positions;
    ring_.moved_to(positions_);
  }
  tell_pinned(pinned);
  return true;
}

bool LiveHub::nobody_listens() const {
  const TimestampMicros gone = sources_.clock.now() - last_left_at_;
  return attendance_.connections() == 0 && (gone < 0 || gone > kListenersGone.count());
}

void LiveHub::pass_over(const client::StreamPositions& positions) {
  // What is not kept current is not kept.
  events_.forget();
  directory_.forget();
  positions_ = positions;
  ring_.restart(positions);
  rooms_missed_ = true;
}

bool LiveHub::load_members(const client::StreamBatch& batch, Members& members) {
  for (const client::StreamRecord& record : batch.records) {
    const std::string_view conversation = conversation_of(record);
    if (conversation.empty() || members.contains(conversation)) continue;
    auto found = directory_.members_of(conversation);
    if (!found) return false;
    members.emplace(conversation, *std::move(found));
  }
  return true;
}

void LiveHub::take_record(const client::StreamBatch& batch, const client::StreamRecord& record,
                          Members& members, PinnedChanges& pinned) {
  RecordMeaning meaning = events_.read(record);
  const auto list = members.find(conversation_of(record));
  bool is_newcomer = false;
  if (const auto& change = meaning.membership) {
    directory_.changed(change->conversation, change->user, change->is_member);
    if (list != members.end()) {
      is_newcomer = change->is_member && !contains(*list->second, change->user);
      list->second = with_change(list->second, change->user, change->is_member);
    }
  }
  const std::scoped_lock lock(mutex_);
  if (meaning.membership) take_membership(*meaning.membership);
  if (meaning.pinned) note_pinned(*meaning.pinned, members, pinned);
  if (!meaning.erased.empty()) close_streams(meaning.erased);
  const std::string id = meaning.events.empty() ? std::string()
                                                : place_text(stream_, positions_, batch.shard_id,
                                                             record.sequence_number);
  for (std::size_t index = 0; index < meaning.events.size(); ++index) {
    auto kept = std::make_shared<KeptEvent>();
    kept->event = meaning.events[index];
    if (list != members.end()) kept->members = list->second;
    kept->shard = batch.shard_id;
    kept->number = record.sequence_number;
    if (meaning.completes(index)) kept->id = id;
    kept->created_at_s = record.created_at_s;
    deliver(std::move(kept));
  }
  if (is_newcomer) tell_newcomer(*meaning.membership, record.created_at_s);
  positions_.insert_or_assign(std::string(batch.shard_id), std::string(record.sequence_number));
}

/// Whoever is online of those whose counts may have changed.
void LiveHub::note_pinned(const PinnedChange& change, const Members& members,
                          PinnedChanges& pinned) {
  if (!change.user.empty()) {
    if (attendance_.is_here(change.user)) pinned[change.conversation].insert(change.user);
    return;
  }
  const auto list = members.find(change.conversation);
  if (list == members.end() || list->second->size() <= sources_.members_moved_max) return;
  std::set<std::string>& people = pinned[change.conversation];
  for (const std::string& user : *list->second) {
    if (attendance_.is_here(user)) people.insert(user);
  }
}

/// What cannot be counted now is told with the next message, or when the client comes back.
void LiveHub::tell_pinned(const PinnedChanges& pinned) {
  if (!sources_.pinned_among) return;
  for (const auto& [conversation, people] : pinned) {
    if (people.empty()) continue;
    const auto counted = sources_.pinned_among(conversation, {people.begin(), people.end()});
    if (!counted) continue;
    const std::scoped_lock lock(mutex_);
    ++pinned_told_;
    for (const MemberItem& member : *counted) {
      Person* person = attendance_.find(member.person.id);
      if (person != nullptr) tell({person}, "conversation", membership_json(member));
    }
  }
}

/// To a client that has come back. What others are told while it is counted is newer: then it is
/// counted again.
void LiveHub::tell_pinned_of(Attendance::ConnectionId id, std::string_view person) {
  constexpr int kCountsMax = 8;
  if (!sources_.pinned_of) return;
  for (int attempt = 1; attempt <= kCountsMax; ++attempt) {
    std::uint64_t told_before = 0;
    {
      const std::scoped_lock lock(mutex_);
      told_before = pinned_told_;
    }
    const auto counted = sources_.pinned_of(person);
    if (!counted || counted->empty()) return;
    const std::scoped_lock lock(mutex_);
    if (told_before != pinned_told_ && attempt < kCountsMax) continue;
    Connection* connection = attendance_.find(id);
    if (connection == nullptr) return;
    for (const MemberItem& member : *counted) {
      send(*connection, event_text("conversation", "", membership_json(member)));
    }
    return;
  }
}

/// The shards of the stream are not ordered among each other: what was said to somebody who had
/// just become a member may have come before the membership.
void LiveHub::tell_newcomer(const MembershipChange& membership, std::int64_t record_s) {
  const auto missed = ring_.admit(membership, record_s);
  const Person* person = attendance_.find(membership.user);
  if (person == nullptr) return;
  for (const KeptEventPointer& event : missed) {
    // Without its place: theirs is further on.
    auto late = std::make_shared<KeptEvent>(*event);
    late->id.clear();
    late->shard.clear();
    for (Connection* connection : person->connections) {
      if (connection->waiting) {
        wait(*connection, late);
      } else {
        send(*connection, late->text_for(membership.user));
      }
    }
  }
}

void LiveHub::wait(Connection& connection, KeptEventPointer event) {
  if (connection.waiting->size() < kWaitingEventsMax) {
    connection.waiting->push_back(std::move(event));
  } else {
    connection.waits_in_vain = true;
  }
}

/// Rooms follow memberships; whoever meets there learns of the other.
void LiveHub::take_membership(const MembershipChange& change) {
  if (change.is_new || !change.is_member) {
    attendance_.remember(change.user, change.conversation, change.is_member, sources_.clock.now());
  }
  if (!change.is_member) {
    attendance_.leave_room(change.user, change.conversation);
    end_typing(change.user, change.conversation);
    return;
  }
  if (!attendance_.enter_room(change.user, change.conversation)) return;
  Person* newcomer = attendance_.find(change.user);
  std::vector<Person*> others = attendance_.people_in(change.conversation);
  std::erase(others, newcomer);
  tell(others, "presence", presence_data(change.user));
  for (const Person* other : others) tell({newcomer}, "presence", presence_data(other->id));
}

void LiveHub::deliver(const KeptEventPointer& kept) {
  ring_.add(kept);
  const LiveEvent& event = kept->event;
  if (event.name == "message") end_typing(event.person, event.conversation);
  const std::string text = event_text(event.name, kept->id, event.data);
  attendance_.for_audience(*kept, [&](Person& person) {
    const bool own = !event.data_for_person.empty() && person.id == event.person;
    const std::string own_text = own ? kept->text_for(person.id) : std::string();
    for (Connection* connection : person.connections) {
      if (!connection->waiting) {
        send(*connection, own ? own_text : text);
      } else {
        wait(*connection, kept);
      }
    }
  });
}

/// A client that cannot take more is on its way out: its end will be told.
void LiveHub::send(Connection& connection, std::string_view text) {
  if (!ends(connection) && connection.sink->send(text)) ++metrics_.events_delivered;
}

/// Whether the connection's time is over; then its stream is closed.
bool LiveHub::ends(Connection& connection) {
  if (connection.until == 0 || sources_.clock.now() < connection.until) return false;
  connection.sink->close();
  return true;
}

/// What has no place in the stream. Those who wait for their first words get no others.
void LiveHub::tell(const std::vector<Person*>& people, std::string_view name,
                   std::string_view data) {
  const std::string text = event_text(name, "", data);
  for (const Person* person : people) {
    for (Connection* connection : person->connections) {
      if (!connection->waiting) send(*connection, text);
    }
  }
}

void LiveHub::typing(std::string_view person, std::string_view conversation, bool typing) {
  {
    const std::scoped_lock lock(mutex_);
    peers_.typing(person, conversation, typing);
    if (attendance_.connections() == 0) return;
  }
  auto members = directory_.members_of(conversation);
  if (!members) return;  // it is of the moment only
  const std::scoped_lock lock(mutex_);
  set_typing(person, conversation, typing, *std::move(members));
}

void LiveHub::heard(std::string_view text) {
  const auto word = parse_peer_word(text);
  if (!word || peers_.is_own(*word)) return;
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    peers_.take(*word, sources_.clock.now());
    if (word->kind == PeerWord::Kind::kTyping) note_typing_elsewhere(*word);
  }
}

void LiveHub::restored() {
  const std::scoped_lock lock(mutex_);
  if (!stopping_) peers_.say_all(sources_.clock.now());
}

/// Asks nobody else who the members are: other words wait meanwhile. Who is not in the room, for
/// the conversation is one of many and old, is not told.
void LiveHub::note_typing_elsewhere(const PeerWord& word) {
  std::vector<std::string> here;
  for (const Person* person : attendance_.people_in(word.conversation)) {
    if (!person->connections.empty()) here.push_back(person->id);
  }
  if (here.empty()) return;
  std::ranges::sort(here);
  set_typing(word.person, word.conversation, word.typing,
             std::make_shared<const std::vector<std::string>>(std::move(here)));
}

void LiveHub::set_typing(std::string_view person, std::string_view conversation, bool typing,
                         MemberList members) {
  if (!typing) {
    end_typing(person, conversation);
    return;
  }
  const TimestampMicros until =
      sources_.clock.now() + std::chrono::microseconds(settings_.typing_time).count();
  const auto known = typing_.find({std::string(conversation), std::string(person)});
  if (known != typing_.end()) {
    known->second.until = until;
    return;
  }
  if (typing_.size() >= kTypingMax) return;
  tell_typing(person, conversation, true, *members);
  typing_.emplace(TypingKey{std::string(conversation), std::string(person)},
                  Typing{.members = std::move(members), .until = until});
  woken_ = true;
  changed_.notify_all();
}

void LiveHub::end_typing(std::string_view person, std::string_view conversation) {
  const auto known = typing_.find({std::string(conversation), std::string(person)});
  if (known == typing_.end()) return;
  tell_typing(person, conversation, false, *known->second.members);
  typing_.erase(known);
}

void LiveHub::tell_typing(std::string_view person, std::string_view conversation, bool typing,
                          const std::vector<std::string>& members) {
  std::vector<Person*> others;
  for (const std::string& member : members) {
    Person* other = member == person ? nullptr : attendance_.find(member);
    if (other != nullptr) others.push_back(other);
  }
  tell(others, "typing",
       fmt::format(R"({{"conversation_id":{},"user_id":{},"typing":{}}})",
                   json_string(conversation), json_string(person), typing));
}

}  // namespace parley::messaging
