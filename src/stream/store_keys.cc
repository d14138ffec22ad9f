#include "stream/store_keys.h"

#include "base/bytes.h"

namespace parley::stream {
namespace {

constexpr std::uint32_t kDescriptions = 6;
constexpr std::uint32_t kHorizons = 7;

std::string two_words(std::uint32_t first, std::uint32_t second) {
  std::string key;
  append_u32_be(key, first);
  append_u32_be(key, second);
  return key;
}

std::string word(std::uint32_t only) {
  std::string key;
  append_u32_be(key, only);
  return key;
}

}  // namespace

std::string description_key(std::uint32_t storage_id) {
  return two_words(kDescriptions, storage_id);
}
storage::KeyRange descriptions() {
  return {word(kDescriptions), word(kDescriptions + 1)};
}

std::string horizon_key(std::uint32_t storage_id, std::uint32_t shard) {
  std::string key = two_words(kHorizons, storage_id);
  append_u32_be(key, shard);
  return key;
}
storage::KeyRange horizons(std::uint32_t storage_id) {
  return {two_words(kHorizons, storage_id), two_words(kHorizons, storage_id + 1)};
}

std::string record_key(std::uint32_t storage_id, std::uint32_t shard, SequenceNumber number) {
  std::string key = two_words(storage_id, shard);
  append_u64_be(key, number);
  return key;
}
storage::KeyRange records_from(std::uint32_t storage_id, std::uint32_t shard,
                               SequenceNumber first) {
  return {record_key(storage_id, shard, first), two_words(storage_id, shard + 1)};
}
storage::KeyRange records(std::uint32_t storage_id) {
  return {word(storage_id), word(storage_id + 1)};
}

}  // namespace parley::stream
