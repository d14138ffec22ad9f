#include "engine/expression_checks.h"

#include <fmt/format.h>

#include <string_view>

namespace parley::engine {
namespace {

std::unexpected<Error> not_scalar(std::string_view kind, std::string_view attribute) {
  return invalid(
      fmt::format("Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                  "not allowed: {}: {}",
                  kind, attribute));
}

template <class Expression>
Status check_paths(const model::Table& table, const Expression& expression) {
  if (const auto name = expression.first_nested_key_attribute(table.key)) {
    return not_scalar("Key", *name);
  }
  for (const auto* const indexes : {&table.global_indexes, &table.local_indexes}) {
    for (const auto& index : *indexes) {
      if (const auto name = expression.first_nested_key_attribute(index.key)) {
        return not_scalar("IndexKey", *name);
      }
    }
  }
  return {};
}

Status check_type(const model::SecondaryIndex& index, const expr::Update& update) {
  for (const auto* const attributes : {&index.key.hash, &index.key.range}) {
    for (const auto& attribute : *attributes) {
      const auto type = update.static_type_of(attribute.name);
      if (!type || *type == attribute.type) continue;
      return invalid(fmt::format(
          "One or more parameter values were invalid: Type mismatch for Index Key {} Expected: {} "
          "Actual: {} IndexName: {}",
          attribute.name, model::wire_name(attribute.type), model::wire_name(*type), index.name));
    }
  }
  return {};
}

}  // namespace

Status check_no_path_below_keys(const model::Table& table, const expr::Condition& condition) {
  return check_paths(table, condition);
}

Status check_no_path_below_keys(const model::Table& table, const expr::Projection& projection) {
  return check_paths(table, projection);
}

Status check_update(const model::Table& table, const expr::Update& update) {
  PARLEY_TRY(update.check_key(table.key));
  for (const auto* const indexes : {&table.global_indexes, &table.local_indexes}) {
    for (const auto& index : *indexes) PARLEY_TRY(check_type(index, update));
  }
  return check_paths(table, update);
}

}  // namespace parley::engine
