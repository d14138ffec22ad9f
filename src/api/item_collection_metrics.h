// ItemCollectionMetrics in replies: which item collections of tables with local indexes a write has
// touched, and an estimate of their sizes.
// Source: …/APIReference/API_ItemCollectionMetrics.html
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/requests.h"

namespace parley::api {

/// ReturnItemCollectionMetrics is SIZE.
[[nodiscard]] bool read_return_item_collection_metrics(const simdjson::dom::object& input);

/// Appends one ItemCollectionMetrics structure for the collection of `item` (an item of `table`, or
/// its key), which has `size_bytes`.
void append_item_collection_metrics(std::string& out, const model::Table& table,
                                    const model::MapView& item, std::uint64_t size_bytes);

/// The item collections that an operation on several items has touched, each once.
class CollectionsByTable {
 public:
  /// Adds the collection of `item`, which `outcome` is about; nothing if its table has none.
  /// Everything is borrowed until append().
  void add(std::string_view table_name, const engine::WriteOutcome& outcome,
           const model::MapView& item);
  /// Appends the object of table names and lists of ItemCollectionMetrics structures.
  void append(std::string& out) const;

 private:
  struct Collection {
    model::MapView item;  // one of it
    std::uint64_t size_bytes = 0;
  };
  struct Entry {
    std::string_view table_name;
    const model::Table* table;  // the outcome's
    std::vector<Collection> collections;
  };
  std::vector<Entry> entries_;
};

}  // namespace parley::api
