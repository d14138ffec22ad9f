#include <utility>

#include "codec/key_encoding.h"
#include "engine/capacity.h"
#include "engine/database_state.h"
#include "engine/key_validation.h"

namespace parley::engine {

// Committed state is the newest that any client has been told of, so an eventually consistent read
// and a consistent one differ only in what they cost.
Result<GetOutcome> Database::get_item(const GetItem& request) const {
  auto table = PARLEY_TRY(state_->catalog.find(request.table)).table;
  const auto key = request.key.view();
  PARLEY_TRY(check_lookup_key(table->key, key));
  std::string bytes;
  const bool found = PARLEY_TRY(state_->store->get(codec::item_key(*table, key), bytes));
  GetOutcome outcome{std::move(table), {}, {}};
  if (found) outcome.item.emplace(std::move(bytes));
  outcome.capacity.table =
      read_units(outcome.item ? outcome.item->view().size_bytes() : 0, request.consistent_read);
  return outcome;
}

}  // namespace parley::engine
