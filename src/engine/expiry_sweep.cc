#include "engine/expiry_sweep.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/database_state.h"
#include "engine/expiry.h"
#include "engine/write_set.h"

namespace parley::engine {
namespace {

constexpr std::size_t kChunkItemsMax = 64;      // under latches at a time
constexpr std::size_t kChunksInFlightMax = 16;  // submitted and not yet committed
constexpr std::int64_t kOldestSeconds = std::int64_t{5} * 365 * 24 * 60 * 60;
constexpr TimestampMicros kMicrosPerSecond = 1'000'000;

/// The next entries of `range`, at most a chunk.
Result<std::vector<std::string>> next_entries(const DatabaseState& state,
                                              const storage::KeyRange& range) {
  std::vector<std::string> entries;
  const auto found = state.store->scan(range, storage::Direction::kForward);
  for (; found->valid() && entries.size() < kChunkItemsMax; found->next()) {
    entries.emplace_back(found->key());
  }
  PARLEY_TRY(found->status());
  return entries;
}

/// One table on its way through.
class Sweep {
 public:
  Sweep(DatabaseState& state, std::string table_name)
      : state_(state), table_name_(std::move(table_name)) {}

  Result<std::size_t> run(const std::atomic<bool>& stop) {
    while (!stop) {
      const auto found = state_.catalog.find(table_name_);
      if (!found || !found->table->time_to_live) break;
      const auto& table = *found->table;
      const auto now = state_.clock.now() / kMicrosPerSecond;
      auto range =
          expiring(*table.time_to_live, std::max<std::int64_t>(now - kOldestSeconds, 0), now);
      if (range.begin < cursor_) range.begin = cursor_;
      const auto entries = PARLEY_TRY(next_entries(state_, range));
      if (entries.empty()) break;
      if (!PARLEY_TRY(delete_chunk(*found, entries))) continue;
      cursor_ = entries.back() + '\0';
      if (++chunks_ % kChunksInFlightMax == 0) PARLEY_TRY(state_.commits.wait(ticket_));
    }
    PARLEY_TRY(state_.commits.wait(ticket_));
    return deleted_;
  }

 private:
  /// False when the table has changed since it was found: nothing is done then.
  Result<bool> delete_chunk(const PinnedTable& pinned, const std::vector<std::string>& entries) {
    const auto& table = *pinned.table;
    std::vector<std::string> keys;
    for (const auto& entry : entries) keys.push_back(item_key_in(table.storage_id, entry));
    const auto latches =
        state_.latches.lock_all_of(std::vector<std::string_view>(keys.begin(), keys.end()));
    if (state_.catalog.version() != pinned.version) return false;
    WriteSet set(state_);
    std::string bytes;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!PARLEY_TRY(state_.commits.get_latest(keys[i], bytes))) continue;
      const model::ItemView item{std::string_view(bytes)};
      // Written anew since, the item expires by another entry or not at all.
      if (expiry_of(*table.time_to_live, item) != expiry_in(entries[i])) continue;
      Capacity free_of_charge;
      PARLEY_TRY(set.change_item(table, {keys[i], item, {}, true}, free_of_charge));
      ++deleted_;
    }
    ticket_ = set.submit();
    return true;
  }

  DatabaseState& state_;
  std::string table_name_;
  std::string cursor_ = {};
  storage::CommitTicket ticket_ = 0;
  std::size_t chunks_ = 0;
  std::size_t deleted_ = 0;
};

}  // namespace

Result<std::size_t> sweep_expired_items(DatabaseState& state, const std::atomic<bool>& stop) {
  std::size_t deleted = 0;
  for (const auto& table : state.catalog.all()) {
    if (!table->time_to_live) continue;
    deleted += PARLEY_TRY(Sweep(state, table->name).run(stop));
  }
  return deleted;
}

}  // namespace parley::engine
