#include "engine/store_keys.h"

#include "base/assert.h"
#include "base/bytes.h"

namespace parley::engine {
namespace {

enum class Area : std::uint32_t {
  kSystem = 0,
  kTables = 1,
  kCounters = 2,
  kCollectionSizes = 3,
  kTokens = 4,
  kTokenExpiries = 5,
};

constexpr std::size_t kAreaSize = 4;

std::string key_in(Area area, std::string_view rest = {}) {
  std::string key;
  key.reserve(kAreaSize + rest.size());
  append_u32_be(key, static_cast<std::uint32_t>(area));
  key.append(rest);
  return key;
}

storage::KeyRange range_of(Area area) {
  std::string end;
  append_u32_be(end, static_cast<std::uint32_t>(area) + 1);
  return {key_in(area), std::move(end)};
}

storage::KeyRange range_of(Area area, std::uint32_t storage_id) {
  storage::KeyRange range{key_in(area), key_in(area)};
  append_u32_be(range.begin, storage_id);
  append_u32_be(range.end, storage_id + 1);
  return range;
}

std::string counter_key(std::uint32_t storage_id, char kind) {
  std::string key = key_in(Area::kCounters);
  append_u32_be(key, storage_id);
  key.push_back(kind);
  return key;
}

}  // namespace

std::string format_key() {
  return key_in(Area::kSystem, "format");
}
std::string next_storage_id_key() {
  return key_in(Area::kSystem, "next_storage_id");
}

std::string table_record_key(std::string_view table_name) {
  return key_in(Area::kTables, table_name);
}
storage::KeyRange table_records() {
  return range_of(Area::kTables);
}

std::string item_count_key(std::uint32_t storage_id) {
  return counter_key(storage_id, 'n');
}
std::string size_bytes_key(std::uint32_t storage_id) {
  return counter_key(storage_id, 's');
}
storage::KeyRange counters(std::uint32_t storage_id) {
  return range_of(Area::kCounters, storage_id);
}

std::string collection_size_key(std::string_view collection_prefix) {
  return key_in(Area::kCollectionSizes, collection_prefix);
}
storage::KeyRange collection_sizes(std::uint32_t storage_id) {
  return range_of(Area::kCollectionSizes, storage_id);
}

std::string token_key(std::string_view token) {
  return key_in(Area::kTokens, token);
}
std::string token_expiry_key(std::uint64_t expires_at_micros, std::string_view token) {
  std::string key = key_in(Area::kTokenExpiries);
  append_u64_be(key, expires_at_micros);
  key.append(token);
  return key;
}
storage::KeyRange expired_tokens(std::uint64_t now_micros) {
  return {key_in(Area::kTokenExpiries), token_expiry_key(now_micros + 1, {})};
}
std::string_view token_of_expiry_key(std::string_view key) {
  PARLEY_ASSERT(key.size() >= kAreaSize + 8);
  return key.substr(kAreaSize + 8);
}

storage::KeyRange storage_range(std::uint32_t storage_id) {
  storage::KeyRange range;
  append_u32_be(range.begin, storage_id);
  append_u32_be(range.end, storage_id + 1);
  return range;
}

}  // namespace parley::engine
