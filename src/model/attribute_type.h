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

/// The first byte of an encoded value (docs/formats/item.md). The types in their order, but that
/// BOOL has a tag for each of its values. Part of the stored format: values never change.
enum class ValueTag : std::uint8_t {
  kString = 0,
  kNumber = 1,
  kBinary = 2,
  kStringSet = 3,
  kNumberSet = 4,
  kBinarySet = 5,
  kMap = 6,
  kList = 7,
  kNull = 8,
  kFalse = 9,
  kTrue = 10,
};

[[nodiscard]] constexpr ValueTag tag_of(AttributeType type) {
  return static_cast<ValueTag>(type);  // kBool: kFalse
}

[[nodiscard]] constexpr AttributeType type_of(ValueTag tag) {
  return tag == ValueTag::kTrue ? AttributeType::kBool : static_cast<AttributeType>(tag);
}

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
