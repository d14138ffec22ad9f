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
  Function function;
  std::uint32_t operand_count;
  bool in_updates;    // else in conditions
  bool is_condition;  // yields true or false, and may not be an operand
};

inline constexpr FunctionRow kFunctions[] = {
    {"attribute_exists", Function::kAttributeExists, 1, false, true},
    {"attribute_not_exists", Function::kAttributeNotExists, 1, false, true},
    {"attribute_type", Function::kAttributeType, 2, false, true},
    {"begins_with", Function::kBeginsWith, 2, false, true},
    {"contains", Function::kContains, 2, false, true},
    {"size", Function::kSize, 1, false, false},
    {"if_not_exists", Function::kIfNotExists, 2, true, false},
    {"list_append", Function::kListAppend, 2, true, false},
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
