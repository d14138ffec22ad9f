#include "engine/consistency_check.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>

#include "codec/key_encoding.h"
#include "engine/database_state.h"
#include "engine/expiry.h"
#include "engine/index_entry.h"
#include "engine/store_keys.h"
#include "engine/write_set.h"

namespace parley::engine {
namespace {

struct Count {
  std::int64_t items = 0;
  std::int64_t size_bytes = 0;
  friend bool operator==(const Count&, const Count&) = default;
};

std::unexpected<Error> damage(std::string message) {
  return fail(ErrorCode::kCorruption, std::move(message));
}

/// Checks one table against one snapshot of the store.
class TableCheck {
 public:
  TableCheck(const DatabaseState& state, const model::Table& table)
      : state_(state), table_(table), snapshot_(state.store->snapshot()) {}

  Status run() {
    PARLEY_TRY(check_items());
    for (const auto& index : table_.local_indexes) PARLEY_TRY(check_index(index));
    for (const auto& index : table_.global_indexes) PARLEY_TRY(check_index(index));
    PARLEY_TRY(check_expiries());
    return check_collections();
  }

 private:
  /// Each item that expires has its entry, and there are no more entries than that.
  Status check_expiries() {
    if (!table_.time_to_live || table_.time_to_live->backfilling) return {};
    std::int64_t wanted = 0;
    std::string value;
    const auto items = scan(table_.storage_id);
    for (; items->valid(); items->next()) {
      const auto expiry = expiry_of(*table_.time_to_live, model::ItemView(items->value()));
      if (!expiry) continue;
      ++wanted;
      const auto key = expiry_key(*table_.time_to_live, *expiry, items->key());
      if (!PARLEY_TRY(state_.store->get(key, value, snapshot_.get()))) {
        return damage(fmt::format("Table {}: an expiry entry is missing", table_.name));
      }
    }
    PARLEY_TRY(items->status());
    std::int64_t entries = 0;
    const auto stored = scan(table_.time_to_live->storage_id);
    for (; stored->valid(); stored->next()) ++entries;
    PARLEY_TRY(stored->status());
    if (entries == wanted) return {};
    return damage(
        fmt::format("Table {}: {} expiry entries, {} items expire", table_.name, entries, wanted));
  }

  Status check_items() {
    Count count;
    const auto items = scan(table_.storage_id);
    for (; items->valid(); items->next()) {
      if (!model::is_valid_item(items->value())) {
        return damage(fmt::format("Table {}: an item is damaged", table_.name));
      }
      const model::ItemView item(items->value());
      if (codec::item_key(table_, item) != items->key()) {
        return damage(fmt::format("Table {}: an item has another item's key", table_.name));
      }
      add(count, item);
      if (!table_.local_indexes.empty()) {
        collections_[collection_size_key_of(table_, item)] +=
            static_cast<std::int64_t>(item.size_bytes());
      }
    }
    PARLEY_TRY(items->status());
    return compare(table_.name, table_.storage_id, count);
  }

  /// Each item's entry is there, and there are no more entries than that.
  Status check_index(const model::SecondaryIndex& index) {
    if (index.status == model::IndexStatus::kCreating) return {};
    const auto name = fmt::format("{}/{}", table_.name, index.name);
    Count wanted;
    std::string value;
    const auto items = scan(table_.storage_id);
    for (; items->valid(); items->next()) {
      const model::ItemView item(items->value());
      const auto entry = index_entry(table_, index, item);
      if (!entry) continue;
      if (!PARLEY_TRY(state_.store->get(entry->key, value, snapshot_.get()))) {
        return damage(fmt::format("Index {}: an entry is missing", name));
      }
      if (value != entry->value(item)) {
        return damage(fmt::format("Index {}: an entry differs from its item", name));
      }
      const model::ItemView projected{std::string_view(value)};
      add(wanted, projected);
      if (index.kind == model::IndexKind::kLocal) {
        collections_[collection_size_key_of(table_, item)] +=
            static_cast<std::int64_t>(projected.size_bytes());
      }
    }
    PARLEY_TRY(items->status());
    std::int64_t entries = 0;
    const auto stored = scan(index.storage_id);
    for (; stored->valid(); stored->next()) ++entries;
    PARLEY_TRY(stored->status());
    if (entries != wanted.items) {
      return damage(
          fmt::format("Index {}: {} entries, {} items have one", name, entries, wanted.items));
    }
    return compare(name, index.storage_id, wanted);
  }

  Status check_collections() {
    for (const auto& [key, size_bytes] : collections_) {
      const auto counted = state_.commits.counter(key);
      if (counted != size_bytes) {
        return damage(fmt::format("Table {}: an item collection of {} bytes is counted as {}",
                                  table_.name, size_bytes, counted));
      }
    }
    return {};
  }

  [[nodiscard]] std::unique_ptr<storage::Iterator> scan(std::uint32_t storage_id) const {
    return state_.store->scan(storage_range(storage_id), storage::Direction::kForward,
                              snapshot_.get());
  }

  static void add(Count& count, const model::ItemView& item) {
    ++count.items;
    count.size_bytes += static_cast<std::int64_t>(item.size_bytes());
  }

  [[nodiscard]] Status compare(std::string_view name, std::uint32_t storage_id,
                               const Count& wanted) const {
    const Count counted{state_.commits.counter(item_count_key(storage_id)),
                        state_.commits.counter(size_bytes_key(storage_id))};
    if (counted == wanted) return {};
    return damage(fmt::format("{}: {} items of {} bytes are counted as {} of {}", name,
                              wanted.items, wanted.size_bytes, counted.items, counted.size_bytes));
  }

  const DatabaseState& state_;
  const model::Table& table_;
  std::unique_ptr<storage::Snapshot> snapshot_;
  std::map<std::string, std::int64_t> collections_;  // bytes, by the counter's key
};

}  // namespace

Status verify_indexes(Database& database) {
  auto& state = *database.state_;
  PARLEY_TRY(state.commits.wait(state.commits.last_submitted()));
  for (const auto& table : state.catalog.all()) PARLEY_TRY(TableCheck(state, *table).run());
  return {};
}

}  // namespace parley::engine
