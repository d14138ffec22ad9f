#include "model/attribute_type.h"

#include <array>
#include <cstddef>

namespace parley::model {
namespace {

// In the order of AttributeType.
constexpr std::array<std::string_view, 10> kWireNames = {"S",  "N", "B", "SS",   "NS",
                                                         "BS", "M", "L", "NULL", "BOOL"};

}  // namespace

std::string_view wire_name(AttributeType type) {
  return kWireNames[static_cast<std::size_t>(type)];
}

std::optional<AttributeType> parse_attribute_type(std::string_view name) {
  for (std::size_t i = 0; i < kWireNames.size(); ++i) {
    if (kWireNames[i] == name) return static_cast<AttributeType>(i);
  }
  return std::nullopt;
}

}  // namespace parley::model
