// Tumbling windows: what a lane has gathered of the current one
// (lambda/latest/dg/services-ddb-windows.html).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "stream/stream.h"

namespace parley::trigger {

/// Above it the window is ended early: the function gets what it has as final, and goes on in the
/// same window with a fresh state.
inline constexpr std::size_t kWindowStateSizeBytesMax = 1u << 20;

/// A window whose end has passed waits this long for records that were stamped before it.
inline constexpr TimestampMicros kWindowGraceMicros = 1'000'000;

/// start <= record's time < end; windows are aligned to the epoch.
struct TumblingWindow {
  TimestampMicros start = 0;
  TimestampMicros end = 0;
  std::string state = "{}";  // JSON, as the function returned it last
  bool ends_early = false;   // the state is over kWindowStateSizeBytesMax
  // Of the records that went into the state.
  stream::SequenceNumber first_number = 0;
  stream::SequenceNumber last_number = 0;
  TimestampMicros first_arrival = 0;
  TimestampMicros last_arrival = 0;
  std::uint64_t records = 0;
};

/// The window of `size_s` seconds that holds `time`.
[[nodiscard]] TumblingWindow window_at(TimestampMicros time, int size_s);

/// Appends the event's members that windows add, each behind a comma: `,"window":{…},"state":…,
/// "shardId":…,"eventSourceARN":…,"isFinalInvokeForWindow":…,"isWindowTerminatedEarly":…`.
void append_window_members(std::string& out, const TumblingWindow& window,
                           std::string_view shard_id, std::string_view stream_arn, bool is_final);

}  // namespace parley::trigger
