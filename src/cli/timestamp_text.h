// Times as items carry them and as people read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace parley::cli {

/// "2026-11-22T18:20:33.000123+00:00": the sort key of messages; texts order as times do.
[[nodiscard]] std::string iso_utc(TimestampMicros time);

/// The time of an ISO-8601 text with a time zone ("Z", "+01:00", "+0100") and up to six digits of
/// fraction; none for anything else.
[[nodiscard]] std::optional<TimestampMicros> parse_iso(std::string_view text);

/// "2026-11-22 19:20:33 CET", in the time zone of the process (TZ).
[[nodiscard]] std::string local_time(TimestampMicros time);

/// "2026-11-22T19:20:33+01:00", the same moment for programs.
[[nodiscard]] std::string local_iso(TimestampMicros time);

}  // namespace parley::cli
