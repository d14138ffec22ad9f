#include "messaging/live/event_place.h"

#include <gtest/gtest.h>

namespace parley::messaging {
namespace {

TEST(EventPlace, ReadsWhatItWrites) {
  const client::StreamPositions positions{{"shardId-00000001414576573621-f55eea83", "100000000003"},
                                          {"shardId-2", "@1767323035.000001"},
                                          {"odd", "."}};
  const std::string text = place_text(0xdeadbeef, positions);
  const auto place = parse_place(text);
  ASSERT_TRUE(place.has_value()) << text;
  EXPECT_EQ(place->stream, 0xdeadbeefU);
  EXPECT_EQ(place->positions, positions);
}

TEST(EventPlace, OneShardMayStandElsewhere) {
  const client::StreamPositions positions{{"shardId-1", "5"}, {"shardId-2", "6"}};
  EXPECT_EQ(parse_place(place_text(1, positions, "shardId-2", "7"))->positions,
            (client::StreamPositions{{"shardId-1", "5"}, {"shardId-2", "7"}}));
  EXPECT_EQ(parse_place(place_text(1, positions, "shardId-3", "7"))->positions.size(), 3U);
}

TEST(EventPlace, RefusesWhatItCannotHaveWritten) {
  ASSERT_TRUE(parse_place("1.00000001~1=5").has_value());
  for (const std::string_view text :
       {"", "1", "1.", "2.00000001~1=5", "1.0000001~1=5", "1.0000000g~1=5", "1.00000001~",
        "1.00000001~1", "1.00000001~=5", "1.00000001~1=", "1.00000001~1=x", "1.00000001~1=@",
        "1.00000001~1=@1.", "1.00000001~1=@.1", "1.00000001~1=5~", "1.00000001~a\"b=5",
        "1.00000001~!=5", "1.00000001 ~1=5", "1.00000001~1=-5"}) {
    EXPECT_FALSE(parse_place(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_place("1.00000001~1=" + std::string(50, '5')).has_value());
}

TEST(EventPlace, AnIdThatWouldBeTooLongIsNotMade) {
  client::StreamPositions positions;
  for (int i = 0; i < 100; ++i) positions["shardId-" + std::to_string(i)] = std::string(30, '1');
  EXPECT_FALSE(place_text(1, positions).empty());
  for (int i = 0; i < 300; ++i) positions["shardId-" + std::to_string(i)] = std::string(30, '1');
  EXPECT_TRUE(place_text(1, positions).empty());
}

TEST(EventPlace, SequenceNumbersCompareAsNumbersOfAnyLength) {
  EXPECT_TRUE(is_before("9", "10"));
  EXPECT_FALSE(is_before("10", "9"));
  EXPECT_FALSE(is_before("10", "10"));
  EXPECT_TRUE(is_before("0009", "10"));
  EXPECT_FALSE(is_before("010", "10"));
  EXPECT_TRUE(is_before("4421584500000000017450439091", "4421584500000000017450439092"));
}

}  // namespace
}  // namespace parley::messaging
