// The replies of PutItem, UpdateItem and DeleteItem.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "api/operation.h"
#include "model/value_view.h"

namespace parley::api {

/// Appends the reply to a write of one item: Attributes (absent when nullopt or empty),
/// ConsumedCapacity and ItemCollectionMetrics as `input` asks for them. `key` has the item's hash
/// attribute.
OperationReply append_write_reply(std::string& out, const simdjson::dom::object& input,
                                  const engine::WriteOutcome& outcome,
                                  const std::optional<model::MapView>& attributes,
                                  const model::MapView& key);

}  // namespace parley::api
