// The ten attribute types, their wire names, and the tag bytes of the stored encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::model {

enum class AttributeType : std::uint8_t {
  kString,
  kNumber,
  kBinary,
  kStringSet,
  kNumberSet,
  kBinarySet,
  kMap,
  kList,
  kNull,
  kBool,
};

/// "S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL".
[[nodiscard]] std::string_view wire_name(AttributeType type);

/// The inverse of wire_name; nullopt for anything else (case matters).
[[nodiscard]] std::optional<AttributeType> parse_attribute_type(std::string_view name);

[[nodiscard]] constexpr bool is_set(AttributeType type) {
  return type == AttributeType::kStringSet || type == AttributeType::kNumberSet ||
         type == AttributeType::kBinarySet;
}

/// S, N or B: what a key attribute may be, and what <, <=, >, >=, BETWEEN can order.
[[nodiscard]] constexpr bool is_scalar_key(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kNumber ||
         type == AttributeType::kBinary;
}

}  // namespace parley::model
