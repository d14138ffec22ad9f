// Times as people read them (as items carry them: messaging/timestamp.h).
#pragma once

#include <string>

#include "base/clock.h"

namespace parley::cli {

/// "2026-11-22 19:20:33 CET", in the time zone of the process (TZ).
[[nodiscard]] std::string local_time(TimestampMicros time);

/// "2026-11-22T19:20:33+01:00", the same moment for programs.
[[nodiscard]] std::string local_iso(TimestampMicros time);

}  // namespace parley::cli
