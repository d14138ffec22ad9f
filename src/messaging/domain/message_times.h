// MessageTimes: the times of messages, strictly increasing in a conversation as far as this process
// knows of it (it is told of other processes' messages by the table's stream); and message ids,
// which carry their time.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "messaging/recent_map.h"

namespace parley::messaging {

/// A UUID of version 7 with `time` to the microsecond. Source: RFC 9562, sections 5.7 and 6.2
/// (method 3).
[[nodiscard]] std::string message_id_at(TimestampMicros time, Random& random);

/// The time in a message id that message_id_at() made; none for any other UUID version or text.
[[nodiscard]] std::optional<TimestampMicros> time_of_message_id(std::string_view id);

/// Thread-safe; never blocks for long. Remembers the last `conversations_max` conversations; a
/// forgotten one goes on from the clock.
class MessageTimes {
 public:
  explicit MessageTimes(const Clock& clock, std::size_t conversations_max = 10'000)
      : clock_(clock), newest_(conversations_max) {}

  /// The time of a new message: now, or a microsecond after the newest that is known.
  [[nodiscard]] TimestampMicros next(std::string_view conversation);
  /// There is a message at `time`.
  void note(std::string_view conversation, TimestampMicros time);

 private:
  [[nodiscard]] TimestampMicros& newest_of(std::string_view conversation);

  const Clock& clock_;
  std::mutex mutex_;                   // guards what follows
  RecentMap<TimestampMicros> newest_;  // by conversation
};

}  // namespace parley::messaging
