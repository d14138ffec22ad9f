// BatchWriteItem and BatchGetItem: many single operations, checked together before the first of
// them.
#include <set>
#include <string>
#include <utility>

#include "codec/key_encoding.h"
#include "engine/database_state.h"
#include "engine/item_write.h"
#include "engine/key_validation.h"

namespace parley::engine {
namespace {

/// Refuses the second mention of a stored key: numbers are equal by value.
Status check_first_mention(std::set<std::string>& keys, std::string key) {
  if (keys.insert(std::move(key)).second) return {};
  return invalid("Provided list of item keys contains duplicates");
}

ItemWrite as_item_write(const std::variant<PutItem, DeleteItem>& request) {
  return std::visit([](const auto& write) -> ItemWrite { return &write; }, request);
}

/// A batch has one message for a key that is missing or of the wrong type, in puts as in deletes.
Status check_batched(const model::Table& table, const ItemWrite& write) {
  if (const auto* const put = std::get_if<const PutItem*>(&write)) {
    for (const auto* const attributes : {&table.key.hash, &table.key.range}) {
      for (const auto& attribute : *attributes) {
        const auto value = (*put)->item.view().find(attribute.name);
        if (!value || value->type() != attribute.type) {
          return invalid("The provided key element does not match the schema");
        }
      }
    }
  }
  return check_request(table, write);
}

}  // namespace

Result<std::vector<WriteOutcome>> Database::batch_write(
    const std::vector<std::variant<PutItem, DeleteItem>>& requests) {
  std::set<std::string> keys;
  for (const auto& request : requests) {
    const auto write = as_item_write(request);
    const auto table = PARLEY_TRY(state_->catalog.find(table_of(write))).table;
    PARLEY_TRY(check_batched(*table, write));
    PARLEY_TRY(check_first_mention(keys, codec::item_key(*table, key_source(write).view())));
  }
  std::vector<WriteOutcome> outcomes;
  outcomes.reserve(requests.size());
  for (const auto& request : requests) {
    outcomes.push_back(PARLEY_TRY(write_item(*state_, as_item_write(request), Meeting::kFollows)));
  }
  return outcomes;
}

Result<std::vector<GetOutcome>> Database::batch_get(const std::vector<GetItem>& requests) const {
  std::set<std::string> keys;
  for (const auto& request : requests) {
    const auto table = PARLEY_TRY(state_->catalog.find(request.table)).table;
    PARLEY_TRY(check_lookup_key(table->key, request.key.view()));
    PARLEY_TRY(check_first_mention(keys, codec::item_key(*table, request.key.view())));
  }
  std::vector<GetOutcome> outcomes;
  outcomes.reserve(requests.size());
  for (const auto& request : requests) outcomes.push_back(PARLEY_TRY(get_item(request)));
  return outcomes;
}

}  // namespace parley::engine
