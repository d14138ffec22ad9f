// What key attributes must look like, in DynamoDB's words: in an item to be put, in a key to look
// up, in the key attributes of secondary indexes, in an ExclusiveStartKey.
#pragma once

#include <optional>

#include "base/result.h"
#include "model/item.h"
#include "model/table.h"

namespace parley::engine {

// All errors here are kValidation.

/// `key` (of GetItem, UpdateItem, DeleteItem, …) has exactly the attributes of `schema`, with their
/// types, not empty, within the size limits.
[[nodiscard]] Status check_lookup_key(const model::KeySchema& schema, const model::MapView& key);

/// `item` has the key attributes of its table, with their types, not empty, within the size limits.
[[nodiscard]] Status check_item_key(const model::KeySchema& schema, const model::MapView& item);

/// Where `item` has a key attribute of one of the table's indexes, it must be fit for it: the type,
/// not empty, within the size limits. Global indexes come first, as in DynamoDB.
[[nodiscard]] Status check_index_keys(const model::Table& table, const model::MapView& item);

/// An empty value of a key attribute of the table or (with `index_keys`) of one of its indexes: the
/// part of the checks above that refuses a whole transaction and not just one of its items.
[[nodiscard]] Status check_no_empty_key(const model::Table& table, const model::MapView& item,
                                        bool index_keys);

/// The index key attributes that an update has changed. Split in two, because in a transaction an
/// empty value refuses the whole request and anything else cancels it.
[[nodiscard]] Status check_updated_index_keys_not_empty(const model::Table& table,
                                                        const model::MapView& old_item,
                                                        const model::MapView& new_item);
[[nodiscard]] Status check_updated_index_keys(const model::Table& table,
                                              const model::MapView& old_item,
                                              const model::MapView& new_item);

/// The item is not larger than kItemSizeBytesMax.
[[nodiscard]] Status check_item_size(const model::ItemView& item);

/// Whether `index` has an entry for `item`: all its key attributes are there and fit. (An item that
/// was stored before the index existed may hold anything.)
[[nodiscard]] bool is_indexable(const model::SecondaryIndex& index, const model::MapView& item);

}  // namespace parley::engine
