#include <fmt/format.h>

#include <utility>

#include "engine/database_state.h"

namespace parley::engine {

Result<TableDescription> Database::delete_table(std::string_view name) {
  auto& state = *state_;
  const std::scoped_lock lock(state.tables_mutex);
  const auto table = state.catalog.lookup(name);
  if (!table) return table_not_found(name);
  if (table->deletion_protected) {
    return invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion "
        "protection first.");
  }
  auto deleting = *table;
  deleting.status = model::TableStatus::kDeleting;
  auto description = describe(state, std::make_shared<const model::Table>(std::move(deleting)));

  storage::WriteBatch batch;
  erase_storage(batch, table->storage_id);
  for (const auto& index : table->local_indexes) erase_storage(batch, index.storage_id);
  for (const auto& index : table->global_indexes) erase_storage(batch, index.storage_id);
  if (table->time_to_live) erase_storage(batch, table->time_to_live->storage_id);
  PARLEY_TRY(remove_table(state, table, std::move(batch)));
  return description;
}

}  // namespace parley::engine
