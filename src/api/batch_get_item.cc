// BatchGetItem. Source: …/APIReference/API_BatchGetItem.html
#include <algorithm>
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

using simdjson::dom::element;
using simdjson::dom::object;

namespace {

constexpr Shape kKeysShape = plain(list_of(kAttributeMapShape, 1, model::kBatchGetKeysMax));

constexpr Member kKeysAndAttributesMembers[] = {
    {"Keys", &kKeysShape, Presence::kRequired},
    {"AttributesToGet", &kAttributesToGetShape},
    {"ConsistentRead", &kBooleanShape},
    {"ProjectionExpression", &kStringShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
};
constexpr Shape kKeysAndAttributesShape = structure("KeysAndAttributes", kKeysAndAttributesMembers);
constexpr Shape kRequestItemsShape = plain(map_of(kKeysAndAttributesShape, &kTableNameShape, 1));

constexpr Member kMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"RequestItems", &kRequestItemsShape, Presence::kRequired},
};

/// What is asked of one table. Its keys are a range of the whole batch's.
struct TableRequest {
  std::string_view table;
  object json;
  ExpressionParameters expressions;
  std::optional<expr::Projection> projection;
  std::vector<element> keys;
};

/// Reads the keys of `request` to the end of `gets`. Errors: kValidation for a key given twice or
/// one too many.
Status read_keys(TableRequest& request, std::vector<engine::GetItem>& gets) {
  const bool consistent_read = find_boolean(request.json, "ConsistentRead").value_or(false);
  const auto first = static_cast<std::ptrdiff_t>(gets.size());
  for (const element json : array_member(request.json, "Keys")) {
    auto key = PARLEY_TRY(codec::parse_item(as_object(json)));
    const bool known = std::any_of(gets.begin() + first, gets.end(),
                                   [&](const auto& get) { return get.key == key; });
    if (known) return invalid("Provided list of item keys contains duplicates");
    if (gets.size() == model::kBatchGetKeysMax) {
      return invalid("Too many items requested for the BatchGetItem call");
    }
    request.keys.push_back(json);
    gets.push_back({.table = std::string(request.table),
                    .key = std::move(key),
                    .consistent_read = consistent_read});
  }
  return {};
}

/// The tables of a batch are projected all by expressions or all by lists of attributes.
Status check_projections_alike(const object& input) {
  bool by_expression = false;
  bool by_list = false;
  for (const auto field : object_member(input, "RequestItems")) {
    if (field.value.is_null()) continue;
    const auto request = as_object(field.value);
    by_expression = by_expression || find_member(request, "ProjectionExpression").has_value();
    by_list = by_list || find_member(request, "AttributesToGet").has_value();
  }
  if (!by_expression || !by_list) return {};
  return invalid(
      "Can not use both expression and non-expression parameters in the same request: "
      "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}");
}

Status check_projections(const std::list<TableRequest>& requests,
                         const std::vector<engine::GetOutcome>& outcomes) {
  std::size_t first = 0;
  for (const auto& request : requests) {
    if (request.keys.empty()) continue;
    PARLEY_TRY(check_projection(request.projection, *outcomes[first].table));
    first += request.keys.size();
  }
  return {};
}

/// How many of `outcomes` fit into one reply.
std::size_t count_fitting(const std::vector<engine::GetOutcome>& outcomes) {
  std::size_t size_bytes = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].item) size_bytes += outcomes[i].item->view().size_bytes();
    if (size_bytes > model::kBatchSizeBytesMax) return i;
  }
  return outcomes.size();
}

/// Appends the members of UnprocessedKeys: the request again, with the keys that were not reached.
/// `processed` counts the keys of the whole batch that were.
void append_unprocessed(std::string& out, const std::list<TableRequest>& requests,
                        std::size_t processed) {
  ObjectWriter tables(out);
  std::size_t first = 0;
  for (const auto& request : requests) {
    const auto skipped = std::min(request.keys.size(), processed - std::min(first, processed));
    first += request.keys.size();
    if (skipped == request.keys.size()) continue;
    tables.member(request.table);
    ObjectWriter again(out);
    again.member("Keys");
    for (std::size_t i = skipped; i < request.keys.size(); ++i) {
      out += i == skipped ? '[' : ',';
      out += simdjson::minify(request.keys[i]);
    }
    out += ']';
    for (const auto& member : kKeysAndAttributesMembers) {
      if (member.name == "Keys") continue;
      if (const auto value = find_member(request.json, member.name)) {
        again.member(member.name);
        out += simdjson::minify(*value);
      }
    }
    again.finish();
  }
  tables.finish();
}

}  // namespace

constinit const Shape kBatchGetItemInput = structure("BatchGetItemInput", kMembers);

Result<OperationReply> batch_get_item(OperationContext& context, const object& input,
                                      std::string& out) {
  std::list<TableRequest> requests;  // expression parameters do not move
  std::vector<engine::GetItem> gets;
  PARLEY_TRY(check_projections_alike(input));
  for (const auto field : object_member(input, "RequestItems")) {
    if (field.value.is_null()) continue;
    auto& request = requests.emplace_back();
    request.table = field.key;
    request.json = as_object(field.value);
    PARLEY_TRY(check_parameter_use(request.json, kProjectionParameters));
    request.projection = PARLEY_TRY(read_projection(request.json, request.expressions));
    PARLEY_TRY(read_keys(request, gets));
  }

  const auto outcomes = PARLEY_TRY(context.database.batch_get(gets));
  PARLEY_TRY(check_projections(requests, outcomes));
  const auto fitting = count_fitting(outcomes);
  CapacityByTable capacity;
  ObjectWriter reply(out);
  reply.member("Responses");
  ObjectWriter responses(out);
  std::string scratch;
  std::size_t next = 0;
  for (const auto& request : requests) {
    responses.member(request.table);
    out += '[';
    bool first = true;
    for (std::size_t i = 0; i < request.keys.size() && next < fitting; ++i, ++next) {
      capacity.add(request.table, outcomes[next].capacity);
      if (!outcomes[next].item) continue;
      if (!first) out += ',';
      first = false;
      append_projected(out, outcomes[next].item->view(), request.projection, scratch);
    }
    out += ']';
  }
  responses.finish();
  reply.member("UnprocessedKeys");
  append_unprocessed(out, requests, fitting);
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    reply.member("ConsumedCapacity");
    capacity.append(out, wanted);
  }
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
