// TransactWriteItems: up to 100 writes and checks of different items, all or none. The latches of
// all items are held while they are read and decided on, and everything commits in one batch.
#include <fmt/format.h>

#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "codec/key_encoding.h"
#include "engine/cancellation.h"
#include "engine/capacity.h"
#include "engine/database_state.h"
#include "engine/idempotency.h"
#include "engine/item_write.h"
#include "engine/key_validation.h"
#include "engine/store_keys.h"
#include "model/limits.h"

namespace parley::engine {
namespace {

/// One item of the transaction on its way through.
struct Member {
  ItemWrite write;
  TableSnapshot table;
  std::string key;
  CancellationReason reason = {};
  std::string old_bytes = {};
  Decision decision = {};

  [[nodiscard]] std::optional<model::ItemView> old_item() const {
    if (old_bytes.empty()) return std::nullopt;
    return model::ItemView(std::string_view(old_bytes));
  }
};

ItemWrite as_item_write(const TransactWriteItem& item) {
  return std::visit([](const auto& write) -> ItemWrite { return &write; }, item);
}

/// What makes the whole request malformed, and not just cancels it: empty keys and a put that is
/// too large. (That the request alone shows it is what these have in common.)
Status check_well_formed(const Member& member) {
  const auto source = key_source(member.write).view();
  const bool is_put = std::holds_alternative<const PutItem*>(member.write);
  if (is_put) PARLEY_TRY(check_item_size(source));
  return check_no_empty_key(*member.table, source, is_put);
}

/// One attempt at a transaction, against one version of the catalog.
class Attempt {
 public:
  Attempt(DatabaseState& state, const TransactWrite& request) : state_(state), request_(request) {}

  /// Looks up tables and checks what needs no item. Cancelled when it returns an error for one
  /// item: run() is for transactions whose every item is fit.
  Status prepare() {
    version_ = state_.catalog.version();
    std::size_t size_bytes = request_.expression_size_bytes;
    members_.reserve(request_.items.size());
    for (const auto& item : request_.items) {
      const auto write = as_item_write(item);
      members_.push_back({write, PARLEY_TRY(state_.catalog.find(table_of(write))).table, {}});
      PARLEY_TRY(check_well_formed(members_.back()));
      size_bytes += key_source(write).view().size_bytes();
    }
    if (size_bytes > model::kTransactionSizeBytesMax) {
      return invalid(
          fmt::format("Transaction payload size cannot exceed 4MB. Payload Size: {}", size_bytes));
    }
    std::set<std::string_view> keys;
    bool is_refused = false;
    for (auto& member : members_) {
      if (auto status = check_request(*member.table, member.write); !status) {
        // Only the first that is unfit has a reason, and no condition is evaluated any more.
        if (!is_refused) refuse(member, std::move(status).error());
        is_refused = true;
        continue;
      }
      member.key = codec::item_key(*member.table, key_source(member.write).view());
      if (!keys.insert(member.key).second) {
        return invalid("Transaction request cannot include multiple operations on one item");
      }
    }
    return check_reasons();
  }

  /// False when the catalog has changed since prepare(): nothing is done then. Leaves the reply in
  /// `outcome`.
  Result<bool> run(TransactWriteOutcome& outcome) {
    const auto token = token_key(request_.client_request_token);
    std::vector<std::string_view> keys;
    for (const auto& member : members_) keys.push_back(member.key);
    if (has_token()) keys.push_back(token);
    const auto latches = state_.latches.lock_all_of(keys);
    if (state_.catalog.version() != version_) return false;

    const auto now = state_.clock.now();
    if (has_token()) {
      const auto found = PARLEY_TRY(
          look_up_token(state_.commits, now, request_.client_request_token, request_.fingerprint));
      if (found == TokenState::kDone) {
        outcome = PARLEY_TRY(replay());
        return true;
      }
    }
    for (auto& member : members_) {
      if (state_.ongoing_transactions.include(member.key)) {
        refuse(member, transaction_conflict());
      } else {
        PARLEY_TRY(read_and_decide(member));
      }
    }
    PARLEY_TRY(check_reasons());
    outcome = PARLEY_TRY(commit(now));
    state_.ongoing_transactions.add(std::span(keys).first(members_.size()), outcome.ticket);
    return true;
  }

