#include "api/expression_parameters.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "api/input.h"
#include "api/legacy_parameters.h"
#include "codec/item_json.h"

namespace parley::api {

using simdjson::dom::object;

namespace {

constexpr std::string_view kProjectionExpression = "ProjectionExpression";
constexpr std::string_view kKeyConditions = "KeyConditions";
constexpr std::string_view kKeyConditionExpression = "KeyConditionExpression";

std::vector<std::string_view> present(const object& input,
                                      std::span<const std::string_view> names) {
  std::vector<std::string_view> found;
  for (const auto name : names) {
    if (find_member(input, name)) found.push_back(name);
  }
  return found;
}

bool any_present(const object& input, std::span<const std::string_view> names) {
  return std::ranges::any_of(
      names, [&](std::string_view name) { return find_member(input, name).has_value(); });
}

void append_joined(std::string& out, const std::vector<std::string_view>& names,
                   std::string_view separator) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += separator;
    out += names[i];
  }
}

Status check_not_mixed(const object& input, const ParameterUse& use) {
  if (!any_present(input, use.expressions) || !any_present(input, use.non_expressions)) return {};
  auto non_expressions = present(input, use.non_expressions);
  if (!find_member(input, kKeyConditionExpression)) std::erase(non_expressions, kKeyConditions);
  if (non_expressions.empty()) return {};
  std::string message =
      "Can not use both expression and non-expression parameters in the same request: "
      "Non-expression parameters: {";
  append_joined(message, non_expressions, ", ");
  message += "} Expression parameters: {";
  append_joined(message, present(input, use.expressions), ", ");
  message += "}";
  return invalid(std::move(message));
}

/// Values need an expression that can hold them, which a projection cannot.
Status check_values_have_use(const object& input, const ParameterUse& use) {
  if (!find_member(input, "ExpressionAttributeValues")) return {};
  std::vector<std::string_view> takers;
  for (const auto name : use.expressions) {
    if (name == kProjectionExpression) continue;
    if (find_member(input, name)) return {};
    takers.push_back(name);
  }
  if (takers.empty()) return {};
  std::string message = "ExpressionAttributeValues can only be specified when using expressions: ";
  append_joined(message, takers, " and ");
  message += takers.size() > 1 ? " are null" : " is null";
  return invalid(std::move(message));
}

}  // namespace

Status check_parameter_use(const object& input, const ParameterUse& use) {
  PARLEY_TRY(check_not_mixed(input, use));
  if (find_member(input, "ExpressionAttributeNames") && !any_present(input, use.expressions)) {
    return invalid("ExpressionAttributeNames can only be specified when using expressions");
  }
  return check_values_have_use(input, use);
}

Status ExpressionParameters::read_names_of(const object& input) {
  if (const auto names = find_object(input, "ExpressionAttributeNames")) {
    PARLEY_TRY(read_names(*names));
  }
  return {};
}

Status ExpressionParameters::read(const object& input) {
  PARLEY_TRY(read_names_of(input));
  if (const auto values = find_object(input, "ExpressionAttributeValues")) {
    PARLEY_TRY(read_values(*values));
  }
  return {};
}

Status ExpressionParameters::read_names(const object& names) {
  if (names.size() == 0) return invalid("ExpressionAttributeNames must not be empty");
  for (const auto field : names) {
    if (field.value.is_null()) continue;
    PARLEY_TRY(substitutions_.add_name(field.key, as_string(field.value)));
    size_bytes_ += as_string(field.value).size();
  }
  return {};
}

Status ExpressionParameters::read_values(const object& values) {
  if (values.size() == 0) return invalid("ExpressionAttributeValues must not be empty");
  struct Entry {
    std::string_view placeholder;
    std::size_t end = 0;  // of its bytes
  };
  std::vector<Entry> entries;
  entries.reserve(values.size());
  // Every placeholder is checked before any value, so the first bad value waits.
  Status bad_value;
  for (const auto field : values) {
    if (bad_value) {
      bad_value = codec::append_value(field.value, value_bytes_);
      if (!bad_value && bad_value.error().code == ErrorCode::kValidation) {
        bad_value.error().message =
            "ExpressionAttributeValues contains invalid value: " + bad_value.error().message +
            " for key " + std::string(field.key);
      }
    }
    entries.push_back({field.key, value_bytes_.size()});
  }
  std::size_t begin = 0;
  for (const auto& entry : entries) {
    const auto bytes = std::string_view(value_bytes_).substr(begin, entry.end - begin);
    PARLEY_TRY(substitutions_.add_value(entry.placeholder, model::ValueView(bytes)));
    begin = entry.end;
    if (bad_value) size_bytes_ += model::ValueView(bytes).size_bytes();
  }
  return bad_value;
}

Result<std::optional<expr::Condition>> ExpressionParameters::condition(const object& input) {
  const auto text = find_string(input, "ConditionExpression");
  if (!text) return std::nullopt;
  return PARLEY_TRY(
      expr::Condition::parse(expr::ExpressionKind::kConditionExpression, *text, substitutions_));
}

Result<std::optional<expr::Condition>> ExpressionParameters::write_condition(
    const object& input, LegacyParameters& legacy) {
  auto expected = PARLEY_TRY(legacy.expected(input));
  PARLEY_TRY(read(input));
  auto bound = PARLEY_TRY(condition(input));
  PARLEY_TRY(check_all_used());
  return bound ? std::move(bound) : std::move(expected);
}

Result<std::optional<expr::Condition>> ExpressionParameters::filter(const object& input) {
  const auto text = find_string(input, "FilterExpression");
  if (!text) return std::nullopt;
  return PARLEY_TRY(
      expr::Condition::parse(expr::ExpressionKind::kFilterExpression, *text, substitutions_));
}

Result<std::optional<expr::KeyCondition>> ExpressionParameters::key_condition(const object& input) {
  const auto text = find_string(input, kKeyConditionExpression);
  if (!text) return std::nullopt;
  return PARLEY_TRY(expr::KeyCondition::parse(*text, substitutions_));
}

Result<std::optional<expr::Update>> ExpressionParameters::update(const object& input) {
  const auto text = find_string(input, "UpdateExpression");
  if (!text) return std::nullopt;
  return PARLEY_TRY(expr::Update::parse(*text, substitutions_));
}

Result<std::optional<expr::Projection>> ExpressionParameters::projection(const object& input) {
  const auto text = find_string(input, kProjectionExpression);
  if (!text) return std::nullopt;
  return PARLEY_TRY(expr::Projection::parse(*text, substitutions_));
}

}  // namespace parley::api
