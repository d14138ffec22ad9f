// Backfill: filling a new global index, or the expiry entries of a time to live, with the items
// that its table holds already.
//
// The index is in the catalog as CREATING (the time to live as backfilling) before the first item
// is copied, so every write since then keeps it up to date; what remains is to add the entries of
// the items before. That goes through the table in key order, some items at a time under their
// latches, and skips entries that are there and items that do not fit the index. Since it skips, it
// can begin again at any time: after a restart it simply does.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"

namespace parley::engine {

struct DatabaseState;

struct TableDescription;

/// A table with no more than this is backfilled before the reply.
inline constexpr std::uint64_t kInlineBackfillItemsMax = 10'000;
inline constexpr std::uint64_t kInlineBackfillSizeBytesMax = 16u << 20;

/// Fills the index or time to live with that storage id, and makes it ACTIVE. Ends early, leaving
/// the rest for the next time, when `stop` becomes true; and without a word when it is deleted
/// meanwhile. Hold no lock.
[[nodiscard]] Status fill_entries(DatabaseState& state, const std::string& table_name,
                                  std::uint32_t storage_id, const std::atomic<bool>& stop);

/// The same, at once for a table that was small when it was described, else in the background.
[[nodiscard]] Status fill_soon(DatabaseState& state, const TableDescription& description,
                               std::uint32_t storage_id);

/// The thread for large backfills, one after the other. Thread-safe.
class Backfills {
 public:
  /// `state` is borrowed and outlives this; its thread starts with the first backfill.
  explicit Backfills(DatabaseState& state) : state_(state) {}
  /// Stops where it is.
  ~Backfills();
  Backfills(const Backfills&) = delete;
  Backfills& operator=(const Backfills&) = delete;

  void start(std::string table_name, std::uint32_t storage_id);
  /// To be looked at by an inline fill_entries.
  [[nodiscard]] const std::atomic<bool>& stop() const { return stop_; }

 private:
  struct Job {
    std::string table_name;
    std::uint32_t storage_id;
  };
  void run();

  DatabaseState& state_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace parley::engine
