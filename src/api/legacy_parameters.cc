#include "api/legacy_parameters.h"

#include <cstddef>
#include <utility>

#include "api/input.h"
#include "base/assert.h"
#include "codec/item_json.h"

namespace parley::api {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

namespace {

/// ConditionalOperator, which makes sense only beside two conditions or more.
Result<std::optional<expr::ConditionalOperator>> conditional_operator(const object& input,
                                                                      std::size_t condition_count) {
  const auto name = find_string(input, "ConditionalOperator");
  if (!name) return std::nullopt;
  if (condition_count == 0) {
    return invalid("ConditionalOperator cannot be used without Filter or Expected");
  }
  if (condition_count == 1) {
    return invalid(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
  return *name == "OR" ? expr::ConditionalOperator::kOr : expr::ConditionalOperator::kAnd;
}

std::optional<expr::ComparisonOperator> comparison_operator(const object& condition) {
  const auto name = find_string(condition, "ComparisonOperator");
  if (!name) return std::nullopt;
  const auto op = expr::parse_comparison_operator(*name);
  PARLEY_ASSERT(op.has_value());  // the shape holds the names
  return op;
}

Result<std::optional<expr::AttributeAction>> attribute_action(const object& update) {
  const auto name = find_string(update, "Action");
  if (!name) return std::nullopt;
  if (*name == "PUT") return expr::AttributeAction::kPut;
  if (*name == "ADD") return expr::AttributeAction::kAdd;
  if (*name == "DELETE") return expr::AttributeAction::kDelete;
  PARLEY_ASSERT(false);  // the shape holds the names
  return std::nullopt;
}

}  // namespace

Result<model::ValueView> LegacyParameters::value(const element& json) {
  auto& bytes = value_bytes_.emplace_front();
  PARLEY_TRY(codec::append_value(json, bytes));
  return model::ValueView(bytes);
}

Result<std::vector<model::ValueView>> LegacyParameters::values(const array& json) {
  std::vector<model::ValueView> views;
  views.reserve(json.size());
  for (const auto entry : json) views.push_back(PARLEY_TRY(value(entry)));
  return views;
}

Result<std::optional<expr::Condition>> LegacyParameters::expected(const object& input) {
  std::vector<expr::LegacyExpectation> expectations;
  if (const auto parameter = find_object(input, "Expected")) {
    for (const auto field : *parameter) {
      if (field.value.is_null()) continue;
      const auto json = as_object(field.value);
      auto& expectation = expectations.emplace_back();
      expectation.attribute = field.key;
      expectation.op = comparison_operator(json);
      expectation.exists = find_boolean(json, "Exists");
      if (const auto list = find_array(json, "AttributeValueList")) {
        expectation.values = PARLEY_TRY(values(*list));
      }
      if (const auto single = find_member(json, "Value")) {
        expectation.value = PARLEY_TRY(value(*single));
      }
    }
  }
  const auto combine = conditional_operator(input, expectations.size());
  std::optional<expr::Condition> bound;
  if (!expectations.empty()) {
    bound = PARLEY_TRY(expr::bind_expected(expectations, combine.value_or(std::nullopt)));
  }
  PARLEY_TRY(combine);  // after what is wrong with the conditions it stands beside
  return bound;
}

Result<std::vector<expr::LegacyCondition>> LegacyParameters::conditions(const object& parameter) {
  std::vector<expr::LegacyCondition> found;
  for (const auto field : parameter) {
    if (field.value.is_null()) continue;
    const auto json = as_object(field.value);
    const auto op = comparison_operator(json);
    PARLEY_ASSERT(op.has_value());  // the shape requires it
    expr::LegacyCondition condition{.attribute = field.key, .op = *op};
    if (const auto list = find_array(json, "AttributeValueList")) {
      condition.values = PARLEY_TRY(values(*list));
    }
    found.push_back(std::move(condition));
  }
  return found;
}

Result<std::optional<expr::Condition>> LegacyParameters::filter(const object& input,
                                                                std::string_view parameter) {
  std::vector<expr::LegacyCondition> found;
  if (const auto json = find_object(input, parameter)) found = PARLEY_TRY(conditions(*json));
  const auto combine = conditional_operator(input, found.size());
  std::optional<expr::Condition> bound;
  if (!found.empty()) {
    bound = PARLEY_TRY(expr::bind_filter(found, combine.value_or(std::nullopt)));
  }
  PARLEY_TRY(combine);
  return bound;
}

Result<std::optional<expr::KeyCondition>> LegacyParameters::key_conditions(const object& input) {
  const auto json = find_object(input, "KeyConditions");
  if (!json) return std::nullopt;
  const auto found = PARLEY_TRY(conditions(*json));
  return PARLEY_TRY(expr::bind_key_conditions(found));
}

Result<std::optional<expr::Update>> LegacyParameters::attribute_updates(const object& input) {
  const auto parameter = find_object(input, "AttributeUpdates");
  if (!parameter) return std::nullopt;
  std::vector<expr::LegacyUpdate> updates;
  for (const auto field : *parameter) {
    if (field.value.is_null()) continue;
    const auto json = as_object(field.value);
    expr::LegacyUpdate update{.attribute = field.key, .action = PARLEY_TRY(attribute_action(json))};
    if (const auto member = find_member(json, "Value")) update.value = PARLEY_TRY(value(*member));
    updates.push_back(update);
  }
  if (updates.empty()) return std::nullopt;
  return PARLEY_TRY(expr::bind_attribute_updates(updates));
}

Result<std::optional<expr::Projection>> LegacyParameters::attributes_to_get(const object& input) {
  const auto parameter = find_array(input, "AttributesToGet");
  if (!parameter) return std::nullopt;
  std::vector<std::string_view> names;
  names.reserve(parameter->size());
  for (const auto name : *parameter) {
    if (!name.is_null()) names.push_back(as_string(name));
  }
  return PARLEY_TRY(expr::Projection::from_attribute_names(names));
}

}  // namespace parley::api
