#include "api/write_reply.h"

#include "api/capacity_json.h"
#include "api/input.h"
#include "api/item_collection_metrics.h"
#include "api/json_object.h"
#include "codec/item_json.h"

namespace parley::api {

OperationReply append_write_reply(std::string& out, const simdjson::dom::object& input,
                                  const engine::WriteOutcome& outcome,
                                  const std::optional<model::MapView>& attributes,
                                  const model::MapView& key) {
  ObjectWriter reply(out);
  if (attributes && !attributes->empty()) {
    reply.member("Attributes");
    codec::append_json(out, *attributes);
  }
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    reply.member("ConsumedCapacity");
    append_consumed_capacity(out, string_member(input, "TableName"), outcome.capacity, wanted);
  }
  if (outcome.item_collection_size_bytes && read_return_item_collection_metrics(input)) {
    reply.member("ItemCollectionMetrics");
    append_item_collection_metrics(out, *outcome.table, key, *outcome.item_collection_size_bytes);
  }
  reply.finish();
  return {.ticket = outcome.ticket};
}

}  // namespace parley::api
