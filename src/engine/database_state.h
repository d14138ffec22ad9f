// What a Database is made of; for the engine's own files.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/backfill.h"
#include "engine/catalog.h"
#include "engine/engine.h"
#include "engine/latches.h"
#include "engine/ongoing_transactions.h"
#include "engine/upkeep.h"

namespace parley::engine {

struct DatabaseState {
  DatabaseState(std::unique_ptr<storage::KeyValueStore> owned_store, const DatabaseOptions& options,
                Clock& borrowed_clock, Random& borrowed_random);

  std::unique_ptr<storage::KeyValueStore> store;
  storage::CommitPipeline commits;
  model::Realm realm;
  Clock& clock;
  stream::Streams streams;
  Catalog catalog;
  Latches latches;
  OngoingTransactions ongoing_transactions{commits};
  /// Held by whoever changes the catalog; before any latch.
  std::mutex tables_mutex;
  Random& random;
  // Last: their threads use all of the above.
  Backfills backfills;
  Upkeep upkeep;
};

// Changes of the catalog. Each publishes while no write is under way and waits until its change and
// `batch` are committed; on an error the catalog is as it was. Precondition: tables_mutex is held.
[[nodiscard]] Status add_table(DatabaseState& state, model::Table table);
[[nodiscard]] Status replace_table(DatabaseState& state, const TableSnapshot& old_table,
                                   model::Table new_table, storage::WriteBatch batch = {});
[[nodiscard]] Status remove_table(DatabaseState& state, const TableSnapshot& table,
                                  storage::WriteBatch batch);

/// Adds to `batch` the end of everything stored under a table's or index's id.
void erase_storage(storage::WriteBatch& batch, std::uint32_t storage_id);

/// The error of operations on tables; operations on items leave out the name.
[[nodiscard]] std::unexpected<Error> table_not_found(std::string_view name_or_arn);

/// The description of `table` with its live figures.
[[nodiscard]] TableDescription describe(const DatabaseState& state, TableSnapshot table);

}  // namespace parley::engine
