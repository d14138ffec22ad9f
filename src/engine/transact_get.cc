// TransactGetItems: up to 100 items of one moment.
#include <set>
#include <string>
#include <utility>

#include "codec/key_encoding.h"
#include "engine/cancellation.h"
#include "engine/capacity.h"
#include "engine/database_state.h"
#include "engine/key_validation.h"

namespace parley::engine {
namespace {

/// Cancels if one of the items is being written by a transaction.
Status check_no_conflict(DatabaseState& state, const std::vector<std::string>& keys) {
  if (!state.ongoing_transactions.any()) return {};
  const auto latches =
      state.latches.lock_all_of(std::vector<std::string_view>(keys.begin(), keys.end()));
  std::vector<CancellationReason> reasons(keys.size());
  bool is_fine = true;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!state.ongoing_transactions.include(keys[i])) continue;
    reasons[i] = cancellation_reason(transaction_conflict());
    is_fine = false;
  }
  if (is_fine) return {};
  return std::unexpected(cancelled(std::move(reasons)));
}

}  // namespace

Result<std::vector<GetOutcome>> Database::transact_get(const std::vector<GetItem>& requests) const {
  std::vector<GetOutcome> outcomes;
  std::vector<CancellationReason> reasons(requests.size());
  std::vector<std::string> keys(requests.size());
  std::set<std::string_view> distinct_keys;
  bool is_fine = true;
  outcomes.reserve(requests.size());
  for (const auto& request : requests) {
    outcomes.push_back({PARLEY_TRY(state_->catalog.find(request.table)).table, {}, {}});
    PARLEY_TRY(check_no_empty_key(*outcomes.back().table, request.key.view(), false));
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto key = requests[i].key.view();
    if (auto status = check_lookup_key(outcomes[i].table->key, key); !status) {
      if (is_fine) reasons[i] = cancellation_reason(std::move(status).error());
      is_fine = false;  // only the first that is unfit has a reason
      continue;
    }
    keys[i] = codec::item_key(*outcomes[i].table, key);
    if (!distinct_keys.insert(keys[i]).second) {
      return invalid("Transaction request cannot include multiple operations on one item");
    }
  }
  if (!is_fine) return std::unexpected(cancelled(std::move(reasons)));

  PARLEY_TRY(check_no_conflict(*state_, keys));

  const auto snapshot = state_->store->snapshot();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    std::string bytes;
    if (PARLEY_TRY(state_->store->get(keys[i], bytes, snapshot.get()))) {
      outcomes[i].item.emplace(std::move(bytes));
    }
    outcomes[i].capacity.table =
        transactional_read_units(outcomes[i].item ? outcomes[i].item->view().size_bytes() : 0);
  }
  return outcomes;
}

}  // namespace parley::engine
