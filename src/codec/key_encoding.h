// The bytes of stored keys (docs/formats/keys.md). Keys order as unsigned bytes.
//
//   item key  = u32be(table storage id) u64be(hash) P [sort]
//   P         = varint(length) partition bytes            (S and B as they are, N encoded)
//   sort      = the sort key's scalar bytes, to the end of the key: no terminator is needed
//   index key = u32be(index storage id) u64be(hash) P { escaped(range attribute) }
//               u64be(base hash) escaped(base partition bytes) base sort bytes
//   P of a multi-attribute index key is the varint-prefixed bytes of each HASH attribute in turn.
//   hash      = the first 8 bytes of MD5 of "Outliers" and the HASH attributes; base hash, of
//               "Outliers" and the base table's whole key: DynamoDB's own, so that scans, and
//               entries of equal index keys, come in DynamoDB's order
//   escaped(b) = b with each 0x00 as 0x00 0xFF, ended by 0x00 0x01: self-delimiting,
//   order-preserving.
//
// An item collection (one partition key) is one contiguous range; the hash gives parallel scans
// their segments and scatters tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table.h"
#include "model/value_view.h"

namespace parley::codec {

/// Appends `bytes` escaped and terminated.
void append_escaped(std::string& out, std::string_view bytes);
/// Reads one escaped string at the front of `in`, removes it and its terminator; false if
/// malformed.
[[nodiscard]] bool consume_escaped(std::string_view& in, std::string& bytes);

/// The stored key of an item of `table` (or of a map of its key attributes). Precondition: the key
/// attributes are present and of their types.
[[nodiscard]] std::string item_key(const model::Table& table, const model::MapView& item);

/// The stored key of `item`'s entry in `index`, or nullopt when the item lacks one of the index's
/// key attributes or has one of another type (the index is sparse).
[[nodiscard]] std::optional<std::string> index_key(const model::Table& table,
                                                   const model::SecondaryIndex& index,
                                                   const model::MapView& item);

/// What all keys of one item collection begin with, in a table or an index: `hash_values` are the
/// HASH attributes' values in the schema's order.
[[nodiscard]] std::string collection_prefix(std::uint32_t storage_id,
                                            const std::vector<model::ValueView>& hash_values);

/// The smallest byte string greater than every string that begins with `prefix`; empty when there
/// is none (all 0xFF).
[[nodiscard]] std::string prefix_end(std::string_view prefix);

/// The hash range [first, last] of `segment` of `total_segments` (0 <= segment < total_segments):
/// together the segments cover every hash exactly once.
struct HashRange {
  std::uint64_t first;
  std::uint64_t last;  // inclusive
};
[[nodiscard]] HashRange segment_hash_range(std::uint32_t segment, std::uint32_t total_segments);

/// The hash of a stored key (item or index).
[[nodiscard]] std::uint64_t hash_of_key(std::string_view stored_key);

}  // namespace parley::codec
