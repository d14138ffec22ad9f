// Where mappings live in the store (docs/formats/mappings.md). Keys begin with a storage id:
//
//    9 uuid                              the mapping, as fields
//   10 uuid shard-id                     its checkpoint in a shard: u64be(number), then u64be of
//                                        each lane if there are several
//   11 letter-id                         a dead letter (trigger/dead_letters.h)
//   12 uuid shard-id 00 u16be(lane)      an open tumbling window, as fields
//   15 uuid                              u64be: how many dead letters were dropped
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/key_value_store.h"
#include "trigger/mappings.h"
#include "trigger/shard_reader.h"

namespace parley::trigger {

/// A mapping with what is stored of its progress, by shard id.
struct StoredMapping {
  Mapping mapping;
  std::map<std::string, Checkpoint, std::less<>> checkpoints;
};

/// Every mapping, in order of uuid. Errors: kIo, kCorruption.
[[nodiscard]] Result<std::vector<StoredMapping>> load_mappings(const storage::KeyValueStore& store);

void put_mapping(storage::WriteBatch& batch, const Mapping& mapping);
/// `lanes` windows are written or erased.
void put_checkpoint(storage::WriteBatch& batch, std::string_view uuid, std::string_view shard_id,
                    const Checkpoint& checkpoint);
/// The windows of a shard alone, before others are put.
void erase_windows(storage::WriteBatch& batch, std::string_view uuid, std::string_view shard_id);
/// The mapping with all that belongs to it, but its dead letters.
void erase_mapping(storage::WriteBatch& batch, std::string_view uuid);

/// How many dead letters of a mapping were dropped, so far.
void put_dropped_letters(storage::WriteBatch& batch, std::string_view uuid, std::uint64_t count);
/// By mapping. Errors: kIo, kCorruption.
[[nodiscard]] Result<std::map<std::string, std::uint64_t>> load_dropped_letters(
    const storage::KeyValueStore& store);

/// The key of the dead letter called `id`, and all of them.
[[nodiscard]] std::string dead_letter_key(std::string_view id);
[[nodiscard]] storage::KeyRange dead_letter_keys();

}  // namespace parley::trigger
