// BatchWriteItem. Source: …/APIReference/API_BatchWriteItem.html
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/capacity_json.h"
#include "api/common_shapes.h"
#include "api/input.h"
#include "api/item_collection_metrics.h"
#include "api/item_size.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "codec/item_json.h"
#include "model/limits.h"

namespace parley::api {

using simdjson::dom::object;

namespace {

constexpr Member kDeleteRequestMembers[] = {{"Key", &kAttributeMapShape, Presence::kRequired}};
constexpr Shape kDeleteRequestShape = structure("DeleteRequest", kDeleteRequestMembers);
constexpr Member kPutRequestMembers[] = {{"Item", &kAttributeMapShape, Presence::kRequired}};
constexpr Shape kPutRequestShape = structure("PutRequest", kPutRequestMembers);
constexpr Member kWriteRequestMembers[] = {
    {"DeleteRequest", &kDeleteRequestShape},
    {"PutRequest", &kPutRequestShape},
};
constexpr Shape kWriteRequestShape = structure("WriteRequest", kWriteRequestMembers);
constexpr Shape kWriteRequestsShape = list_of(kWriteRequestShape, 1, model::kBatchWriteItemsMax);
constexpr Shape kRequestItemsShape = map_of(kWriteRequestsShape, &kTableNameShape);

constexpr Member kMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetricsShape},
    {"RequestItems", &kRequestItemsShape, Presence::kRequired},
};

using Write = std::variant<engine::PutItem, engine::DeleteItem>;

const model::Item& item_or_key(const Write& write) {
  if (const auto* put = std::get_if<engine::PutItem>(&write)) return put->item;
  return std::get<engine::DeleteItem>(write).key;
}

/// What is asked of one table: a range of the whole batch.
struct TableRequest {
  std::string_view table;
  std::size_t first = 0;
  std::size_t end = 0;
};

Result<Write> read_write(std::string_view table, const object& json) {
  const auto put = find_object(json, "PutRequest");
  const auto remove = find_object(json, "DeleteRequest");
  if (put.has_value() == remove.has_value()) {
    // The words are about something else, but they are DynamoDB's.
    return invalid(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes");
  }
  if (remove) {
    return engine::DeleteItem{.table = std::string(table),
                              .key = PARLEY_TRY(codec::parse_item(object_member(*remove, "Key")))};
  }
  engine::PutItem write{.table = std::string(table),
                        .item = PARLEY_TRY(codec::parse_item(object_member(*put, "Item")))};
  PARLEY_TRY(check_item_size(write.item));
  return write;
}

/// The tables of the batch, and its writes to the end of `writes`.
Result<std::vector<TableRequest>> read_request_items(const object& input,
                                                     std::vector<Write>& writes) {
  std::vector<TableRequest> requests;
  for (const auto field : object_member(input, "RequestItems")) {
    if (field.value.is_null()) continue;
    TableRequest request{.table = field.key, .first = writes.size()};
    for (const auto json : as_array(field.value)) {
      if (writes.size() == model::kBatchWriteItemsMax) {
        return invalid("Too many items requested for the BatchWriteItem call");
      }
      writes.push_back(PARLEY_TRY(read_write(request.table, as_object(json))));
    }
    request.end = writes.size();
    requests.push_back(request);
  }
  return requests;
}

}  // namespace

constinit const Shape kBatchWriteItemInput = structure("BatchWriteItemInput", kMembers);

Result<OperationReply> batch_write_item(OperationContext& context, const object& input,
                                        std::string& out) {
  if (object_member(input, "RequestItems").size() == 0) {
    return invalid("The requestItems parameter is required for BatchWriteItem");
  }
  std::vector<Write> writes;
  const auto requests = PARLEY_TRY(read_request_items(input, writes));
  const auto outcomes = PARLEY_TRY(context.database.batch_write(writes));

  OperationReply result;
  CapacityByTable capacity;
  CollectionsByTable collections;
  for (const auto& request : requests) {
    for (auto i = request.first; i < request.end; ++i) {
      capacity.add(request.table, outcomes[i].capacity);
      collections.add(request.table, outcomes[i], item_or_key(writes[i]).view());
      result.ticket = std::max(result.ticket, outcomes[i].ticket);
    }
  }
  ObjectWriter reply(out);
  reply.member("UnprocessedItems");
  out += "{}";
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    reply.member("ConsumedCapacity");
    capacity.append(out, wanted);
  }
  if (read_return_item_collection_metrics(input)) {
    reply.member("ItemCollectionMetrics");
    collections.append(out);
  }
  reply.finish();
  return result;
}

}  // namespace parley::api
