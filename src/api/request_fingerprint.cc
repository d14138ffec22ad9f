#include "api/request_fingerprint.h"

#include <bit>
#include <string_view>

#include "api/input.h"

namespace parley::api {

using simdjson::dom::element;
using simdjson::dom::element_type;

namespace {

// FNV-1a for strings, the finalizer of SplitMix64 to combine.
constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x100000001b3;

std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::uint64_t hash_string(std::string_view text) {
  auto hash = kFnvOffset;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return mix(hash ^ text.size());
}

/// So that 1, "1", [1] and {} differ.
std::uint64_t tagged(element_type type, std::uint64_t hash) {
  return mix(hash ^ (static_cast<std::uint64_t>(type) << 56));
}

}  // namespace

std::uint64_t fingerprint(const element& json) {
  const auto type = json.type();
  std::uint64_t hash = 0;
  switch (type) {
    case element_type::OBJECT:
      // A sum, since the order of members means nothing.
      for (const auto field : as_object(json)) {
        if (field.value.is_null()) continue;
        hash += mix(hash_string(field.key) ^ std::rotl(fingerprint(field.value), 1));
      }
      break;
    case element_type::ARRAY:
      for (const auto entry : as_array(json)) hash = mix(hash) + fingerprint(entry);
      break;
    case element_type::STRING:
      hash = hash_string(as_string(json));
      break;
    case element_type::INT64:
      hash = static_cast<std::uint64_t>(json.get_int64().value_unsafe());
      break;
    case element_type::UINT64:
      hash = json.get_uint64().value_unsafe();
      break;
    case element_type::DOUBLE:
      hash = std::bit_cast<std::uint64_t>(json.get_double().value_unsafe());
      break;
    case element_type::BOOL:
      hash = json.get_bool().value_unsafe() ? 1 : 0;
      break;
    case element_type::NULL_VALUE:
      break;
  }
  return tagged(type, hash);
}

}  // namespace parley::api