  [[nodiscard]] bool has_token() const { return !request_.client_request_token.empty(); }

 private:
  static void refuse(Member& member, Error error) {
    member.reason = cancellation_reason(std::move(error));
  }

  Status read_and_decide(Member& member) {
    if (!PARLEY_TRY(state_.commits.get_latest(member.key, member.old_bytes))) {
      member.old_bytes.clear();
    }
    const auto old_item = member.old_item();
    auto decision = decide(member.write, old_item);
    if (!decision) {
      refuse(member, std::move(decision).error());
      return {};
    }
    if (decision->updated) {
      PARLEY_TRY(check_updated_index_keys_not_empty(
          *member.table, old_item.value_or(model::ItemView()), decision->updated->view()));
    }
    if (auto status = check_updated(*member.table, old_item, *decision); !status) {
      refuse(member, std::move(status).error());
      return {};
    }
    member.decision = std::move(*decision);
    return {};
  }

  Status check_reasons() {
    bool is_fine = true;
    for (const auto& member : members_) is_fine = is_fine && member.reason.none;
    if (is_fine) return {};
    std::vector<CancellationReason> reasons;
    reasons.reserve(members_.size());
    for (auto& member : members_) reasons.push_back(std::move(member.reason));
    return std::unexpected(cancelled(std::move(reasons)));
  }

  Result<TransactWriteOutcome> commit(TimestampMicros now) {
    TransactWriteOutcome outcome;
    WriteSet set(state_);
    for (auto& member : members_) {
      auto applied = apply(member.table, member.write, member.key, std::move(member.old_bytes),
                           std::move(member.decision), set);
      if (!applied) {
        if (applied.error().code != ErrorCode::kItemCollectionSizeLimitExceeded) {
          return std::unexpected(std::move(applied).error());
        }
        refuse(member, std::move(applied).error());
        return std::unexpected(check_reasons().error());
      }
      outcome.items.push_back(*std::move(applied));
      outcome.items.back().capacity.table *= 2;  // prepare and commit; indexes follow once
    }
    if (has_token()) {
      remember_token(set.batch(), now, request_.client_request_token, request_.fingerprint);
    }
    outcome.ticket = set.submit();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      outcome.items[i].ticket = outcome.ticket;
      add_collection_size(state_, members_[i].write, outcome.items[i]);
    }
    return outcome;
  }

  /// The transaction is done already: its items are only read.
  Result<TransactWriteOutcome> replay() {
    TransactWriteOutcome outcome;
    outcome.replayed = true;
    outcome.ticket = state_.commits.last_submitted();
    for (auto& member : members_) {
      WriteOutcome item{member.table, {}, {}, {}, {}, outcome.ticket};
      const bool found = PARLEY_TRY(state_.commits.get_latest(member.key, member.old_bytes));
      if (!found) member.old_bytes.clear();
      const auto stored = member.old_item();
      item.capacity.table = transactional_read_units(stored ? stored->size_bytes() : 0);
      outcome.items.push_back(std::move(item));
    }
    return outcome;
  }

  DatabaseState& state_;
  const TransactWrite& request_;
  std::uint64_t version_ = 0;
  std::vector<Member> members_;
};

}  // namespace

Result<TransactWriteOutcome> Database::transact_write(const TransactWrite& request) {
  TransactWriteOutcome outcome;
  for (;;) {
    Attempt attempt(*state_, request);
    PARLEY_TRY(attempt.prepare());
    if (!PARLEY_TRY(attempt.run(outcome))) continue;
    break;
  }
  if (!request.client_request_token.empty()) sweep_expired_tokens(*state_, kTokenSweepMax);
  return outcome;
}

}  // namespace parley::engine
