// Times as Lambda's records and events spell them.
#pragma once

#include <string>

#include "base/clock.h"

namespace parley::trigger {

/// "2019-11-14T00:13:19Z": whole seconds, rounded down.
[[nodiscard]] std::string utc_seconds_text(TimestampMicros time);
/// "2019-11-14T00:13:49.717Z": milliseconds, rounded down.
[[nodiscard]] std::string utc_millis_text(TimestampMicros time);

}  // namespace parley::trigger
