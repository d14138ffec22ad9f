#include "messaging/timestamp.h"

#include <gtest/gtest.h>

namespace parley::messaging {
namespace {

constexpr TimestampMicros kTime = 1'795'371'633'000'123;  // 2026-11-22T18:20:33.000123Z

TEST(Timestamp, WritesSixDigitsAndANumericZone) {
  EXPECT_EQ(iso_utc(kTime), "2026-11-22T18:20:33.000123+00:00");
  EXPECT_EQ(iso_utc(0), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(iso_utc(-1), "1969-12-31T23:59:59.999999+00:00");
}

TEST(Timestamp, ReadsWhatItWrites) {
  for (const TimestampMicros time :
       {kTime, TimestampMicros{0}, TimestampMicros{-1}, TimestampMicros{253'402'300'799'999'999}}) {
    EXPECT_EQ(parse_iso(iso_utc(time)), time);
    EXPECT_TRUE(is_canonical_time(iso_utc(time)));
  }
}

TEST(Timestamp, OnlyItsOwnSpellingIsCanonical) {
  for (const char* text :
       {"2026-11-22T18:20:33.000123Z", "2026-11-22 18:20:33.000123+00:00",
        "2026-11-22T18:20:33.000123+01:00", "2026-11-22T18:20:60.000123+00:00",
        "2026-02-30T18:20:33.000123+00:00", "2026-11-22T18:20:33.00012x+00:00", ""}) {
    EXPECT_FALSE(is_canonical_time(text)) << text;
  }
}

TEST(Timestamp, ReadsTheFormsThatOldItemsHave) {
  EXPECT_EQ(parse_iso("2026-11-22T18:20:33Z"), kTime - 123);
  EXPECT_EQ(parse_iso("2026-11-22 18:20:33.000123+00:00"), kTime);
  EXPECT_EQ(parse_iso("2026-11-22T18:20:33.5Z"), kTime - 123 + 500'000);
  EXPECT_EQ(parse_iso("2026-11-22T13:20:33.000123-05:00"), kTime);
  EXPECT_EQ(parse_iso("2026-11-22T23:50:33.000123+0530"), kTime);
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-11-22", "2026-11-22T18:20:33", "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T18:20:33.Z", "yesterday", "2026-11-22T18:20:33+0",
        "2026-11-22T18:20:33Zx", "-026-11-22T18:20:33Z"}) {
    EXPECT_EQ(parse_iso(text), std::nullopt) << text;
  }
}

TEST(Timestamp, YearsHaveFourDigitsInUtcToo) {
  for (const char* text : {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    ASSERT_TRUE(parse_iso(text).has_value()) << text;
    EXPECT_EQ(parse_iso(iso_utc(*parse_iso(text))), parse_iso(text));
  }
  EXPECT_EQ(parse_iso("0000-01-01T00:59:59+01:00"), std::nullopt);
  EXPECT_EQ(parse_iso("9999-12-31T23:00:00-01:00"), std::nullopt);
  EXPECT_EQ(parse_iso("9999-12-31T23:59:60Z"), std::nullopt);
}

TEST(Timestamp, CanonicalTimesOrderAsTextWhateverTheirForm) {
  EXPECT_EQ(canonical_time("2026-11-22T13:20:33.000123-05:00"), iso_utc(kTime));
  EXPECT_EQ(canonical_time("2026-11-22T18:20:33Z"), "2026-11-22T18:20:33.000000+00:00");
  EXPECT_EQ(canonical_time("2026-11-22T18:20:33"), "2026-11-22T18:20:33.000000+00:00");
  EXPECT_EQ(canonical_time("yesterday"), "yesterday");
}

}  // namespace
}  // namespace parley::messaging
