// ItemCollectionMetrics in replies: which item collections of tables with local indexes a write has
// touched, and an estimate of their sizes.
// Source: …/APIReference/API_ItemCollectionMetrics.html
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace parley::api {

/// ReturnItemCollectionMetrics is SIZE.
[[nodiscard]] bool read_return_item_collection_metrics(const simdjson::dom::object& input);

/// Item collections are counted only in tables with a local index.
[[nodiscard]] bool has_item_collections(const model::Table& table);

/// Appends one ItemCollectionMetrics structure for the collection of `item` (an item of `table`, or
/// its key). The estimate is a true range, if a wide one for large tables: a collection is no
/// larger than its table and local indexes together, nor than the 10 GB it may reach.
void append_item_collection_metrics(std::string& out, const engine::Database& database,
                                    const model::Table& table, const model::MapView& item);

/// The item collections that an operation on several items has touched, each once.
class CollectionsByTable {
 public:
  /// Nothing for a table without item collections. Everything is borrowed until append().
  void add(std::string_view table_name, const model::Table& table, const model::MapView& item);
  /// Appends the object of table names and lists of ItemCollectionMetrics structures.
  void append(std::string& out, const engine::Database& database) const;

 private:
  struct Entry {
    std::string_view table_name;
    const model::Table* table;          // the caller's
    std::vector<model::MapView> items;  // one of each collection
  };
  std::vector<Entry> entries_;
};

}  // namespace parley::api
