#include <fmt/format.h>

#include <utility>

#include "engine/database_state.h"
#include "engine/stream_label.h"

namespace parley::engine {

Result<TableDescription> Database::create_table(model::Table definition) {
  auto& state = *state_;
  const std::scoped_lock lock(state.tables_mutex);
  if (state.catalog.lookup(definition.name)) {
    return fail(ErrorCode::kResourceInUse,
                fmt::format("Table already exists: {}", definition.name));
  }
  auto& table = definition;
  table.id = make_uuid(state.random);
  table.created_at = state.clock.now();
  table.status = model::TableStatus::kActive;
  table.storage_id = state.catalog.take_storage_id();
  for (auto* const indexes : {&table.local_indexes, &table.global_indexes}) {
    for (auto& index : *indexes) {
      index.status = model::IndexStatus::kActive;
      index.backfilling = false;
      index.storage_id = state.catalog.take_storage_id();
    }
  }
  if (table.billing_mode == model::BillingMode::kPayPerRequest) {
    table.billing_mode_changed_at = table.created_at;
  }
  if (table.stream) start_stream(state, table, table.stream->view_type);
  PARLEY_TRY(add_table(state, table));

  table.status = model::TableStatus::kCreating;
  for (auto& index : table.global_indexes) index.status = model::IndexStatus::kCreating;
  return describe(state, std::make_shared<const model::Table>(std::move(table)));
}

}  // namespace parley::engine
