// Index entries: what an item looks like in a secondary index. The value of an entry is the
// projected item itself, so that a query on an index reads nothing else.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/item.h"
#include "model/table.h"

namespace parley::engine {

struct IndexEntry {
  std::string key;         // in the store
  std::string projection;  // the projected item; empty where that is the whole item
  [[nodiscard]] std::string_view value(const model::ItemView& item) const {
    return projection.empty() ? item.bytes() : std::string_view(projection);
  }
};

/// Whether `index` stores the attribute: a key attribute of table or index, or projected.
[[nodiscard]] bool projects(const model::Table& table, const model::SecondaryIndex& index,
                            std::string_view attribute);

/// The entry of `item` in `index`, or nullopt if the index has none for it (it lacks a key
/// attribute, or has one that is unfit).
[[nodiscard]] std::optional<IndexEntry> index_entry(const model::Table& table,
                                                    const model::SecondaryIndex& index,
                                                    const model::ItemView& item);

/// Whether `item` and its entry in any one local index keep kItemSizeBytesMax together.
/// Source: …/developerguide/Constraints.html, "Item size for tables with local secondary indexes".
[[nodiscard]] bool local_entries_fit(const model::Table& table, const model::ItemView& item);

}  // namespace parley::engine
