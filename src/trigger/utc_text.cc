#include "trigger/utc_text.h"

#include <fmt/format.h>

#include <chrono>

namespace parley::trigger {
namespace {

using std::chrono::floor;

/// "2019-11-14T00:13:19", without what follows the seconds.
std::string date_and_time(std::chrono::sys_seconds time) {
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string utc_seconds_text(TimestampMicros time) {
  const std::chrono::sys_time<std::chrono::microseconds> point{std::chrono::microseconds(time)};
  return date_and_time(floor<std::chrono::seconds>(point)) + "Z";
}

std::string utc_millis_text(TimestampMicros time) {
  const std::chrono::sys_time<std::chrono::microseconds> point{std::chrono::microseconds(time)};
  const auto seconds = floor<std::chrono::seconds>(point);
  const auto millis = floor<std::chrono::milliseconds>(point - seconds);
  return fmt::format("{}.{:03}Z", date_and_time(seconds), millis.count());
}

}  // namespace parley::trigger
