// Catalog: the tables that exist, as immutable snapshots. Changing a table publishes a new
// snapshot; whoever holds the old one keeps it. Persisted one record a table (engine/store_keys.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/requests.h"
#include "model/table.h"
#include "storage/key_value_store.h"

namespace parley::engine {

/// A table and the catalog's version it was found in. A writer compares the version again under its
/// latches: while it holds any, it does not change.
struct PinnedTable {
  TableSnapshot table;
  std::uint64_t version = 0;
};

/// The table's name in `name_or_arn`: itself, or what follows "table/" in an ARN of a table. Region
/// and account are not compared: all of them share one namespace here.
[[nodiscard]] std::string_view table_name_of(std::string_view name_or_arn);

/// Thread-safe.
class Catalog {
 public:
  Catalog();

  /// Reads all records. Errors: kIo, kCorruption, kIncompatibleVersion.
  [[nodiscard]] Status load(const storage::KeyValueStore& store);

  /// Errors: kResourceNotFound "Requested resource not found".
  [[nodiscard]] Result<PinnedTable> find(std::string_view name_or_arn) const;
  /// The same, or nullptr.
  [[nodiscard]] TableSnapshot lookup(std::string_view name_or_arn) const;
  [[nodiscard]] std::vector<std::string> names_after(std::string_view exclusive_start,
                                                     std::size_t limit) const;
  [[nodiscard]] std::vector<TableSnapshot> all() const;

  [[nodiscard]] std::uint64_t version() const;

  // Changes, by whoever holds Database's table lock. Publishing moves the version: hold every latch
  // where a writer's work depends on what changes.
  void publish(TableSnapshot table);
  void remove(std::string_view name);
  /// The next storage id and the ones after it; persisted with the table that takes it.
  [[nodiscard]] std::uint32_t take_storage_id() { return next_storage_id_++; }
  /// Adds to `batch` what makes `table`, and the ids taken so far, durable.
  void save(const model::Table& table, storage::WriteBatch& batch) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, TableSnapshot, std::less<>> tables_;
  std::atomic<std::uint64_t> version_ = 1;
  std::uint32_t next_storage_id_;
};

}  // namespace parley::engine
