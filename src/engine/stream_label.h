// A stream's label: the time it was switched on, which is part of its ARN.
#pragma once

#include <string>

#include "base/clock.h"

namespace parley::engine {

/// "2026-11-22T15:04:05.678", UTC.
[[nodiscard]] std::string stream_label(TimestampMicros time);

}  // namespace parley::engine
