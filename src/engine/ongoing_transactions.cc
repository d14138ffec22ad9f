#include "engine/ongoing_transactions.h"

#include <algorithm>

#include "base/checksum.h"

namespace parley::engine {

bool OngoingTransactions::any() const {
  auto newest = newest_.load(std::memory_order_acquire);
  if (newest == 0) return false;
  if (commits_.last_finished() < newest) return true;
  newest_.compare_exchange_strong(newest, 0, std::memory_order_acq_rel);
  return false;
}

bool OngoingTransactions::include(std::string_view key) const {
  if (!any()) return false;
  const auto finished = commits_.last_finished();
  const std::scoped_lock lock(mutex_);
  const auto found = items_.find(hash64(key));
  return found != items_.end() && found->second > finished;
}

void OngoingTransactions::add(std::span<const std::string_view> keys,
                              storage::CommitTicket ticket) {
  const auto finished = commits_.last_finished();
  const std::scoped_lock lock(mutex_);
  forget_until(finished);
  if (ticket <= finished) return;
  for (const auto key : keys) {
    const Item item{hash64(key), ticket};
    auto& newest_of_key = items_[item.key_hash];
    newest_of_key = std::max(newest_of_key, ticket);
    in_order_.push_back(item);
  }
  newest_.store(std::max(newest_.load(std::memory_order_relaxed), ticket),
                std::memory_order_release);
}

void OngoingTransactions::forget_until(storage::CommitTicket finished) {
  while (!in_order_.empty() && in_order_.front().ticket <= finished) {
    const auto found = items_.find(in_order_.front().key_hash);
    if (found != items_.end() && found->second <= finished) items_.erase(found);
    in_order_.pop_front();
  }
}

Error transaction_conflict() {
  return {ErrorCode::kTransactionConflict, "Transaction is ongoing for the item", nullptr};
}

}  // namespace parley::engine
