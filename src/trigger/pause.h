// Pause: a wait by the wall clock that no jump of that clock can prolong.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

#include "base/clock.h"

namespace parley::trigger {

inline constexpr TimestampMicros kNever = std::numeric_limits<TimestampMicros>::max();

/// Over once `duration` has passed since `begun`, or when the clock has been set to before it.
struct Pause {
  TimestampMicros begun = 0;
  TimestampMicros duration = 0;

  [[nodiscard]] bool is_over(TimestampMicros now) const {
    return now < begun || now - begun >= duration;
  }
  [[nodiscard]] TimestampMicros end() const { return begun + duration; }
};

/// first, 2 first, 4 first, … at most last; `failures` from 1.
[[nodiscard]] inline TimestampMicros doubling_pause(int failures, std::chrono::milliseconds first,
                                                    std::chrono::milliseconds last) {
  constexpr int kDoublingsMax = 30;  // far beyond any pause, and no overflow
  const TimestampMicros begin = first.count() * 1000;
  const TimestampMicros end = last.count() * 1000;
  return std::min(end, begin << std::clamp(failures - 1, 0, kDoublingsMax));
}

}  // namespace parley::trigger
