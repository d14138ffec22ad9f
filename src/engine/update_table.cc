// UpdateTable: what a change means for the table as it is. The change is worked out on a copy,
// which replaces the table at once; a new index is filled afterwards (engine/backfill.h).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/database_state.h"
#include "engine/stream_label.h"
#include "engine/throughput_update.h"
#include "model/limits.h"

namespace parley::engine {
namespace {

using Kind = GlobalIndexUpdate::Kind;

bool creates_or_deletes(const GlobalIndexUpdate& change) {
  return change.kind != Kind::kUpdate;
}

/// One index at a time is created or deleted, over all calls.
Status check_online_changes(const model::Table& table, const TableUpdate& update) {
  const auto changes = std::ranges::count_if(update.index_updates, creates_or_deletes);
  if (changes > 1) {
    return fail(ErrorCode::kLimitExceeded,
                "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                "simultaneously per table");
  }
  for (const auto& index : table.global_indexes) {
    if (index.status != model::IndexStatus::kCreating) continue;
    for (const auto& change : update.index_updates) {
      // A creation may be called off.
      if (change.kind == Kind::kDelete && change.index.name == index.name) continue;
      return fail(ErrorCode::kResourceInUse,
                  fmt::format("Attempt to change a resource which is still in use: Table is being "
                              "updated: {}",
                              table.name));
    }
  }
  return {};
}

const model::AttributeDefinition* find_definition(
    const std::vector<model::AttributeDefinition>& definitions, std::string_view name) {
  const auto found = std::ranges::find(definitions, name, &model::AttributeDefinition::name);
  return found == definitions.end() ? nullptr : &*found;
}

/// Adds new definitions; a name that is in use keeps its type.
Status merge_definitions(model::Table& table, const TableUpdate& update) {
  for (const auto& added : update.attributes) {
    const auto* const known = find_definition(table.attributes, added.name);
    if (known == nullptr) {
      table.attributes.push_back(added);
    } else if (known->type != added.type) {
      return invalid(fmt::format(
          "One or more parameter values were invalid: Attribute {} is a key attribute of type {}; "
          "it cannot be redefined with type {}",
          added.name, model::wire_name(known->type), model::wire_name(added.type)));
    }
  }
  return {};
}

/// Only the definitions of key attributes are kept, as DescribeTable shows them.
void drop_unused_definitions(model::Table& table) {
  std::erase_if(table.attributes, [&](const model::AttributeDefinition& definition) {
    if (table.key.contains(definition.name)) return false;
    const auto uses = [&](const model::SecondaryIndex& index) {
      return index.key.contains(definition.name);
    };
    return std::ranges::none_of(table.local_indexes, uses) &&
           std::ranges::none_of(table.global_indexes, uses);
  });
}

/// Gives the key attributes of a new index their types.
Status resolve_key(const model::Table& table, model::KeySchema& key) {
  for (auto* const attributes : {&key.hash, &key.range}) {
    for (auto& attribute : *attributes) {
      const auto* const definition = find_definition(table.attributes, attribute.name);
      if (definition != nullptr) {
        attribute.type = definition->type;
        continue;
      }
      std::vector<std::string_view> names;
      std::vector<std::string_view> defined;
      names.reserve(key.hash.size() + key.range.size());
      defined.reserve(table.attributes.size());
      for (const auto& name : key.hash) names.push_back(name.name);
      for (const auto& name : key.range) names.push_back(name.name);
      for (const auto& known : table.attributes) defined.push_back(known.name);
      return invalid(fmt::format(
          "One or more parameter values were invalid: Some index key attributes are not defined in "
          "AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
          fmt::join(names, ", "), fmt::join(defined, ", ")));
    }
  }
  return {};
}

Status create_index(model::Table& table, model::SecondaryIndex index, std::uint32_t storage_id) {
  if (table.find_index(index.name) != nullptr) {
    return invalid("Attempting to create an index which already exists");
  }
  if (table.global_indexes.size() >= model::kGlobalSecondaryIndexesMax) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("One or more parameter values were invalid: GlobalSecondaryIndex count "
                            "exceeds the per-table limit of {}",
                            model::kGlobalSecondaryIndexesMax));
  }
  PARLEY_TRY(resolve_key(table, index.key));
  PARLEY_TRY(check_new_index_throughput(table, index));
  index.kind = model::IndexKind::kGlobal;
  index.status = model::IndexStatus::kCreating;
  index.backfilling = true;
  index.storage_id = storage_id;
  table.global_indexes.push_back(std::move(index));
  return {};
}

/// What a call changes beside the table's description.
struct Effects {
  std::optional<std::uint32_t> created_storage_id = {};
  std::optional<model::SecondaryIndex> deleted_index = {};
};

Status change_indexes(DatabaseState& state, const TableUpdate& update, model::Table& table,
                      Effects& effects) {
  for (const auto& change : update.index_updates) {
    if (change.kind == Kind::kCreate) {
      effects.created_storage_id = state.catalog.take_storage_id();
      PARLEY_TRY(create_index(table, change.index, *effects.created_storage_id));
      continue;
    }
    const auto found =
        std::ranges::find(table.global_indexes, change.index.name, &model::SecondaryIndex::name);
    if (found == table.global_indexes.end()) {
      return fail(ErrorCode::kResourceNotFound, "Requested resource not found");
    }
    if (change.kind == Kind::kUpdate) {
      PARLEY_TRY(update_index_throughput(table, *found, change.index, state.clock.now()));
      continue;
    }
    effects.deleted_index = std::move(*found);
    table.global_indexes.erase(found);
  }
  return {};
}

Status change_stream(DatabaseState& state, const TableUpdate& update, model::Table& table) {
  if (!update.stream_enabled) return {};
  if (!*update.stream_enabled) {
    if (!table.stream) {
      return invalid(fmt::format("Table has no stream to disable: TableName: {}", table.name));
    }
    table.stream.reset();
    return {};
  }
  if (table.stream) {
    return invalid(fmt::format("Table already has an enabled stream: TableName: {}", table.name));
  }
  start_stream(state, table,
               update.stream_view_type.value_or(model::StreamViewType::kNewAndOldImages));
  return {};
}

void change_settings(const TableUpdate& update, model::Table& table) {
  if (update.on_demand) table.on_demand = update.on_demand;
  if (update.warm) table.warm = update.warm;
  if (update.deletion_protected) table.deletion_protected = *update.deletion_protected;
  if (update.table_class) table.table_class = update.table_class;
  if (update.kms_key) table.kms_key = update.kms_key;
  if (update.kms_enabled) {
    if (*update.kms_enabled) {
      table.kms_key = update.kms_key.value_or(table.kms_key.value_or(""));
    } else {
      table.kms_key.reset();
    }
  }
}

void change_tags(const TableUpdate& update, model::Table& table) {
  for (const auto& key : update.tag_keys_to_remove) {
    std::erase_if(table.tags, [&](const model::Tag& tag) { return tag.key == key; });
  }
  for (const auto& added : update.tags_to_set) {
    const auto known = std::ranges::find(table.tags, added.key, &model::Tag::key);
    if (known == table.tags.end()) {
      table.tags.push_back(added);
    } else {
      known->value = added.value;
    }
  }
}

/// The reply: as if the change had only begun.
TableDescription describe_updating(const DatabaseState& state, model::Table table,
                                   const Effects& effects) {
  table.status = model::TableStatus::kUpdating;
  for (auto& index : table.global_indexes) {
    if (index.storage_id == effects.created_storage_id) index.backfilling = false;
  }
  if (effects.deleted_index) {
    table.global_indexes.push_back(*effects.deleted_index);
    table.global_indexes.back().status = model::IndexStatus::kDeleting;
  }
  return describe(state, std::make_shared<const model::Table>(std::move(table)));
}

}  // namespace

Result<TableDescription> Database::update_table(const TableUpdate& update) {
  auto& state = *state_;
  Effects effects;
  model::Table table;
  TableDescription description;
  {
    const std::scoped_lock lock(state.tables_mutex);
    const auto old_table = state.catalog.lookup(update.table);
    if (!old_table) return table_not_found(update.table);
    table = *old_table;
    PARLEY_TRY(check_online_changes(table, update));
    PARLEY_TRY(merge_definitions(table, update));
    PARLEY_TRY(update_throughput(table, update, state.clock.now()));
    PARLEY_TRY(change_indexes(state, update, table, effects));
    PARLEY_TRY(change_stream(state, update, table));
    change_settings(update, table);
    change_tags(update, table);
    drop_unused_definitions(table);
    storage::WriteBatch batch;
    if (effects.deleted_index) erase_storage(batch, effects.deleted_index->storage_id);
    description = describe_updating(state, table, effects);
    PARLEY_TRY(replace_table(state, old_table, table, std::move(batch)));
  }
  if (effects.created_storage_id) {
    PARLEY_TRY(fill_soon(state, description, *effects.created_storage_id));
  }
  return description;
}

}  // namespace parley::engine
