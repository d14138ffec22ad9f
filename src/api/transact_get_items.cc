// TransactGetItems. Source: …/APIReference/API_TransactGetItems.html
#include <fmt/format.h>

#include <cstddef>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "api/capacity_json.h"
#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/projection_input.h"
#include "codec/item_json.h"
#include "model/limits.h"

namespace parley::api {

using simdjson::dom::object;

namespace {

constexpr Member kGetMembers[] = {
    {"Key", &kAttributeMapShape, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ProjectionExpression", &kStringShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
};
constexpr Shape kGetShape = structure("Get", kGetMembers);
constexpr Member kTransactGetItemMembers[] = {{"Get", &kGetShape, Presence::kRequired}};
constexpr Shape kTransactGetItemShape = structure("TransactGetItem", kTransactGetItemMembers);
constexpr Shape kTransactItemsShape =
    list_of(kTransactGetItemShape, 1, model::kTransactionItemsMax);

constexpr Member kMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"TransactItems", &kTransactItemsShape, Presence::kRequired},
};

/// One Get: its projection and what that borrows from.
struct Get {
  std::string_view table;
  ExpressionParameters expressions;
  std::optional<expr::Projection> projection;
};

Status check_projections(const std::list<Get>& members,
                         const std::vector<engine::GetOutcome>& outcomes) {
  auto outcome = outcomes.begin();
  for (const auto& member : members) {
    PARLEY_TRY(check_projection(member.projection, *outcome->table));
    ++outcome;
  }
  return {};
}

Status check_total_size(const std::vector<engine::GetOutcome>& outcomes) {
  std::size_t size_bytes = 0;
  for (const auto& outcome : outcomes) {
    if (outcome.item) size_bytes += outcome.item->view().size_bytes();
  }
  if (size_bytes <= model::kTransactionSizeBytesMax) return {};
  return invalid(
      fmt::format("Transaction payload size cannot exceed 4MB. Payload Size: {}", size_bytes));
}

}  // namespace

constinit const Shape kTransactGetItemsInput = structure("TransactGetItemsInput", kMembers);

Result<OperationReply> transact_get_items(OperationContext& context, const object& input,
                                          std::string& out) {
  std::list<Get> members;  // expression parameters do not move
  std::vector<engine::GetItem> gets;
  for (const auto entry : array_member(input, "TransactItems")) {
    const auto json = object_member(as_object(entry), "Get");
    auto& member = members.emplace_back();
    member.table = string_member(json, "TableName");
    PARLEY_TRY(check_parameter_use(json, {.expressions = kProjectionExpressions}));
    gets.push_back({.table = std::string(member.table),
                    .key = PARLEY_TRY(codec::parse_item(object_member(json, "Key"))),
                    .consistent_read = true});
    member.projection = PARLEY_TRY(read_projection(json, member.expressions));
  }

  const auto outcomes = PARLEY_TRY(context.database.transact_get(gets));
  PARLEY_TRY(check_total_size(outcomes));
  PARLEY_TRY(check_projections(members, outcomes));
  CapacityByTable capacity;
  ObjectWriter reply(out);
  reply.member("Responses");
  out += '[';
  std::string scratch;
  auto member = members.begin();
  for (const auto& outcome : outcomes) {
    if (&outcome != &outcomes.front()) out += ',';
    capacity.add(member->table, outcome.capacity);
    ObjectWriter response(out);
    if (outcome.item) {
      response.member("Item");
      append_projected(out, outcome.item->view(), member->projection, scratch);
    }
    response.finish();
    ++member;
  }
  out += ']';
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    reply.member("ConsumedCapacity");
    capacity.append(out, wanted, CapacityKind::kTransaction);
  }
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
