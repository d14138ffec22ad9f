// UpdateTimeToLive: an attribute that says when its item expires. AWS refuses a second change
// within half an hour or so ("modified multiple times within a fixed interval"); on one's own
// machine that protects nobody, and is left out (docs/compatibility.md).
#include <fmt/format.h>

#include <utility>

#include "engine/backfill.h"
#include "engine/database_state.h"
#include "engine/expiry_sweep.h"

namespace parley::engine {
namespace {

Status check_change(const model::Table& table, bool enabled, std::string_view attribute) {
  const auto& current = table.time_to_live;
  if (!current) return enabled ? Status() : invalid("TimeToLive is already disabled");
  if (current->attribute != attribute) {
    return invalid(fmt::format(
        "TimeToLive is active on a different AttributeName: current AttributeName is {}",
        current->attribute));
  }
  return enabled ? invalid("TimeToLive is already enabled") : Status();
}

}  // namespace

Status Database::update_time_to_live(std::string_view name, bool enabled,
                                     std::string_view attribute) {
  auto& state = *state_;
  TableDescription description;
  std::uint32_t storage_id = 0;
  {
    const std::scoped_lock lock(state.tables_mutex);
    const auto old_table = state.catalog.lookup(name);
    if (!old_table) return table_not_found(name);
    PARLEY_TRY(check_change(*old_table, enabled, attribute));
    auto table = *old_table;
    storage::WriteBatch batch;
    if (enabled) {
      storage_id = state.catalog.take_storage_id();
      table.time_to_live = model::TimeToLive{std::string(attribute), true, storage_id};
    } else {
      erase_storage(batch, table.time_to_live->storage_id);
      table.time_to_live.reset();
    }
    description = describe(state, old_table);
    PARLEY_TRY(replace_table(state, old_table, std::move(table), std::move(batch)));
  }
  if (!enabled) return {};
  return fill_soon(state, description, storage_id);
}

Result<std::size_t> Database::delete_expired_items() {
  return sweep_expired_items(*state_, state_->upkeep.stop());
}

}  // namespace parley::engine
