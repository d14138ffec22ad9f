#include "engine/catalog.h"

#include <mutex>

#include "base/bytes.h"
#include "engine/store_keys.h"
#include "engine/table_record.h"
#include "model/item.h"

namespace parley::engine {

std::string_view table_name_of(std::string_view name_or_arn) {
  if (!name_or_arn.starts_with("arn:")) return name_or_arn;
  constexpr std::string_view kTablePart = ":table/";
  const auto at = name_or_arn.find(kTablePart);
  return at == std::string_view::npos ? name_or_arn : name_or_arn.substr(at + kTablePart.size());
}

Catalog::Catalog() : next_storage_id_(kFirstStorageId) {}

Status Catalog::load(const storage::KeyValueStore& store) {
  std::string value;
  if (PARLEY_TRY(store.get(format_key(), value))) {
    if (value.size() != 4) return fail(ErrorCode::kCorruption, "The format record is damaged");
    if (read_u32_be(value.data()) != kFormatVersion) {
      return fail(ErrorCode::kIncompatibleVersion,
                  "The data was written by another version of this program");
    }
  }
  if (PARLEY_TRY(store.get(next_storage_id_key(), value))) {
    if (value.size() != 4) return fail(ErrorCode::kCorruption, "The id record is damaged");
    next_storage_id_ = read_u32_be(value.data());
  }
  const auto records = store.scan(table_records(), storage::Direction::kForward);
  for (; records->valid(); records->next()) {
    if (!model::is_valid_item(records->value())) {
      return fail(ErrorCode::kCorruption, "A table's record is damaged");
    }
    auto table = PARLEY_TRY(read_table_record(model::ItemView(records->value())));
    std::string name = table.name;
    tables_.emplace(std::move(name), std::make_shared<const model::Table>(std::move(table)));
  }
  return records->status();
}

Result<PinnedTable> Catalog::find(std::string_view name_or_arn) const {
  const std::shared_lock lock(mutex_);
  const auto found = tables_.find(table_name_of(name_or_arn));
  if (found == tables_.end()) {
    return fail(ErrorCode::kResourceNotFound, "Requested resource not found");
  }
  return PinnedTable{found->second, version_};
}

TableSnapshot Catalog::lookup(std::string_view name_or_arn) const {
  const std::shared_lock lock(mutex_);
  const auto found = tables_.find(table_name_of(name_or_arn));
  return found == tables_.end() ? nullptr : found->second;
}

std::vector<std::string> Catalog::names_after(std::string_view exclusive_start,
                                              std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  for (auto it = tables_.upper_bound(exclusive_start); it != tables_.end() && names.size() < limit;
       ++it) {
    names.push_back(it->first);
  }
  return names;
}

std::vector<TableSnapshot> Catalog::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<TableSnapshot> tables;
  tables.reserve(tables_.size());
  for (const auto& [name, table] : tables_) tables.push_back(table);
  return tables;
}

std::uint64_t Catalog::version() const {
  return version_;
}

void Catalog::publish(TableSnapshot table) {
  const std::unique_lock lock(mutex_);
  std::string name = table->name;
  tables_.insert_or_assign(std::move(name), std::move(table));
  ++version_;
}

void Catalog::remove(std::string_view name) {
  const std::unique_lock lock(mutex_);
  const auto found = tables_.find(name);
  if (found != tables_.end()) tables_.erase(found);
  ++version_;
}

void Catalog::save(const model::Table& table, storage::WriteBatch& batch) const {
  std::string number;
  append_u32_be(number, kFormatVersion);
  batch.put(format_key(), number);
  number.clear();
  append_u32_be(number, next_storage_id_);
  batch.put(next_storage_id_key(), number);
  batch.put(table_record_key(table.name), make_table_record(table).bytes());
}

}  // namespace parley::engine
