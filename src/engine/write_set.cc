#include "engine/write_set.h"

#include <utility>

#include "base/assert.h"
#include "codec/key_encoding.h"
#include "engine/capacity.h"
#include "engine/database_state.h"
#include "engine/expiry.h"
#include "engine/index_entry.h"
#include "engine/store_keys.h"

namespace parley::engine {
namespace {

constexpr std::int64_t kCollectionSizeBytesMax = std::int64_t{10} << 30;

std::int64_t size_of(const std::optional<model::ItemView>& item) {
  return item ? static_cast<std::int64_t>(item->size_bytes()) : 0;
}

std::size_t as_size(std::int64_t size) {
  return static_cast<std::size_t>(size);
}

}  // namespace

WriteSet::WriteSet(DatabaseState& state)
    : pipeline_(state.commits), records_(state.streams, state.commits) {}

Status WriteSet::change_item(const model::Table& table, const ItemChange& change,
                             Capacity& capacity) {
  PARLEY_ASSERT(change.old_item || change.new_item);
  const auto old_size = size_of(change.old_item);
  const auto new_size = size_of(change.new_item);
  capacity.write = true;
  capacity.table += write_units(as_size(old_size), as_size(new_size));
  if (change.old_item && change.new_item && *change.old_item == *change.new_item) return {};

  if (change.new_item) {
    batch_.put(change.key, change.new_item->bytes());
  } else {
    batch_.erase(change.key);
  }
  if (table.stream) {
    records_.add(
        table,
        {codec::hash_of_key(change.key), change.old_item, change.new_item, change.by_service},
        batch_);
  }
  if (table.time_to_live) change_expiry(table, change);
  count(table.storage_id, (change.new_item ? 1 : 0) - (change.old_item ? 1 : 0),
        new_size - old_size);
  std::int64_t collection_delta = new_size - old_size;
  for (const auto& index : table.local_indexes) {
    PARLEY_TRY(change_entry(table, index, change, capacity, collection_delta));
  }
  std::int64_t unused = 0;
  for (const auto& index : table.global_indexes) {
    PARLEY_TRY(change_entry(table, index, change, capacity, unused));
  }
  if (table.local_indexes.empty()) return {};
  return grow_collection(table, change.new_item ? *change.new_item : *change.old_item,
                         collection_delta);
}

Status WriteSet::change_entry(const model::Table& table, const model::SecondaryIndex& index,
                              const ItemChange& change, Capacity& capacity,
                              std::int64_t& size_delta) {
  std::optional<IndexEntry> old_entry;
  std::optional<IndexEntry> new_entry;
  if (change.old_item) old_entry = index_entry(table, index, *change.old_item);
  if (change.new_item) new_entry = index_entry(table, index, *change.new_item);
  if (old_entry && index.backfilling) {
    // The backfill may not have come to this item yet.
    std::string value;
    if (!PARLEY_TRY(pipeline_.get_latest(old_entry->key, value))) old_entry.reset();
  }
  if (!old_entry && !new_entry) return {};

  std::size_t old_size = 0;
  std::size_t new_size = 0;
  if (old_entry) old_size = model::ItemView(old_entry->value(*change.old_item)).size_bytes();
  if (new_entry) new_size = model::ItemView(new_entry->value(*change.new_item)).size_bytes();
  if (old_entry && new_entry && old_entry->key == new_entry->key) {
    if (old_entry->value(*change.old_item) == new_entry->value(*change.new_item)) return {};
    add_index_units(capacity, index, write_units(old_size, new_size));
  } else {
    if (old_entry) {
      batch_.erase(old_entry->key);
      add_index_units(capacity, index, write_units(old_size, 0));
    }
    if (new_entry) add_index_units(capacity, index, write_units(0, new_size));
  }
  if (new_entry) batch_.put(new_entry->key, new_entry->value(*change.new_item));
  const auto delta = static_cast<std::int64_t>(new_size) - static_cast<std::int64_t>(old_size);
  count(index.storage_id, (new_entry ? 1 : 0) - (old_entry ? 1 : 0), delta);
  size_delta += delta;
  return {};
}

Status WriteSet::backfill_entry(const model::Table& table, const model::SecondaryIndex& index,
                                const model::ItemView& item) {
  const auto entry = index_entry(table, index, item);
  if (!entry) return {};
  std::string value;
  if (PARLEY_TRY(pipeline_.get_latest(entry->key, value))) return {};
  const auto bytes = entry->value(item);
  batch_.put(entry->key, bytes);
  count(index.storage_id, 1, static_cast<std::int64_t>(model::ItemView(bytes).size_bytes()));
  return {};
}

// While a time to live is being switched on, an old entry may not be there yet: then erasing it
// does nothing, and the backfill comes to the item's newest state.
void WriteSet::change_expiry(const model::Table& table, const ItemChange& change) {
  const auto& time_to_live = *table.time_to_live;
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after;
  if (change.old_item) before = expiry_of(time_to_live, *change.old_item);
  if (change.new_item) after = expiry_of(time_to_live, *change.new_item);
  if (before == after) return;
  if (before) batch_.erase(expiry_key(time_to_live, *before, change.key));
  if (after) batch_.put(expiry_key(time_to_live, *after, change.key), {});
}

void WriteSet::backfill_expiry(const model::Table& table, std::string_view key,
                               const model::ItemView& item) {
  const auto expiry = expiry_of(*table.time_to_live, item);
  if (expiry) batch_.put(expiry_key(*table.time_to_live, *expiry, key), {});
}

storage::CommitTicket WriteSet::submit() {
  if (batch_.empty()) return pipeline_.last_submitted();
  return records_.submit(std::exchange(batch_, {}), std::exchange(counters_, {}));
}

void WriteSet::count(std::uint32_t storage_id, std::int64_t items, std::int64_t size_bytes) {
  if (items != 0) counters_.push_back({item_count_key(storage_id), items});
  if (size_bytes != 0) counters_.push_back({size_bytes_key(storage_id), size_bytes});
}

Status WriteSet::grow_collection(const model::Table& table, const model::ItemView& item,
                                 std::int64_t size_delta) {
  if (size_delta == 0) return {};
  auto key = collection_size_key_of(table, item);
  if (size_delta > 0 && pipeline_.counter(key) + size_delta > kCollectionSizeBytesMax) {
    return fail(ErrorCode::kItemCollectionSizeLimitExceeded, "Collection size exceeded.");
  }
  counters_.push_back({std::move(key), size_delta});
  return {};
}

std::string collection_size_key_of(const model::Table& table, const model::MapView& item) {
  const auto hash_value = item.find(table.key.hash.front().name);
  PARLEY_ASSERT(hash_value.has_value());
  return collection_size_key(codec::collection_prefix(table.storage_id, {*hash_value}));
}

}  // namespace parley::engine
