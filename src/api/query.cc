// Query. Source: …/APIReference/API_Query.html
#include <optional>
#include <utility>

#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/legacy_parameters.h"
#include "api/legacy_shapes.h"
#include "api/operations.h"
#include "api/page_input.h"
#include "api/page_json.h"

namespace parley::api {

namespace {

constexpr std::string_view kSelectValues[] = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                              "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelectShape = enumeration(kSelectValues);
constexpr Shape kLimitShape = integer(1);

constexpr Member kMembers[] = {
    {"Select", &kSelectShape},
    {"IndexName", &kIndexNameShape},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"QueryFilter", &kConditionMapShape},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ConditionalOperator", &kConditionalOperatorShape},
    {"AttributesToGet", &kAttributesToGetShape},
    {"Limit", &kLimitShape},
    {"KeyConditions", &kConditionMapShape},
    {"ExclusiveStartKey", &kAttributeMapShape},
    {"ConsistentRead", &kBooleanShape},
    {"ScanIndexForward", &kBooleanShape},
    {"KeyConditionExpression", &kStringShape},
    {"FilterExpression", &kStringShape},
    {"ProjectionExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
};

/// A base table has at most two key attributes; only an index may have more.
constexpr std::size_t kTableKeyConditionsMax = 2;

Status check_condition_count(const expr::KeyCondition& condition, bool on_index) {
  const auto count = condition.terms().size();
  if (count >= 1 && (on_index || count <= kTableKeyConditionsMax)) return {};
  return invalid("Conditions can be of length 1 or 2 only");
}

}  // namespace

constinit const Shape kQueryInput = structure("QueryInput", kMembers);

Result<OperationReply> query(OperationContext& context, const simdjson::dom::object& input,
                             std::string& out) {
  PARLEY_TRY(check_parameter_use(input, kQueryParameters));
  auto page = read_page(input);
  LegacyParameters legacy;
  page.filter = PARLEY_TRY(legacy.filter(input, "QueryFilter"));
  page.projection = PARLEY_TRY(LegacyParameters::attributes_to_get(input));
  page.exclusive_start_key = PARLEY_TRY(read_exclusive_start_key(input));
  if (!find_member(input, "KeyConditions") && !find_member(input, "KeyConditionExpression")) {
    return invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }
  ExpressionParameters expressions;
  PARLEY_TRY(expressions.read(input));
  auto key_condition = PARLEY_TRY(expressions.key_condition(input));
  if (auto filter = PARLEY_TRY(expressions.filter(input))) page.filter = std::move(filter);
  if (auto projection = PARLEY_TRY(expressions.projection(input))) {
    page.projection = std::move(projection);
  }
  PARLEY_TRY(expressions.check_all_used());
  if (key_condition) PARLEY_TRY(key_condition->check_form());
  if (!key_condition) {
    key_condition = PARLEY_TRY(legacy.key_conditions(input));
    PARLEY_TRY(check_condition_count(*key_condition, page.index.has_value()));
  }
  page.select = PARLEY_TRY(read_select(input));

  const engine::Query request{.page = std::move(page),
                              .key_condition = std::move(*key_condition),
                              .forward = find_boolean(input, "ScanIndexForward").value_or(true)};
  PageWriter writer(out, request.page);
  const auto outcome = PARLEY_TRY(context.database.query(request, writer));
  writer.finish(outcome, input);
  return OperationReply{};
}

}  // namespace parley::api
