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

TEST(TimestampText, WritesSixDigitsAndANumericZone) {
  EXPECT_EQ(iso_utc(kTime), "2026-11-22T18:20:33.000123+00:00");
  EXPECT_EQ(iso_utc(0), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(iso_utc(-1), "1969-12-31T23:59:59.999999+00:00");
}

TEST(TimestampText, ReadsWhatItWrites) {
  for (const TimestampMicros time : {kTime, TimestampMicros{0}, TimestampMicros{-1}}) {
    EXPECT_EQ(parse_iso(iso_utc(time)), time);
  }
}

TEST(TimestampText, ReadsTheFormsThatOldItemsHave) {
  EXPECT_EQ(parse_iso("2026-11-22T18:20:33Z"), kTime - 123);
  EXPECT_EQ(parse_iso("2026-11-22 18:20:33.000123+00:00"), kTime);
  EXPECT_EQ(parse_iso("2026-11-22T18:20:33.5Z"), kTime - 123 + 500'000);
  EXPECT_EQ(parse_iso("2026-11-22T13:20:33.000123-05:00"), kTime);
  EXPECT_EQ(parse_iso("2026-11-22T23:50:33.000123+0530"), kTime);
}

TEST(TimestampText, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-11-22", "2026-11-22T18:20:33", "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T18:20:33.Z", "yesterday", "2026-11-22T18:20:33+0",
        "2026-11-22T18:20:33Zx", "-026-11-22T18:20:33Z"}) {
    EXPECT_EQ(parse_iso(text), std::nullopt) << text;
  }
}

TEST(TimestampText, LocalTimesFollowTheZoneAndItsSummer) {
  const TimeZone toronto("EST5EDT,M3.2.0,M11.1.0");
  EXPECT_EQ(local_time(kTime), "2026-11-22 13:20:33 EST");
  EXPECT_EQ(local_iso(kTime), "2026-11-22T13:20:33-05:00");
  const TimestampMicros july = *parse_iso("2026-07-01T00:30:00Z");
  EXPECT_EQ(local_time(july), "2026-06-30 20:30:00 EDT");
  EXPECT_EQ(local_iso(july), "2026-06-30T20:30:00-04:00");
}

TEST(TimestampText, ZonesOfHalfHoursKeepTheirMinutes) {
  const TimeZone india("IST-5:30");
  EXPECT_EQ(local_iso(kTime), "2026-11-22T23:50:33+05:30");
}

}  // namespace
}  // namespace parley::cli
