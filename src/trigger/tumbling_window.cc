#include "trigger/tumbling_window.h"

#include <fmt/format.h>

#include <iterator>

#include "trigger/utc_text.h"

namespace parley::trigger {

TumblingWindow window_at(TimestampMicros time, int size_s) {
  const TimestampMicros size = TimestampMicros{size_s} * 1'000'000;
  TumblingWindow window;
  window.start = time - (time % size + size) % size;
  window.end = window.start + size;
  return window;
}

void append_window_members(std::string& out, const TumblingWindow& window,
                           std::string_view shard_id, std::string_view stream_arn, bool is_final) {
  fmt::format_to(std::back_inserter(out), R"(,"window":{{"start":"{}","end":"{}"}},"state":)",
                 utc_seconds_text(window.start), utc_seconds_text(window.end));
  out.append(window.state);
  fmt::format_to(std::back_inserter(out),
                 R"(,"shardId":"{}","eventSourceARN":"{}","isFinalInvokeForWindow":{},)"
                 R"("isWindowTerminatedEarly":{})",
                 shard_id, stream_arn, is_final, is_final && window.ends_early);
}

}  // namespace parley::trigger
