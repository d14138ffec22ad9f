// Where everything lives in the store. Every key begins with a storage id, big-endian: tables and
// indexes have theirs from kFirstStorageId on, never reused; the ids below are the engine's own
// (docs/formats/catalog.md):
//
//   0  "format"                        u32be: the version of this layout
//   0  "next_storage_id"               u32be
//   1  table name                      the table, as an item (engine/table_record.h)
//   2  u32be(storage id) 'n' | 's'     counter: items, bytes of a table or index
//   3  u32be(storage id) rest          counter: bytes of one item collection (tables with an LSI);
//                                      the rest is the collection's prefix without its storage id
//   4  token                           a transaction that is done (engine/idempotency.h)
//   5  u64be(expiry) token             the same tokens in the order of their expiry; no value
//   6, 7                               streams and their trim horizons (stream/)
//   8 to 14                            functions, mappings, checkpoints, dead letters, events
//                                      (trigger/)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/key_value_store.h"

namespace parley::engine {

inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kFirstStorageId = 16;

[[nodiscard]] std::string format_key();
[[nodiscard]] std::string next_storage_id_key();

[[nodiscard]] std::string table_record_key(std::string_view table_name);
[[nodiscard]] storage::KeyRange table_records();

[[nodiscard]] std::string item_count_key(std::uint32_t storage_id);
[[nodiscard]] std::string size_bytes_key(std::uint32_t storage_id);
/// Both counters of one table or index.
[[nodiscard]] storage::KeyRange counters(std::uint32_t storage_id);
/// `collection_prefix` as codec::collection_prefix made it for the table.
[[nodiscard]] std::string collection_size_key(std::string_view collection_prefix);
[[nodiscard]] storage::KeyRange collection_sizes(std::uint32_t storage_id);

[[nodiscard]] std::string token_key(std::string_view token);
[[nodiscard]] std::string token_expiry_key(std::uint64_t expires_at_micros, std::string_view token);
/// The expiry entries of tokens that expire at or before `now_micros`.
[[nodiscard]] storage::KeyRange expired_tokens(std::uint64_t now_micros);
/// The token of a key that token_expiry_key made.
[[nodiscard]] std::string_view token_of_expiry_key(std::string_view key);

/// Every entry of one table or index.
[[nodiscard]] storage::KeyRange storage_range(std::uint32_t storage_id);

}  // namespace parley::engine
