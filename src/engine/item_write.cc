#include "engine/item_write.h"

#include <memory>
#include <utility>

#include "codec/key_encoding.h"
#include "engine/capacity.h"
#include "engine/database_state.h"
#include "engine/expression_checks.h"
#include "engine/index_entry.h"
#include "engine/key_validation.h"
#include "model/limits.h"

namespace parley::engine {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

Status check_condition(const ItemWrite& write, const std::optional<model::ItemView>& old_item) {
  return std::visit(
      [&](const auto* request) -> Status {
        if (!request->condition) return {};
        if (request->condition->evaluate(old_item.value_or(model::ItemView()))) return {};
        auto detail = std::make_shared<ConditionFailureDetail>();
        if (request->return_item_on_condition_failure && old_item) {
          detail->item.emplace(*old_item);
        }
        return std::unexpected(Error{ErrorCode::kConditionalCheckFailed,
                                     "The conditional request failed", std::move(detail)});
      },
      write);
}

Result<Decision> decide_update(const UpdateItem& request,
                               const std::optional<model::ItemView>& old_item) {
  if (!request.update) {
    return Decision{Decision::Action::kPut,
                    old_item ? model::Item(*old_item) : model::Item(request.key)};
  }
  auto updated = PARLEY_TRY(
      request.update->apply(old_item ? *old_item : request.key.view(), old_item.has_value()));
  if (!old_item && request.update->only_removes()) return Decision{};
  return Decision{Decision::Action::kPut, std::move(updated)};
}

Status check_condition_paths(const model::Table& table, const ItemWrite& write) {
  return std::visit(
      [&](const auto* request) -> Status {
        if (!request->condition) return {};
        return check_no_path_below_keys(table, *request->condition);
      },
      write);
}

Status check_key_and_values(const model::Table& table, const ItemWrite& write) {
  return std::visit(
      Overloaded{
          [&](const PutItem* request) -> Status {
            const auto item = request->item.view();
            PARLEY_TRY(check_item_size(item));
            PARLEY_TRY(check_item_key(table.key, item));
            PARLEY_TRY(check_index_keys(table, item));
            if (local_entries_fit(table, item)) return {};
            return invalid("Item size has exceeded the maximum allowed size");
          },
          [&](const UpdateItem* request) -> Status {
            PARLEY_TRY(check_lookup_key(table.key, request->key.view()));
            return request->update ? check_update(table, *request->update) : Status();
          },
          [&](const auto* request) { return check_lookup_key(table.key, request->key.view()); },
      },
      write);
}

}  // namespace

std::string_view table_of(const ItemWrite& write) {
  return std::visit([](const auto* request) -> std::string_view { return request->table; }, write);
}

const model::Item& key_source(const ItemWrite& write) {
  return std::visit(Overloaded{
                        [](const PutItem* request) -> const model::Item& { return request->item; },
                        [](const auto* request) -> const model::Item& { return request->key; },
                    },
                    write);
}

Status check_request(const model::Table& table, const ItemWrite& write) {
  PARLEY_TRY(check_key_and_values(table, write));
  return check_condition_paths(table, write);
}

Result<Decision> decide(const ItemWrite& write, const std::optional<model::ItemView>& old_item) {
  PARLEY_TRY(check_condition(write, old_item));
  return std::visit(
      Overloaded{
          [](const PutItem*) -> Result<Decision> { return Decision{Decision::Action::kPut, {}}; },
          [&](const UpdateItem* request) { return decide_update(*request, old_item); },
          [&](const DeleteItem*) -> Result<Decision> {
            if (!old_item) return Decision{};
            return Decision{Decision::Action::kErase, {}};
          },
          [](const ConditionCheck*) -> Result<Decision> { return Decision{}; },
      },
      write);
}

Status check_updated(const model::Table& table, const std::optional<model::ItemView>& old_item,
                     const Decision& decision) {
  if (!decision.updated) return {};
  const auto updated = decision.updated->view();
  const auto before = old_item.value_or(model::ItemView());
  PARLEY_TRY(check_updated_index_keys_not_empty(table, before, updated));
  PARLEY_TRY(check_updated_index_keys(table, before, updated));
  if (!check_item_size(updated) || !local_entries_fit(table, updated)) {
    return invalid("Item size to update has exceeded the maximum allowed size");
  }
  return {};
}

Result<WriteOutcome> apply(const TableSnapshot& table, const ItemWrite& write, std::string_view key,
                           std::string old_bytes, Decision decision, WriteSet& set) {
  WriteOutcome outcome{table, {}, {}, {}, {}, 0};
  ItemChange change{key, {}, {}};
  if (!old_bytes.empty()) change.old_item.emplace(std::string_view(old_bytes));
  if (decision.action == Decision::Action::kPut) {
    change.new_item = decision.updated ? decision.updated->view() : key_source(write).view();
  }
  if (decision.action == Decision::Action::kNothing) {
    outcome.capacity.write = true;
    outcome.capacity.table = write_units(change.old_item ? change.old_item->size_bytes() : 0, 0);
  } else {
    PARLEY_TRY(set.change_item(*table, change, outcome.capacity));
  }
  if (change.old_item) outcome.old_item.emplace(std::move(old_bytes));
  outcome.new_item = std::move(decision.updated);
  return outcome;
}

namespace {

/// UpdateItem has a limit of its own besides the item's, which transactions do not have.
Status check_written_size(const ItemWrite& write, const Decision& decision) {
  const auto* const* request = std::get_if<const UpdateItem*>(&write);
  if (request == nullptr || !decision.updated || !(*request)->update) return {};
  if (decision.updated->bytes().size() < model::kItemSizeBytesMax / 2) return {};
  if ((*request)->update->written_size_bytes(decision.updated->view()) <=
      model::kItemSizeBytesMax) {
    return {};
  }
  return invalid("Item size to update has exceeded the maximum allowed size");
}

}  // namespace

Result<WriteOutcome> write_item(DatabaseState& state, const ItemWrite& write, Meeting meeting) {
  for (;;) {
    const auto [table, version] = PARLEY_TRY(state.catalog.find(table_of(write)));
    PARLEY_TRY(check_request(*table, write));
    const auto key = codec::item_key(*table, key_source(write).view());
    const auto latch = state.latches.lock(key);
    if (state.catalog.version() != version) continue;  // the table may have changed meanwhile
    if (meeting == Meeting::kConflicts && state.ongoing_transactions.include(key)) {
      return std::unexpected(transaction_conflict());
    }

    std::string old_bytes;
    if (!PARLEY_TRY(state.commits.get_latest(key, old_bytes))) old_bytes.clear();
    std::optional<model::ItemView> old_item;
    if (!old_bytes.empty()) old_item.emplace(std::string_view(old_bytes));
    auto decision = PARLEY_TRY(decide(write, old_item));
    PARLEY_TRY(check_updated(*table, old_item, decision));
    PARLEY_TRY(check_written_size(write, decision));
    WriteSet set(state);
    auto outcome =
        PARLEY_TRY(apply(table, write, key, std::move(old_bytes), std::move(decision), set));
    outcome.ticket = set.submit();
    add_collection_size(state, write, outcome);
    return outcome;
  }
}

void add_collection_size(const DatabaseState& state, const ItemWrite& write,
                         WriteOutcome& outcome) {
  if (outcome.table->local_indexes.empty()) return;
  const auto size =
      state.commits.counter(collection_size_key_of(*outcome.table, key_source(write).view()));
  outcome.item_collection_size_bytes = size > 0 ? static_cast<std::uint64_t>(size) : 0;
}

}  // namespace parley::engine
