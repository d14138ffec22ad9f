#include "engine/expiry.h"

#include <charconv>

#include "base/assert.h"
#include "base/bytes.h"

namespace parley::engine {
namespace {

constexpr std::size_t kStorageIdSize = 4;
constexpr std::size_t kExpirySize = 8;
constexpr std::size_t kDigitsMax = 18;  // what surely fits 64 bits

std::string prefix(std::uint32_t storage_id, std::int64_t expiry) {
  std::string key;
  append_u32_be(key, storage_id);
  append_u64_be(key, static_cast<std::uint64_t>(expiry));
  return key;
}

}  // namespace

std::optional<std::int64_t> expiry_of(const model::TimeToLive& time_to_live,
                                      const model::MapView& item) {
  const auto value = item.find(time_to_live.attribute);
  if (!value || value->type() != model::AttributeType::kNumber) return std::nullopt;
  const auto number = value->number();
  if (number.is_zero() || number.is_negative()) return std::nullopt;
  const auto text = number.to_text();
  const auto point = text.find('.');
  const auto digits = point == std::string::npos ? text.size() : point;
  if (digits > kDigitsMax) return std::nullopt;
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + digits, seconds);
  return point == std::string::npos ? seconds : seconds + 1;
}

std::string expiry_key(const model::TimeToLive& time_to_live, std::int64_t expiry,
                       std::string_view item_key) {
  auto key = prefix(time_to_live.storage_id, expiry);
  key.append(item_key.substr(kStorageIdSize));
  return key;
}

storage::KeyRange expiring(const model::TimeToLive& time_to_live, std::int64_t first,
                           std::int64_t last) {
  return {prefix(time_to_live.storage_id, first), prefix(time_to_live.storage_id, last + 1)};
}

std::int64_t expiry_in(std::string_view expiry_key) {
  PARLEY_ASSERT(expiry_key.size() >= kStorageIdSize + kExpirySize);
  return static_cast<std::int64_t>(read_u64_be(expiry_key.data() + kStorageIdSize));
}

std::string item_key_in(std::uint32_t table_storage_id, std::string_view expiry_key) {
  PARLEY_ASSERT(expiry_key.size() >= kStorageIdSize + kExpirySize);
  std::string key;
  append_u32_be(key, table_storage_id);
  key.append(expiry_key.substr(kStorageIdSize + kExpirySize));
  return key;
}

}  // namespace parley::engine
