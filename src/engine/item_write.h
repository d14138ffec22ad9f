// ItemWrite: what PutItem, UpdateItem, DeleteItem and a transaction's ConditionCheck have in
// common. First check_request, which reads nothing; then, under the item's latch, decide and apply.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "engine/requests.h"
#include "engine/write_set.h"

namespace parley::engine {

struct DatabaseState;

/// A borrowed request.
using ItemWrite =
    std::variant<const PutItem*, const UpdateItem*, const DeleteItem*, const ConditionCheck*>;

[[nodiscard]] std::string_view table_of(const ItemWrite& write);
/// The item to put, or the key: either has the item's key attributes.
[[nodiscard]] const model::Item& key_source(const ItemWrite& write);

/// Everything that DynamoDB refuses without reading the item: its key, index keys and size, and
/// whether the update touches the key.
[[nodiscard]] Status check_request(const model::Table& table, const ItemWrite& write);

/// What a write does to its item.
struct Decision {
  enum class Action : std::uint8_t { kNothing, kPut, kErase };
  Action action = Action::kNothing;
  std::optional<model::Item> updated;  // of an update that puts
};

/// Evaluates the condition and the update. Errors: kConditionalCheckFailed with a
/// ConditionFailureDetail, and kValidation for what the update cannot do.
[[nodiscard]] Result<Decision> decide(const ItemWrite& write,
                                      const std::optional<model::ItemView>& old_item);

/// Whether the updated item is one that can be stored: index keys and size.
[[nodiscard]] Status check_updated(const model::Table& table,
                                   const std::optional<model::ItemView>& old_item,
                                   const Decision& decision);

/// Adds what `decision` changes to `set`, and says what became of the item (all but the ticket).
/// `old_bytes` is the old item, empty if there is none.
[[nodiscard]] Result<WriteOutcome> apply(const TableSnapshot& table, const ItemWrite& write,
                                         std::string_view key, std::string old_bytes,
                                         Decision decision, WriteSet& set);

/// What a write does where a transaction of its item is ongoing: PutItem, UpdateItem and DeleteItem
/// conflict with it, the writes of a batch follow it.
enum class Meeting : std::uint8_t { kConflicts, kFollows };

/// A write of one item from beginning to end.
[[nodiscard]] Result<WriteOutcome> write_item(DatabaseState& state, const ItemWrite& write,
                                              Meeting meeting = Meeting::kConflicts);

/// Fills in WriteOutcome::item_collection_size_bytes once the write is submitted.
void add_collection_size(const DatabaseState& state, const ItemWrite& write, WriteOutcome& outcome);

}  // namespace parley::engine
