#include "engine/backfill.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/database_state.h"
#include "engine/store_keys.h"
#include "engine/write_set.h"

namespace parley::engine {
namespace {

constexpr std::size_t kChunkItemsMax = 64;      // under latches at a time
constexpr std::size_t kChunksInFlightMax = 16;  // submitted and not yet committed

/// What is being filled: an index or, if there is none, the table's time to live.
struct Target {
  const model::SecondaryIndex* index = nullptr;
};

std::optional<Target> find_target(const model::Table& table, std::uint32_t storage_id) {
  for (const auto& index : table.global_indexes) {
    if (index.storage_id == storage_id && index.status == model::IndexStatus::kCreating) {
      return Target{&index};
    }
  }
  const auto& time_to_live = table.time_to_live;
  if (time_to_live && time_to_live->storage_id == storage_id && time_to_live->backfilling) {
    return Target{};
  }
  return std::nullopt;
}

/// The next keys of `range`, at most a chunk.
Result<std::vector<std::string>> next_keys(const DatabaseState& state,
                                           const storage::KeyRange& range) {
  std::vector<std::string> keys;
  const auto items = state.store->scan(range, storage::Direction::kForward);
  for (; items->valid() && keys.size() < kChunkItemsMax; items->next()) {
    keys.emplace_back(items->key());
  }
  PARLEY_TRY(items->status());
  return keys;
}

/// Adds the entries of the items at `keys`. Precondition: their latches are held.
Result<storage::CommitTicket> fill_chunk(DatabaseState& state, const model::Table& table,
                                         const Target& target,
                                         const std::vector<std::string>& keys) {
  WriteSet set(state);
  std::string bytes;
  for (const auto& key : keys) {
    if (!PARLEY_TRY(state.commits.get_latest(key, bytes))) continue;
    const model::ItemView item{std::string_view(bytes)};
    if (target.index != nullptr) {
      PARLEY_TRY(set.backfill_entry(table, *target.index, item));
    } else {
      set.backfill_expiry(table, key, item);
    }
  }
  return set.submit();
}

Status activate(DatabaseState& state, const std::string& table_name, std::uint32_t storage_id) {
  const std::scoped_lock lock(state.tables_mutex);
  const auto table = state.catalog.lookup(table_name);
  if (!table || !find_target(*table, storage_id)) return {};
  auto active = *table;
  if (active.time_to_live && active.time_to_live->storage_id == storage_id) {
    active.time_to_live->backfilling = false;
  }
  for (auto& index : active.global_indexes) {
    if (index.storage_id != storage_id) continue;
    index.status = model::IndexStatus::kActive;
    index.backfilling = false;
  }
  return replace_table(state, table, std::move(active));
}

}  // namespace

Status fill_entries(DatabaseState& state, const std::string& table_name, std::uint32_t storage_id,
                    const std::atomic<bool>& stop) {
  storage::CommitTicket ticket = 0;
  std::size_t chunks = 0;
  std::string cursor;
  while (!stop) {
    const auto found = state.catalog.find(table_name);
    if (!found) return {};
    const auto& [table, version] = *found;
    const auto target = find_target(*table, storage_id);
    if (!target) return {};
    auto range = storage_range(table->storage_id);
    if (!cursor.empty()) range.begin = cursor;
    const auto keys = PARLEY_TRY(next_keys(state, range));
    if (keys.empty()) {
      PARLEY_TRY(state.commits.wait(state.commits.last_submitted()));
      return activate(state, table_name, storage_id);
    }
    {
      const auto latches =
          state.latches.lock_all_of(std::vector<std::string_view>(keys.begin(), keys.end()));
      if (state.catalog.version() != version) continue;
      ticket = PARLEY_TRY(fill_chunk(state, *table, *target, keys));
    }
    cursor = keys.back() + '\0';
    if (++chunks % kChunksInFlightMax == 0) PARLEY_TRY(state.commits.wait(ticket));
  }
  return {};
}

Status fill_soon(DatabaseState& state, const TableDescription& description,
                 std::uint32_t storage_id) {
  const auto& name = description.table->name;
  if (description.figures.item_count <= kInlineBackfillItemsMax &&
      description.figures.size_bytes <= kInlineBackfillSizeBytesMax) {
    return fill_entries(state, name, storage_id, state.backfills.stop());
  }
  state.backfills.start(name, storage_id);
  return {};
}

Backfills::~Backfills() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Backfills::start(std::string table_name, std::uint32_t storage_id) {
  const std::scoped_lock lock(mutex_);
  jobs_.push_back({std::move(table_name), storage_id});
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void Backfills::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    // What fails stays as it is; it is begun again when the database is opened.
    const auto outcome = fill_entries(state_, job.table_name, job.storage_id, stop_);
    static_cast<void>(outcome);
    lock.lock();
  }
}

}  // namespace parley::engine
