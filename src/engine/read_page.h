// What Query and Scan have in common: which table or index is read and how much of it the reply
// shows, and the walk over one page.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "engine/requests.h"
#include "storage/key_value_store.h"

namespace parley::engine {

struct DatabaseState;

enum class ReadOperation : std::uint8_t { kQuery, kScan };

/// A table, or one of its indexes.
struct ReadTarget {
  TableSnapshot table;
  const model::SecondaryIndex* index = nullptr;  // in `table`
  /// Items are fetched from the table, as the index does not hold all that is asked for.
  bool fetches_items = false;

  [[nodiscard]] const model::KeySchema& key() const { return index ? index->key : table->key; }
  [[nodiscard]] std::uint32_t storage_id() const {
    return index ? index->storage_id : table->storage_id;
  }
};

/// Looks up table and index. Errors: kResourceNotFound; kValidation for an index that is not there
/// or still being filled, and for a consistent read of a global index.
[[nodiscard]] Result<ReadTarget> find_target(const DatabaseState& state, const ReadPage& page);

/// Checks Select, projection and filter against what the target holds, and decides whether items
/// are to be fetched. Errors: kValidation.
[[nodiscard]] Status bind_attributes(ReadTarget& target, const ReadPage& page,
                                     ReadOperation operation);

/// Checks an ExclusiveStartKey's attributes; not yet whether it lies within the bounds.
[[nodiscard]] Status check_start_key(const ReadTarget& target, const model::MapView& start_key,
                                     ReadOperation operation);

/// The stored key of a checked start key.
[[nodiscard]] std::string stored_start_key(const ReadTarget& target,
                                           const model::MapView& start_key);

/// Moves the beginning (or, backwards, the end) of `range` past `stored_key`.
void start_after(storage::KeyRange& range, storage::Direction direction, std::string stored_key);

/// Walks `range` until its end, the limit, or kPageSizeBytesMax.
[[nodiscard]] Result<PageOutcome> read_page(const DatabaseState& state, const ReadTarget& target,
                                            const ReadPage& page, const storage::KeyRange& range,
                                            storage::Direction direction, ItemSink& sink);

}  // namespace parley::engine
