#include "stream/shard_iterator.h"

#include <gtest/gtest.h>

namespace parley::stream {
namespace {

constexpr TimestampMicros kNow = 1'767'323'045'678'000;

ShardIterator sample() {
  return {"arn:aws:dynamodb:us-east-1:000000000001:table/T/stream/2026-01-02T03:04:05.678",
          "shardId-00000001767323045678-00000000", 42, kNow};
}

TEST(ShardIteratorText, HoldsAllThatIsNeededToGoOn) {
  const auto parsed = ShardIterator::parse(sample().text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->stream_arn, sample().stream_arn);
  EXPECT_EQ(parsed->shard_id, sample().shard_id);
  EXPECT_EQ(parsed->after, 42u);
  EXPECT_EQ(parsed->made_at, kNow);
}

TEST(ShardIteratorText, AnArnMayHaveTheSeparatorInIt) {
  for (const char* arn : {"a|1|b", "a|1", "|1|"}) {
    ShardIterator iterator = sample();
    iterator.stream_arn = arn;
    const auto parsed = ShardIterator::parse(iterator.text());
    ASSERT_TRUE(parsed) << arn;
    EXPECT_EQ(parsed->stream_arn, arn);
  }
}

TEST(ShardIteratorText, BeginsWithTheArnAsAwssDoes) {
  EXPECT_TRUE(sample().text().starts_with(sample().stream_arn + "|1|"));
}

TEST(ShardIteratorText, IsRefusedWhenAnyOfItsCharactersIsAnother) {
  const std::string text = sample().text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ShardIterator::parse(damaged)) << i;
    EXPECT_FALSE(ShardIterator::parse(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(ShardIterator::parse(text + "A"));
  EXPECT_FALSE(ShardIterator::parse(""));
}

TEST(ShardIterator, ExpiresAfterFifteenMinutes) {
  constexpr TimestampMicros kLifetime = 15 * 60 * 1'000'000LL;
  EXPECT_FALSE(sample().is_expired(kNow + kLifetime));
  EXPECT_TRUE(sample().is_expired(kNow + kLifetime + 1));
}

TEST(ShardIterator, DoesNotExpireWhenTheClockGoesBack) {
  EXPECT_FALSE(sample().is_expired(kNow - 1));
}

}  // namespace
}  // namespace parley::stream
