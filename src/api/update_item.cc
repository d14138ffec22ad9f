// UpdateItem. Source: …/APIReference/API_UpdateItem.html
#include <optional>
#include <utility>

#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/legacy_parameters.h"
#include "api/legacy_shapes.h"
#include "api/operations.h"
#include "api/return_values.h"
#include "api/write_reply.h"
#include "codec/item_json.h"

namespace parley::api {

namespace {

constexpr Member kMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetricsShape},
    {"ReturnValues", &kReturnValuesShape},
    {"Key", &kAttributeMapShape, Presence::kRequired},
    {"ConditionalOperator", &kConditionalOperatorShape},
    {"Expected", &kExpectedShape},
    {"AttributeUpdates", &kAttributeUpdatesShape},
    {"ConditionExpression", &kStringShape},
    {"UpdateExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailureShape},
};

/// What Attributes shows: a view into `outcome` or into `parts`, where the leaves of UPDATED_OLD
/// and UPDATED_NEW are collected.
std::optional<model::MapView> returned_attributes(ReturnValues wanted,
                                                  const engine::WriteOutcome& outcome,
                                                  const std::optional<expr::Update>& update,
                                                  std::optional<model::Item>& parts) {
  const bool old_item = wanted == ReturnValues::kAllOld || wanted == ReturnValues::kUpdatedOld;
  const auto& item = old_item ? outcome.old_item : outcome.new_item;
  if (wanted == ReturnValues::kNone || !item) return std::nullopt;
  if (wanted == ReturnValues::kAllOld || wanted == ReturnValues::kAllNew) return item->view();
  if (!update) return std::nullopt;
  parts = update->updated_parts(item->view());
  if (!parts) return std::nullopt;
  return parts->view();
}

}  // namespace

constinit const Shape kUpdateItemInput = structure("UpdateItemInput", kMembers);

Result<OperationReply> update_item(OperationContext& context, const simdjson::dom::object& input,
                                   std::string& out) {
  PARLEY_TRY(check_parameter_use(input, kUpdateParameters));
  engine::UpdateItem request{.table = std::string(string_member(input, "TableName")),
                             .key = PARLEY_TRY(codec::parse_item(object_member(input, "Key")))};
  LegacyParameters legacy;
  request.update = PARLEY_TRY(legacy.attribute_updates(input));
  request.condition = PARLEY_TRY(legacy.expected(input));
  ExpressionParameters expressions;
  PARLEY_TRY(expressions.read(input));
  if (auto update = PARLEY_TRY(expressions.update(input))) request.update = std::move(update);
  if (auto condition = PARLEY_TRY(expressions.condition(input))) {
    request.condition = std::move(condition);
  }
  PARLEY_TRY(expressions.check_all_used());
  request.return_item_on_condition_failure = read_return_item_on_condition_failure(input);

  const auto outcome = PARLEY_TRY(context.database.update_item(request));
  std::optional<model::Item> parts;
  const auto attributes =
      returned_attributes(read_return_values(input), outcome, request.update, parts);
  return append_write_reply(out, input, outcome, attributes, request.key.view());
}

}  // namespace parley::api
