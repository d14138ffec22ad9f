#include "trigger/process/invocation_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "codec/item_json.h"

namespace parley::trigger {
namespace {

double milliseconds_of(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

std::tm utc(TimestampMicros time) {
  return fmt::gmtime(static_cast<std::time_t>(time / 1'000'000));
}

}  // namespace

std::string start_line(std::string_view request_id) {
  return fmt::format("START RequestId: {} Version: $LATEST", request_id);
}

std::vector<std::string> end_lines(const InvocationReport& report) {
  const double duration_ms = milliseconds_of(report.duration);
  const std::size_t memory_mb = (report.memory_used_bytes_max + (1u << 20) - 1) >> 20;
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\t"
      "Memory Size: {} MB\tMax Memory Used: {} MB\t",
      report.request_id, duration_ms, std::ceil(duration_ms), report.memory_mb,
      std::min(memory_mb, static_cast<std::size_t>(report.memory_mb)));
  if (report.init_duration) {
    line += fmt::format("Init Duration: {:.2f} ms\t", milliseconds_of(*report.init_duration));
  }
  if (!report.status.empty()) line += fmt::format("Status: {}\t", report.status);
  if (!report.error_type.empty()) line += fmt::format("Error Type: {}\t", report.error_type);
  line.pop_back();
  return {fmt::format("END RequestId: {}", report.request_id), std::move(line)};
}

std::string init_report_line(std::chrono::microseconds duration, std::string_view phase,
                             std::string_view status, std::string_view error_type) {
  std::string line = fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: {}\tStatus: {}",
                                 milliseconds_of(duration), phase, status);
  if (!error_type.empty()) line += fmt::format("\tError Type: {}", error_type);
  return line;
}

std::string timeout_text(int timeout_s) {
  return fmt::format("Task timed out after {}.00 seconds", timeout_s);
}

std::string timeout_line(TimestampMicros now, std::string_view request_id, int timeout_s) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {}", utc(now), now % 1'000'000 / 1'000,
                     request_id, timeout_text(timeout_s));
}

std::string error_payload(std::string_view error_type, std::string_view message) {
  std::string payload = R"({"errorType":)";
  codec::append_json_string(payload, error_type);
  payload += R"(,"errorMessage":)";
  codec::append_json_string(payload, message);
  payload += '}';
  return payload;
}

std::string platform_message(std::string_view request_id, std::string_view text) {
  return fmt::format("RequestId: {} Error: {}", request_id, text);
}

std::string log_stream_name(TimestampMicros now, std::string_view uuid) {
  std::string digits(uuid);
  std::erase(digits, '-');
  return fmt::format("{:%Y/%m/%d}/[$LATEST]{}", utc(now), digits);
}

bool is_json_object(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  return parser.parse(text.data(), text.size()).get(object) == simdjson::SUCCESS;
}

}  // namespace parley::trigger
