// EventRing: the newest events, for those who come back after a short absence. It knows after which
// position in each shard it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/stream_walk.h"
#include "messaging/live/member_directory.h"
#include "messaging/live/record_events.h"

namespace parley::messaging {

/// An event as it was delivered. Immutable.
struct KeptEvent {
  LiveEvent event = {};
  MemberList members = {};  // of the conversation then; null if the audience is one person
  std::string shard = {};
  std::string number = {};        // of its record
  std::string id = {};            // empty: too long
  std::int64_t created_at_s = 0;  // of its record, about

  /// Whether `person` is in the audience.
  [[nodiscard]] bool is_for(std::string_view person) const;
  /// As Server-Sent Events have it. Source:
  /// https://html.spec.whatwg.org/multipage/server-sent-events.html
  [[nodiscard]] std::string text_for(std::string_view person) const;
  [[nodiscard]] std::size_t size_bytes() const;
};
using KeptEventPointer = std::shared_ptr<const KeptEvent>;

/// "event: …\nid: …\ndata: …\n\n", without an id if that is empty.
[[nodiscard]] std::string event_text(std::string_view name, std::string_view id,
                                     std::string_view data);

/// Not thread-safe.
class EventRing {
 public:
  EventRing(std::size_t events_max, std::size_t size_bytes_max)
      : events_max_(events_max), size_bytes_max_(size_bytes_max) {}

  /// Empty, and complete after `positions`.
  void restart(const client::StreamPositions& positions);
  /// Where the stream has been read to: shards that came since are complete from their beginning,
  /// those that went are forgotten.
  void moved_to(const client::StreamPositions& positions);
  /// Events of one shard in their order.
  void add(KeptEventPointer event);

  /// Whether it has every event after `positions`.
  [[nodiscard]] bool is_complete_after(const client::StreamPositions& positions) const;
  /// The events after `positions` for `person`, in the order in which they were added.
  [[nodiscard]] std::vector<KeptEventPointer> events_after(const client::StreamPositions& positions,
                                                           std::string_view person) const;
  /// Somebody has turned out to be a member: of the conversation's newest events those that they
  /// were not told, in their order, which from now on are kept for them too. `record_s`: the second
  /// of their membership's record.
  [[nodiscard]] std::vector<KeptEventPointer> admit(const MembershipChange& membership,
                                                    std::int64_t record_s);
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  struct Entry {
    std::uint64_t place = 0;  // counts additions
    KeptEventPointer event;
  };
  void drop_oldest();
  void replace(KeptEventPointer& kept, KeptEventPointer by);

  const std::size_t events_max_;
  const std::size_t size_bytes_max_;
  std::size_t size_bytes_ = 0;
  std::uint64_t next_place_ = 0;
  std::deque<KeptEventPointer> order_;  // the oldest first
  std::map<std::string, std::deque<Entry>, std::less<>> by_shard_;
  /// By shard, the position after which nothing is missing; "": from its beginning.
  std::map<std::string, std::string, std::less<>> floor_;
};

}  // namespace parley::messaging
