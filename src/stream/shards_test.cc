#include "stream/shards.h"

#include <gtest/gtest.h>

#include <set>

namespace parley::stream {
namespace {

model::Table provisioned(std::int64_t read_units, std::int64_t write_units) {
  model::Table table;
  table.throughput = {.read_units = read_units, .write_units = write_units};
  return table;
}

TEST(UsualShardCount, OneForASmallProvisionedTableFourForAnOnDemandOne) {
  EXPECT_EQ(usual_shard_count(provisioned(5, 5)), 1u);
  EXPECT_EQ(usual_shard_count(provisioned(0, 0)), 1u);
  model::Table on_demand;
  on_demand.billing_mode = model::BillingMode::kPayPerRequest;
  EXPECT_EQ(usual_shard_count(on_demand), 4u);
}

TEST(UsualShardCount, GrowsWithTheUnitsUpToABound) {
  EXPECT_EQ(usual_shard_count(provisioned(0, 1'000)), 1u);
  EXPECT_EQ(usual_shard_count(provisioned(0, 1'001)), 2u);
  EXPECT_EQ(usual_shard_count(provisioned(3'000, 1'000)), 2u);
  EXPECT_EQ(usual_shard_count(provisioned(0, 40'000)), kUsualShardsMax);
  EXPECT_EQ(usual_shard_count(provisioned(INT64_MAX, INT64_MAX)), kUsualShardsMax);
}

TEST(MakeShards, IdsAreUniqueAscendAndHaveTheLengthAwsAsksFor) {
  Stream stream;
  stream.arn = "arn:aws:dynamodb:us-east-1:000000000001:table/T/stream/2026-01-02T03:04:05.678";
  stream.created_at = 1'767'323'045'678'000;
  for (const std::uint32_t count : {1u, 3u, 4u, 1024u}) {
    const auto shards = make_shards(stream, count);
    ASSERT_EQ(shards.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(shards[i].id.size(), 37u);
      EXPECT_TRUE(shards[i].id.starts_with("shardId-00000001767323045678-"));
      EXPECT_EQ(shards[i].starting, first_number_at(stream.created_at));
      EXPECT_FALSE(shards[i].ending);
      if (i > 0) {
        EXPECT_LT(shards[i - 1].id, shards[i].id);
      }
    }
  }
}

TEST(ShardOf, SplitsTheHashesIntoEqualRanges) {
  EXPECT_EQ(shard_of(0, 4), 0u);
  EXPECT_EQ(shard_of(UINT64_MAX, 4), 3u);
  EXPECT_EQ(shard_of((std::uint64_t{1} << 62) - 1, 4), 0u);
  EXPECT_EQ(shard_of(std::uint64_t{1} << 62, 4), 1u);
  EXPECT_EQ(shard_of(UINT64_MAX, 1), 0u);
}

}  // namespace
}  // namespace parley::stream
