// Times as sort keys of messages and conversation rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace parley::messaging {

/// "2026-11-22T18:20:33.000123+00:00": texts order as times do.
[[nodiscard]] std::string iso_utc(TimestampMicros time);

/// The time of an ISO-8601 text with a time zone ("Z", "+01:00", "+0100") and up to six digits of
/// fraction; none for anything else, nor for one outside of the years 0 to 9999 in UTC.
[[nodiscard]] std::optional<TimestampMicros> parse_iso(std::string_view text);

/// Whether it is a time as iso_utc spells it.
[[nodiscard]] bool is_canonical_time(std::string_view text);

/// `text` as iso_utc spells its time, so that it can be compared; without a zone it is UTC; as it
/// is where it is no time.
[[nodiscard]] std::string canonical_time(std::string_view text);

}  // namespace parley::messaging
