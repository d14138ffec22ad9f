#include "codec/key_encoding.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "base/md5.h"

namespace parley::codec {
namespace {

constexpr std::size_t kStorageIdSize = 4;
constexpr std::size_t kHashSize = 8;
constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xFF';
constexpr char kTerminator = '\x01';

__extension__ using Wide = unsigned __int128;

/// The scalar bytes of a key attribute that is known to be there.
std::string_view key_bytes(const model::MapView& item, const model::KeyAttribute& attribute) {
  const auto value = item.find(attribute.name);
  PARLEY_ASSERT(value && value->type() == attribute.type);
  return value->scalar_bytes();
}

void append_prefixed(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

/// DynamoDB's own bytes of a number, which differ from the stored ones in that a base-100 digit is
/// one more (and the end of a negative number 102): only the hash needs them.
void append_number_as_hashed(std::string& out, std::string_view encoded) {
  constexpr char kNegativeEnd = '\xFF';
  constexpr char kHashedNegativeEnd = 102;
  out.push_back(encoded.front());
  for (const char digit : encoded.substr(1)) {
    out.push_back(digit == kNegativeEnd ? kHashedNegativeEnd : static_cast<char>(digit + 1));
  }
}

/// The hash of key values, in the order they are added: the beginning of the MD5 of DynamoDB's salt
/// and their bytes.
class KeyHash {
 public:
  void add(model::AttributeType type, std::string_view bytes) {
    if (type == model::AttributeType::kNumber) {
      append_number_as_hashed(hashed_, bytes);
    } else {
      hashed_.append(bytes);
    }
  }
  [[nodiscard]] std::uint64_t value() const {
    const Md5Digest digest = md5(hashed_);
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < kHashSize; ++i) hash = hash << 8 | digest[i];
    return hash;
  }

 private:
  std::string hashed_ = "Outliers";
};

/// Storage id, and room for the hash, which set_hash fills once it is known.
std::string begin_key(std::uint32_t storage_id) {
  std::string key;
  append_u32_be(key, storage_id);
  key.append(kHashSize, '\0');
  return key;
}

void set_hash(std::string& key, const KeyHash& hash) {
  const std::uint64_t value = hash.value();
  for (std::size_t i = 0; i < kHashSize; ++i) {
    key[kStorageIdSize + i] = static_cast<char>(value >> (56 - 8 * i));
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view bytes) {
  while (true) {
    const std::size_t zero = bytes.find('\0');
    out.append(bytes.substr(0, zero));
    if (zero == std::string_view::npos) break;
    out.push_back(kEscape);
    out.push_back(kEscapedZero);
    bytes.remove_prefix(zero + 1);
  }
  out.push_back(kEscape);
  out.push_back(kTerminator);
}

bool consume_escaped(std::string_view& in, std::string& bytes) {
  bytes.clear();
  while (true) {
    const std::size_t zero = in.find('\0');
    if (zero == std::string_view::npos || zero + 1 == in.size()) return false;
    bytes.append(in.substr(0, zero));
    const char next = in[zero + 1];
    in.remove_prefix(zero + 2);
    if (next == kTerminator) return true;
    if (next != kEscapedZero) return false;
    bytes.push_back('\0');
  }
}

std::string item_key(const model::Table& table, const model::MapView& item) {
  std::string key = begin_key(table.storage_id);
  KeyHash hash;
  for (const auto& attribute : table.key.hash) {
    const std::string_view bytes = key_bytes(item, attribute);
    append_prefixed(key, bytes);
    hash.add(attribute.type, bytes);
  }
  set_hash(key, hash);
  for (const auto& attribute : table.key.range) key.append(key_bytes(item, attribute));
  return key;
}

std::optional<std::string> index_key(const model::Table& table, const model::SecondaryIndex& index,
                                     const model::MapView& item) {
  std::string key = begin_key(index.storage_id);
  KeyHash hash;
  for (const auto& attribute : index.key.hash) {
    const auto value = item.find(attribute.name);
    if (!value || value->type() != attribute.type) return std::nullopt;
    append_prefixed(key, value->scalar_bytes());
    hash.add(attribute.type, value->scalar_bytes());
  }
  set_hash(key, hash);
  for (const auto& attribute : index.key.range) {
    const auto value = item.find(attribute.name);
    if (!value || value->type() != attribute.type) return std::nullopt;
    append_escaped(key, value->scalar_bytes());
  }
  KeyHash base_hash;
  for (const auto* attributes : {&table.key.hash, &table.key.range}) {
    for (const auto& attribute : *attributes) {
      base_hash.add(attribute.type, key_bytes(item, attribute));
    }
  }
  append_u64_be(key, base_hash.value());
  for (const auto& attribute : table.key.hash) append_escaped(key, key_bytes(item, attribute));
  for (const auto& attribute : table.key.range) key.append(key_bytes(item, attribute));
  return key;
}

std::string collection_prefix(std::uint32_t storage_id,
                              const std::vector<model::ValueView>& hash_values) {
  std::string key = begin_key(storage_id);
  KeyHash hash;
  for (const model::ValueView value : hash_values) {
    append_prefixed(key, value.scalar_bytes());
    hash.add(value.type(), value.scalar_bytes());
  }
  set_hash(key, hash);
  return key;
}

std::string prefix_end(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.remove_suffix(1);
  std::string end(prefix);
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

HashRange segment_hash_range(std::uint32_t segment, std::uint32_t total_segments) {
  PARLEY_ASSERT(segment < total_segments);
  const auto bound = [total_segments](std::uint64_t i) { return (Wide{i} << 64) / total_segments; };
  return {.first = static_cast<std::uint64_t>(bound(segment)),
          .last = static_cast<std::uint64_t>(bound(std::uint64_t{segment} + 1) - 1)};
}

std::uint64_t hash_of_key(std::string_view stored_key) {
  PARLEY_ASSERT(stored_key.size() >= kStorageIdSize + kHashSize);
  return read_u64_be(stored_key.data() + kStorageIdSize);
}

}  // namespace parley::codec
