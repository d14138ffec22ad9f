// The key attributes of an item.
#pragma once

#include <string>

#include "model/item.h"
#include "model/table.h"

namespace parley::model {

/// An item of those attributes of `item` that `key` names; one that is missing stays missing, types
/// are not checked. What LastEvaluatedKey, stream records and key-only items are made of.
[[nodiscard]] Item extract_key(const KeySchema& key, const MapView& item);

/// The same for the keys of an index entry: the attributes of either schema, each once.
[[nodiscard]] Item extract_keys(const KeySchema& table_key, const KeySchema& index_key,
                                const MapView& item);

}  // namespace parley::model
