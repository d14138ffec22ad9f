// TransactWriteItems. Source: …/APIReference/API_TransactWriteItems.html
#include <algorithm>
#include <cstddef>
#include <list>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "api/capacity_json.h"
#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/item_collection_metrics.h"
#include "api/item_size.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/request_fingerprint.h"
#include "api/return_values.h"
#include "codec/item_json.h"
#include "model/limits.h"

namespace parley::api {

using simdjson::dom::object;

namespace {

constexpr Member kConditionCheckMembers[] = {
    {"Key", &kAttributeMapShape, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ConditionExpression", &kStringShape, Presence::kRequired},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailureShape},
};
constexpr Shape kConditionCheckShape = structure("ConditionCheck", kConditionCheckMembers);

constexpr Member kDeleteMembers[] = {
    {"Key", &kAttributeMapShape, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ConditionExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailureShape},
};
constexpr Shape kDeleteShape = structure("Delete", kDeleteMembers);

constexpr Member kPutMembers[] = {
    {"Item", &kAttributeMapShape, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ConditionExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailureShape},
};
constexpr Shape kPutShape = structure("Put", kPutMembers);

constexpr Member kUpdateMembers[] = {
    {"Key", &kAttributeMapShape, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"UpdateExpression", &kStringShape, Presence::kRequired},
    {"ConditionExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailureShape},
};
constexpr Shape kUpdateShape = structure("Update", kUpdateMembers);

constexpr Member kTransactWriteItemMembers[] = {
    {"ConditionCheck", &kConditionCheckShape},
    {"Delete", &kDeleteShape},
    {"Put", &kPutShape},
    {"Update", &kUpdateShape},
};
constexpr Shape kTransactWriteItemShape = structure("TransactWriteItem", kTransactWriteItemMembers);
constexpr Shape kTransactItemsShape =
    list_of(kTransactWriteItemShape, 1, model::kTransactionItemsMax);
constexpr Shape kClientRequestTokenShape = string_of(1, 36);

constexpr Member kMembers[] = {
    {"ClientRequestToken", &kClientRequestTokenShape},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetricsShape},
    {"TransactItems", &kTransactItemsShape, Presence::kRequired},
};

/// The one action of a member of TransactItems.
struct Action {
  std::string_view name;
  object json;
};

Result<Action> read_action(const object& member) {
  std::optional<Action> action;
  for (const auto& known : kTransactWriteItemMembers) {
    const auto json = find_object(member, known.name);
    if (!json) continue;
    if (action) {
      return invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    action = {known.name, *json};
  }
  if (!action) {
    return invalid(
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  }
  return *action;
}

/// ConditionExpression and ReturnValuesOnConditionCheckFailure, the end of every action; after it
/// all expressions of the action are bound.
template <class Write>
Status read_condition(const object& json, ExpressionParameters& expressions, Write& write) {
  write.condition = PARLEY_TRY(expressions.condition(json));
  PARLEY_TRY(expressions.check_all_used());
  write.return_item_on_condition_failure = read_return_item_on_condition_failure(json);
  return {};
}

/// A Delete or a ConditionCheck, which differ in name only.
template <class Write>
Result<engine::TransactWriteItem> read_keyed(const object& json,
                                             ExpressionParameters& expressions) {
  PARLEY_TRY(check_parameter_use(json, {.expressions = kConditionExpressions}));
  Write write{.table = std::string(string_member(json, "TableName")),
              .key = PARLEY_TRY(codec::parse_item(object_member(json, "Key")))};
  PARLEY_TRY(expressions.read(json));
  PARLEY_TRY(read_condition(json, expressions, write));
  return write;
}

Result<engine::TransactWriteItem> read_put(const object& json, ExpressionParameters& expressions) {
  PARLEY_TRY(check_parameter_use(json, {.expressions = kConditionExpressions}));
  engine::PutItem write{.table = std::string(string_member(json, "TableName")),
                        .item = PARLEY_TRY(codec::parse_item(object_member(json, "Item")))};
  PARLEY_TRY(check_item_size(write.item));
  PARLEY_TRY(expressions.read(json));
  PARLEY_TRY(read_condition(json, expressions, write));
  return write;
}

Result<engine::TransactWriteItem> read_update(const object& json,
                                              ExpressionParameters& expressions) {
  PARLEY_TRY(check_parameter_use(json, {.expressions = kUpdateExpressions}));
  engine::UpdateItem write{.table = std::string(string_member(json, "TableName")),
                           .key = PARLEY_TRY(codec::parse_item(object_member(json, "Key")))};
  PARLEY_TRY(expressions.read(json));
  write.update = PARLEY_TRY(expressions.update(json));
  PARLEY_TRY(read_condition(json, expressions, write));
  return write;
}

Result<engine::TransactWriteItem> read_write(const Action& action,
                                             ExpressionParameters& expressions) {
  if (action.name == "Put") return read_put(action.json, expressions);
  if (action.name == "Update") return read_update(action.json, expressions);
  if (action.name == "Delete") return read_keyed<engine::DeleteItem>(action.json, expressions);
  return read_keyed<engine::ConditionCheck>(action.json, expressions);
}

/// The bytes of an action's expressions and of what they refer to: all of it counts into a
/// transaction's 4 MB, besides the item or key.
std::size_t expression_size_bytes(const object& action, const ExpressionParameters& expressions) {
  std::size_t size_bytes = expressions.size_bytes();
  for (const auto name : kUpdateExpressions) {
    if (const auto text = find_string(action, name)) size_bytes += text->size();
  }
  return size_bytes;
}

model::ItemView item_or_key(const engine::TransactWriteItem& write) {
  return std::visit(
      [](const auto& action) {
        if constexpr (requires { action.item; }) {
          return action.item.view();
        } else {
          return action.key.view();
        }
      },
      write);
}

}  // namespace

constinit const Shape kTransactWriteItemsInput = structure("TransactWriteItemsInput", kMembers);

Result<OperationReply> transact_write_items(OperationContext& context, const object& input,
                                            std::string& out) {
  engine::TransactWrite request;
  std::list<ExpressionParameters> expressions;  // they do not move
  std::vector<std::string_view> tables;
  for (const auto entry : array_member(input, "TransactItems")) {
    const auto action = PARLEY_TRY(read_action(as_object(entry)));
    request.items.push_back(PARLEY_TRY(read_write(action, expressions.emplace_back())));
    request.expression_size_bytes += expression_size_bytes(action.json, expressions.back());
    tables.push_back(string_member(action.json, "TableName"));
  }
  if (const auto token = find_string(input, "ClientRequestToken")) {
    request.client_request_token = *token;
    request.fingerprint = fingerprint(*find_member(input, "TransactItems"));
  }

  const auto outcome = PARLEY_TRY(context.database.transact_write(request));
  CapacityByTable capacity;
  CollectionsByTable collections;
  for (std::size_t i = 0; i < outcome.items.size(); ++i) {
    capacity.add(tables[i], outcome.items[i].capacity);
    const bool writes = !std::holds_alternative<engine::ConditionCheck>(request.items[i]);
    if (writes) collections.add(tables[i], outcome.items[i], item_or_key(request.items[i]));
  }
  ObjectWriter reply(out);
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    reply.member("ConsumedCapacity");
    capacity.append(out, wanted, CapacityKind::kTransaction);
  }
  if (read_return_item_collection_metrics(input)) {
    reply.member("ItemCollectionMetrics");
    collections.append(out);
  }
  reply.finish();
  return OperationReply{.ticket = outcome.ticket};
}

}  // namespace parley::api
