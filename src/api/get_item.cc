// GetItem. Source: …/APIReference/API_GetItem.html
#include "api/capacity_json.h"
#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/projection_input.h"
#include "codec/item_json.h"

namespace parley::api {

namespace {

constexpr Member kMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"AttributesToGet", &kAttributesToGetShape},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"Key", &kAttributeMapShape, Presence::kRequired},
    {"ConsistentRead", &kBooleanShape},
    {"ProjectionExpression", &kStringShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
};

}  // namespace

constinit const Shape kGetItemInput = structure("GetItemInput", kMembers);

Result<OperationReply> get_item(OperationContext& context, const simdjson::dom::object& input,
                                std::string& out) {
  PARLEY_TRY(check_parameter_use(input, kProjectionParameters));
  const auto table = string_member(input, "TableName");
  const engine::GetItem request{
      .table = std::string(table),
      .key = PARLEY_TRY(codec::parse_item(object_member(input, "Key"))),
      .consistent_read = find_boolean(input, "ConsistentRead").value_or(false)};
  ExpressionParameters expressions;
  const auto projection = PARLEY_TRY(read_projection(input, expressions));

  const auto outcome = PARLEY_TRY(context.database.get_item(request));
  PARLEY_TRY(check_projection(projection, *outcome.table));
  ObjectWriter reply(out);
  if (outcome.item) {
    reply.member("Item");
    std::string scratch;
    append_projected(out, outcome.item->view(), projection, scratch);
  }
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    reply.member("ConsumedCapacity");
    append_consumed_capacity(out, table, outcome.capacity, wanted);
  }
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
