#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/database_state.h"
#include "engine/store_keys.h"

namespace parley::engine {
namespace {

std::uint64_t figure(const DatabaseState& state, const std::string& key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, state.commits.counter(key)));
}

TableFigures::Index index_figures(const DatabaseState& state, const model::SecondaryIndex& index) {
  return {figure(state, item_count_key(index.storage_id)),
          figure(state, size_bytes_key(index.storage_id))};
}

}  // namespace

std::unexpected<Error> table_not_found(std::string_view name_or_arn) {
  return fail(
      ErrorCode::kResourceNotFound,
      fmt::format("Requested resource not found: Table: {} not found", table_name_of(name_or_arn)));
}

TableDescription describe(const DatabaseState& state, TableSnapshot table) {
  TableFigures figures;
  figures.item_count = figure(state, item_count_key(table->storage_id));
  figures.size_bytes = figure(state, size_bytes_key(table->storage_id));
  for (const auto& index : table->local_indexes) {
    figures.local_indexes.push_back(index_figures(state, index));
  }
  for (const auto& index : table->global_indexes) {
    figures.global_indexes.push_back(index_figures(state, index));
  }
  return {std::move(table), std::move(figures)};
}

Result<TableDescription> Database::describe_table(std::string_view name) const {
  auto table = state_->catalog.lookup(name);
  if (!table) return table_not_found(name);
  return describe(*state_, std::move(table));
}

}  // namespace parley::engine
