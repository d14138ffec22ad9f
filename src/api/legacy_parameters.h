// The parameters of DynamoDB's first API, from JSON to the structs of expr/legacy.h: Expected,
// AttributeUpdates, KeyConditions, QueryFilter, ScanFilter, AttributesToGet, ConditionalOperator.
#pragma once

#include <simdjson.h>

#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expr/expr.h"
#include "expr/legacy.h"

namespace parley::api {

/// The legacy parameters of one request, and the bytes of their values. What it returns borrows
/// from it and from the parsed request, so it must outlive them and does not move. Every error is
/// kValidation unless said otherwise; each reader gives nullopt where its parameter is absent (or
/// empty, which means the same). Not thread-safe.
class LegacyParameters {
 public:
  LegacyParameters() = default;
  LegacyParameters(const LegacyParameters&) = delete;
  LegacyParameters& operator=(const LegacyParameters&) = delete;

  /// Expected with its ConditionalOperator. Errors: those of bind_expected; "ConditionalOperator
  /// cannot be used without Filter or Expected", "… has two or more elements".
  [[nodiscard]] Result<std::optional<expr::Condition>> expected(const simdjson::dom::object& input);

  /// QueryFilter or ScanFilter (`parameter`) with its ConditionalOperator.
  [[nodiscard]] Result<std::optional<expr::Condition>> filter(const simdjson::dom::object& input,
                                                              std::string_view parameter);

  [[nodiscard]] Result<std::optional<expr::KeyCondition>> key_conditions(
      const simdjson::dom::object& input);

  [[nodiscard]] Result<std::optional<expr::Update>> attribute_updates(
      const simdjson::dom::object& input);

  /// Errors: kValidation for a name given twice.
  [[nodiscard]] static Result<std::optional<expr::Projection>> attributes_to_get(
      const simdjson::dom::object& input);

 private:
  [[nodiscard]] Result<model::ValueView> value(const simdjson::dom::element& json);
  [[nodiscard]] Result<std::vector<model::ValueView>> values(const simdjson::dom::array& json);
  [[nodiscard]] Result<std::vector<expr::LegacyCondition>> conditions(
      const simdjson::dom::object& parameter);

  std::forward_list<std::string> value_bytes_;  // a view of each is stable
};

}  // namespace parley::api
