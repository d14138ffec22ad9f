#include "messaging/live/event_ring.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/live/event_place.h"

namespace parley::messaging {
namespace {

// Of an event, beside its texts.
constexpr std::size_t kOverheadSizeBytes = 300;

/// Whether nothing between `floor` and `position` can be missing: `floor` is not after it.
bool covers(std::string_view floor, std::string_view position) {
  if (floor.empty() || floor == position || position == client::kShardDone) return true;
  return is_number(floor) && is_number(position) && !is_before(position, floor);
}

// Among so many of the newest events, those of a newcomer's conversation are looked for: the shards
// of a stream are mostly less than a second apart.
constexpr std::size_t kAdmissionEventsMax = 5'000;

/// Whether the event came after the membership: by the records' seconds, in the same one by the
/// message's time.
bool is_since(const KeptEvent& kept, const MembershipChange& membership, std::int64_t record_s) {
  if (kept.created_at_s != record_s) return kept.created_at_s > record_s;
  return kept.event.time.empty() || kept.event.time >= membership.since;
}

}  // namespace

bool KeptEvent::is_for(std::string_view person) const {
  switch (event.audience) {
    case Audience::kPerson:
      return event.person == person;
    case Audience::kMembers:
      return contains(*members, person);
    case Audience::kMembersAndPerson:
      return event.person == person || contains(*members, person);
    case Audience::kOtherMembers:
      return event.person != person && contains(*members, person);
  }
  return false;
}

std::string KeptEvent::text_for(std::string_view person) const {
  const bool own = !event.data_for_person.empty() && event.person == person;
  return event_text(event.name, id, own ? event.data_for_person : event.data);
}

std::size_t KeptEvent::size_bytes() const {
  return event.data.size() + event.data_for_person.size() + id.size() + kOverheadSizeBytes;
}

std::string event_text(std::string_view name, std::string_view id, std::string_view data) {
  if (id.empty()) return fmt::format("event: {}\ndata: {}\n\n", name, data);
  return fmt::format("event: {}\nid: {}\ndata: {}\n\n", name, id, data);
}

void EventRing::restart(const client::StreamPositions& positions) {
  order_.clear();
  by_shard_.clear();
  size_bytes_ = 0;
  floor_ = positions;
}

void EventRing::moved_to(const client::StreamPositions& positions) {
  for (const auto& [shard, position] : positions) floor_.try_emplace(shard);
  // A position that lacks a shard from now on is after its end.
  const auto went = [&](const auto& each) { return !positions.contains(each.first); };
  std::erase_if(floor_, went);
  std::erase_if(by_shard_, went);
}

void EventRing::add(KeptEventPointer event) {
  size_bytes_ += event->size_bytes();
  by_shard_[event->shard].push_back({next_place_++, event});
  order_.push_back(std::move(event));
  while (order_.size() > events_max_ || size_bytes_ > size_bytes_max_) drop_oldest();
}

void EventRing::drop_oldest() {
  const KeptEventPointer oldest = std::move(order_.front());
  order_.pop_front();
  size_bytes_ -= oldest->size_bytes();
  const auto shard = by_shard_.find(oldest->shard);
  if (shard != by_shard_.end() && shard->second.front().event == oldest) {
    shard->second.pop_front();
    if (shard->second.empty()) by_shard_.erase(shard);
  }
  if (const auto floor = floor_.find(oldest->shard); floor != floor_.end()) {
    floor->second = oldest->number;
  }
}

bool EventRing::is_complete_after(const client::StreamPositions& positions) const {
  for (const auto& [shard, floor] : floor_) {
    const auto position = positions.find(shard);
    if (position == positions.end() ? !floor.empty() : !covers(floor, position->second)) {
      return false;
    }
  }
  return std::ranges::all_of(positions, [&](const auto& each) {
    return floor_.contains(each.first) || each.second == client::kShardDone;
  });
}

std::vector<KeptEventPointer> EventRing::events_after(const client::StreamPositions& positions,
                                                      std::string_view person) const {
  std::vector<Entry> found;
  for (const auto& [shard, entries] : by_shard_) {
    auto begin = entries.begin();
    if (const auto position = positions.find(shard); position != positions.end()) {
      const std::string_view after = position->second;
      if (after == client::kShardDone) continue;
      if (is_number(after)) {
        begin = std::ranges::partition_point(
            entries, [&](const Entry& entry) { return !is_before(after, entry.event->number); });
      }
    }
    std::copy_if(begin, entries.end(), std::back_inserter(found),
                 [&](const Entry& entry) { return entry.event->is_for(person); });
  }
  std::ranges::sort(found, {}, &Entry::place);
  std::vector<KeptEventPointer> events;
  events.reserve(found.size());
  for (Entry& entry : found) events.push_back(std::move(entry.event));
  return events;
}

std::vector<KeptEventPointer> EventRing::admit(const MembershipChange& membership,
                                               std::int64_t record_s) {
  std::vector<KeptEventPointer> admitted;
  const std::size_t passed_over = order_.size() - std::min(order_.size(), kAdmissionEventsMax);
  for (std::size_t index = passed_over; index < order_.size(); ++index) {
    KeptEventPointer& kept = order_[index];
    if (kept->event.conversation != membership.conversation || kept->members == nullptr ||
        contains(*kept->members, membership.user) || !is_since(*kept, membership, record_s)) {
      continue;
    }
    auto copy = std::make_shared<KeptEvent>(*kept);
    copy->members = with_change(kept->members, membership.user, true);
    if (!copy->is_for(membership.user)) continue;
    admitted.push_back(copy);
    replace(kept, std::move(copy));
  }
  return admitted;
}

/// `kept` is in order_.
void EventRing::replace(KeptEventPointer& kept, KeptEventPointer by) {
  if (const auto shard = by_shard_.find(kept->shard); shard != by_shard_.end()) {
    auto entry = std::ranges::partition_point(shard->second, [&](const Entry& each) {
      return is_before(each.event->number, kept->number);
    });
    while (entry != shard->second.end() && entry->event != kept) ++entry;
    if (entry != shard->second.end()) entry->event = by;
  }
  kept = std::move(by);
}

}  // namespace parley::messaging
