// The words around an invocation: log lines and error payloads, as Lambda writes them.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace parley::trigger {

struct InvocationReport {
  std::string_view request_id;
  std::chrono::microseconds duration{0};
  std::optional<std::chrono::microseconds> init_duration = {};
  int memory_mb = 128;
  std::size_t memory_used_bytes_max = 0;
  std::string_view status = {};      // "timeout" or "error"; empty: success
  std::string_view error_type = {};  // with "error", where the runtime has ended
};

[[nodiscard]] std::string start_line(std::string_view request_id);
/// END and REPORT.
[[nodiscard]] std::vector<std::string> end_lines(const InvocationReport& report);
/// "INIT_REPORT …", for an initialisation that failed.
[[nodiscard]] std::string init_report_line(std::chrono::microseconds duration,
                                           std::string_view phase, std::string_view status,
                                           std::string_view error_type);
/// "2026-11-22T15:04:05.678Z ID Task timed out after 3.00 seconds"
[[nodiscard]] std::string timeout_line(TimestampMicros now, std::string_view request_id,
                                       int timeout_s);

/// {"errorType": …, "errorMessage": …}
[[nodiscard]] std::string error_payload(std::string_view error_type, std::string_view message);
/// The message of an error which the runtime did not make: "RequestId: ID Error: TEXT".
[[nodiscard]] std::string platform_message(std::string_view request_id, std::string_view text);
[[nodiscard]] std::string timeout_text(int timeout_s);

/// "2026/11/22/[$LATEST]0123…", with 32 hexadecimal digits.
[[nodiscard]] std::string log_stream_name(TimestampMicros now, std::string_view uuid);

/// Whether `text` is a JSON object.
[[nodiscard]] bool is_json_object(std::string_view text);

}  // namespace parley::trigger
