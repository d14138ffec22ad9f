#include "cli/timestamp_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>

namespace parley::cli {
namespace {

constexpr TimestampMicros kMicrosPerSecond = 1'000'000;

std::time_t seconds_of(TimestampMicros time) {
  // Rounds down, also before 1970.
  const TimestampMicros rest = ((time % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
  return static_cast<std::time_t>((time - rest) / kMicrosPerSecond);
}

}  // namespace

std::string local_time(TimestampMicros time) {
  const std::time_t seconds = seconds_of(time);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} {}", local, local.tm_zone);
}

std::string local_iso(TimestampMicros time) {
  const std::time_t seconds = seconds_of(time);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const long minutes = std::labs(local.tm_gmtoff) / 60;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}{:02}:{:02}", local, local.tm_gmtoff < 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
}

}  // namespace parley::cli
