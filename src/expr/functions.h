// The functions of expressions: one row each.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::expr {

enum class Function : std::uint8_t {
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

struct FunctionRow {
  std::string_view name;
  std::uint32_t operand_count;
  Function function;
  bool in_updates;    // else in conditions
  bool is_condition;  // yields true or false, and may not be an operand
};

inline constexpr FunctionRow kFunctions[] = {
    {"attribute_exists", 1, Function::kAttributeExists, false, true},
    {"attribute_not_exists", 1, Function::kAttributeNotExists, false, true},
    {"attribute_type", 2, Function::kAttributeType, false, true},
    {"begins_with", 2, Function::kBeginsWith, false, true},
    {"contains", 2, Function::kContains, false, true},
    {"size", 1, Function::kSize, false, false},
    {"if_not_exists", 2, Function::kIfNotExists, true, false},
    {"list_append", 2, Function::kListAppend, true, false},
};

/// The row of `name` (case matters), or nullptr.
[[nodiscard]] constexpr const FunctionRow* find_function(std::string_view name) {
  for (const FunctionRow& row : kFunctions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

[[nodiscard]] constexpr std::string_view name_of(Function function) {
  for (const FunctionRow& row : kFunctions) {
    if (row.function == function) return row.name;
  }
  return {};
}

}  // namespace parley::expr
