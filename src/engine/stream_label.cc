#include "engine/stream_label.h"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>

namespace parley::engine {

std::string stream_label(TimestampMicros time) {
  constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}",
                     fmt::gmtime(static_cast<std::time_t>(time / kMicrosPerSecond)),
                     time % kMicrosPerSecond / 1'000);
}

}  // namespace parley::engine
