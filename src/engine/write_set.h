// WriteSet: everything one write, or one transaction, changes in the store, gathered while the
// latches are held and submitted as one batch: items, index entries, stream records, counters. This
// is the one place where the change of an item is seen whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/requests.h"
#include "model/item.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"
#include "stream/recorder.h"

namespace parley::engine {

/// How an item changes. At least one of the two is there; views are borrowed for the call.
struct ItemChange {
  std::string_view key;  // in the store
  std::optional<model::ItemView> old_item;
  std::optional<model::ItemView> new_item;
  bool by_service = false;  // its time to live has run out
};

struct DatabaseState;

/// One thread. Borrows the state's pipeline and streams.
class WriteSet {
 public:
  explicit WriteSet(DatabaseState& state);

  /// Adds one item's change with all its index entries and its stream record, and what it costs to
  /// `capacity`. Call it
  /// under the item's latch with the newest submitted old item. A change of nothing adds nothing
  /// (but costs). Errors: kItemCollectionSizeLimitExceeded, kIo, kCorruption; the set is then
  /// spoiled.
  [[nodiscard]] Status change_item(const model::Table& table, const ItemChange& change,
                                   Capacity& capacity);

  /// Adds the entry of an item that is stored already, for an index being filled; nothing if the
  /// entry is there. Call it under the item's latch.
  [[nodiscard]] Status backfill_entry(const model::Table& table, const model::SecondaryIndex& index,
                                      const model::ItemView& item);

  /// Adds the expiry entry of an item that is stored already, for a time to live being switched on.
  /// Call it under the item's latch.
  void backfill_expiry(const model::Table& table, std::string_view key,
                       const model::ItemView& item);

  /// The batch for keys that are not items.
  [[nodiscard]] storage::WriteBatch& batch() { return batch_; }

  /// Hands everything to the pipeline and empties the set. With nothing to write: the last ticket
  /// handed out, since what was read may itself wait for its commit. The latches must still be
  /// held.
  [[nodiscard]] storage::CommitTicket submit();

 private:
  /// Adds what becomes of `index`'s entry; its size changes by `size_delta`.
  [[nodiscard]] Status change_entry(const model::Table& table, const model::SecondaryIndex& index,
                                    const ItemChange& change, Capacity& capacity,
                                    std::int64_t& size_delta);
  void change_expiry(const model::Table& table, const ItemChange& change);
  void count(std::uint32_t storage_id, std::int64_t items, std::int64_t size_bytes);
  [[nodiscard]] Status grow_collection(const model::Table& table, const model::ItemView& item,
                                       std::int64_t size_delta);

  storage::CommitPipeline& pipeline_;
  stream::Recorder records_;
  storage::WriteBatch batch_;
  std::vector<storage::CounterDelta> counters_;
};

/// The key under which the size of `item`'s collection is counted; only for tables with local
/// indexes.
[[nodiscard]] std::string collection_size_key_of(const model::Table& table,
                                                 const model::MapView& item);

}  // namespace parley::engine
