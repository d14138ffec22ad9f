// Where streams live in the store (docs/formats/streams.md). Areas 6 and 7 belong to this folder;
// the records of a stream have a storage id of their own, as a table's items have.
//
//   6            u32be(storage id)                    the stream's description
//   7            u32be(storage id) u32be(shard)       u64be: its trim horizon
//   storage id   u32be(shard) u64be(sequence number)  a record
#pragma once

#include <cstdint>
#include <string>

#include "storage/key_value_store.h"
#include "stream/stream.h"

namespace parley::stream {

[[nodiscard]] std::string description_key(std::uint32_t storage_id);
[[nodiscard]] storage::KeyRange descriptions();

[[nodiscard]] std::string horizon_key(std::uint32_t storage_id, std::uint32_t shard);
/// Of all shards of a stream.
[[nodiscard]] storage::KeyRange horizons(std::uint32_t storage_id);

[[nodiscard]] std::string record_key(std::uint32_t storage_id, std::uint32_t shard,
                                     SequenceNumber number);
/// Where the number begins in a record's key; it ends with the key.
inline constexpr std::size_t kRecordNumberOffset = 8;
/// Records with first <= number, of one shard.
[[nodiscard]] storage::KeyRange records_from(std::uint32_t storage_id, std::uint32_t shard,
                                             SequenceNumber first);
/// Every record of a stream.
[[nodiscard]] storage::KeyRange records(std::uint32_t storage_id);

}  // namespace parley::stream
