// The items of transactions that are not committed yet: whoever wants to write one of them, or to
// read it in a transaction, meets a conflict, as in DynamoDB. A transaction is ongoing from its
// submission until it is durable, and is over before its client is told, so requests that follow
// one another never conflict.
// Source: …/developerguide/transaction-apis.html#transaction-conflict-handling
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "storage/commit_pipeline.h"

namespace parley::engine {

/// Thread-safe. Keys are remembered by their 64-bit hashes, so two items in some 10^19 share one.
class OngoingTransactions {
 public:
  /// `commits` is borrowed and must outlive this.
  explicit OngoingTransactions(const storage::CommitPipeline& commits) : commits_(commits) {}

  /// False if no transaction is ongoing, at the price of one atomic load as a rule.
  [[nodiscard]] bool any() const;

  /// Whether `key` is an item of an ongoing transaction. Exact under the latch of `key`.
  [[nodiscard]] bool include(std::string_view key) const;

  /// The transaction that was submitted as `ticket` has these items. Call it while the latches are
  /// still held under which it was submitted.
  void add(std::span<const std::string_view> keys, storage::CommitTicket ticket);

 private:
  struct Item {
    std::uint64_t key_hash;
    storage::CommitTicket ticket;
  };
  void forget_until(storage::CommitTicket finished);

  const storage::CommitPipeline& commits_;
  mutable std::atomic<storage::CommitTicket> newest_ = 0;  // 0: none since the last that ended
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, storage::CommitTicket> items_;  // the newest of each
  std::deque<Item> in_order_;                                       // of being added
};

/// What a write is told that meets an ongoing transaction.
[[nodiscard]] Error transaction_conflict();

}  // namespace parley::engine
