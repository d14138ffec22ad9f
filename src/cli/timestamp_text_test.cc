#include "cli/timestamp_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace parley::cli {
namespace {

constexpr TimestampMicros kTime = 1'795'371'633'000'123;  // 2026-11-22T18:20:33.000123Z

/// The process's time zone for the length of a test, as a POSIX rule: no zone files are needed.
class TimeZone {
 public:
  explicit TimeZone(const char* rule) {
    ::setenv("TZ", rule, 1);
    ::tzset();
  }
  ~TimeZone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

TEST(TimestampText, LocalTimesFollowTheZoneAndItsSummer) {
  const TimeZone toronto("EST5EDT,M3.2.0,M11.1.0");
  EXPECT_EQ(local_time(kTime), "2026-11-22 13:20:33 EST");
  EXPECT_EQ(local_iso(kTime), "2026-11-22T13:20:33-05:00");
  constexpr TimestampMicros july = 1'782'865'800'000'000;  // 2026-07-01T00:30:00Z
  EXPECT_EQ(local_time(july), "2026-06-30 20:30:00 EDT");
  EXPECT_EQ(local_iso(july), "2026-06-30T20:30:00-04:00");
}

TEST(TimestampText, ZonesOfHalfHoursKeepTheirMinutes) {
  const TimeZone india("IST-5:30");
  EXPECT_EQ(local_iso(kTime), "2026-11-22T23:50:33+05:30");
}

}  // namespace
}  // namespace parley::cli
