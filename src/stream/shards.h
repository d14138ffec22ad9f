// How many shards a stream has, what they are called, and which of them takes an item's records.
#pragma once

#include <cstdint>
#include <vector>

#include "model/table.h"
#include "stream/stream.h"

namespace parley::stream {

/// As many as DynamoDB's table has partitions when it is new: one for each 1,000 write or 3,000
/// read units, four for an on-demand table (which may take 4,000 writes a second at once); at most
/// kUsualShardsMax. Source: developerguide/on-demand-capacity-mode.html,
/// .../bp-partition-key-design.html
[[nodiscard]] std::uint32_t usual_shard_count(const model::Table& table);
inline constexpr std::uint32_t kUsualShardsMax = 32;

/// `count` open shards of a new stream; their ids ascend.
[[nodiscard]] std::vector<Shard> make_shards(const Stream& stream, std::uint32_t count);

/// The shard of `count` whose range of hashes holds `partition_hash`.
[[nodiscard]] std::uint32_t shard_of(std::uint64_t partition_hash, std::uint32_t count);

}  // namespace parley::stream
