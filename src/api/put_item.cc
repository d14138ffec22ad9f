// PutItem. Source: …/APIReference/API_PutItem.html
#include <optional>
#include <utility>

#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/item_size.h"
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
    {"Item", &kAttributeMapShape, Presence::kRequired},
    {"ConditionalOperator", &kConditionalOperatorShape},
    {"Expected", &kExpectedShape},
    {"ReturnValues", &kReturnValuesShape},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetricsShape},
    {"ConditionExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailureShape},
};

}  // namespace

constinit const Shape kPutItemInput = structure("PutItemInput", kMembers);

Result<OperationReply> put_item(OperationContext& context, const simdjson::dom::object& input,
                                std::string& out) {
  PARLEY_TRY(check_parameter_use(input, kConditionalWriteParameters));
  engine::PutItem request{.table = std::string(string_member(input, "TableName")),
                          .item = PARLEY_TRY(codec::parse_item(object_member(input, "Item")))};
  const bool return_old_item = PARLEY_TRY(read_return_old_item(input));
  PARLEY_TRY(check_item_size(request.item));
  LegacyParameters legacy;
  ExpressionParameters expressions;
  request.condition = PARLEY_TRY(expressions.write_condition(input, legacy));
  request.return_item_on_condition_failure = read_return_item_on_condition_failure(input);

  const auto outcome = PARLEY_TRY(context.database.put_item(request));
  std::optional<model::MapView> attributes;
  if (return_old_item && outcome.old_item) attributes = outcome.old_item->view();
  return append_write_reply(out, input, outcome, attributes, request.item.view());
}

}  // namespace parley::api
