#include "stream/shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/checksum.h"

namespace parley::stream {
namespace {

__extension__ using Wide = unsigned __int128;  // no standard type has 128 bits

constexpr std::int64_t kWriteUnitsPerPartition = 1'000;
constexpr std::int64_t kReadUnitsPerPartition = 3'000;
constexpr std::uint32_t kOnDemandPartitions = 4;
constexpr TimestampMicros kMicrosPerMilli = 1'000;

}  // namespace

std::uint32_t usual_shard_count(const model::Table& table) {
  if (table.billing_mode == model::BillingMode::kPayPerRequest) return kOnDemandPartitions;
  const double partitions =
      static_cast<double>(table.throughput.write_units) / kWriteUnitsPerPartition +
      static_cast<double>(table.throughput.read_units) / kReadUnitsPerPartition;
  const double rounded = std::clamp(std::ceil(partitions), 1.0, double{kUsualShardsMax});
  return static_cast<std::uint32_t>(rounded);
}

// "shardId-", when it was made in milliseconds, and eight digits that make it unique and keep the
// order of hashes: readers expect ids in the order of their text.
std::vector<Shard> make_shards(const Stream& stream, std::uint32_t count) {
  std::vector<Shard> shards;
  shards.reserve(count);
  const std::uint64_t width = (std::uint64_t{1} << 32) / count;
  const std::uint64_t within = hash64(stream.arn) % width;
  for (std::uint32_t i = 0; i < count; ++i) {
    shards.push_back({fmt::format("shardId-{:020}-{:08x}", stream.created_at / kMicrosPerMilli,
                                  i * width + within),
                      first_number_at(stream.created_at),
                      {}});
  }
  return shards;
}

std::uint32_t shard_of(std::uint64_t partition_hash, std::uint32_t count) {
  return static_cast<std::uint32_t>(Wide{partition_hash} * count >> 64);
}

}  // namespace parley::stream
