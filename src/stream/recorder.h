// Recorder: puts the stream records of one write set into its batch.
//
// A record is written straight into the batch that changes its item, with room for its number;
// submit() fills the numbers in under the locks of the shards concerned and holds those until the
// batch has its place in the order of commits. So the order of numbers is the order of commits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/item.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"
#include "stream/stream.h"

namespace parley::stream {

/// One item's change. At least one of the two is there, and they differ; views are borrowed for the
/// call.
struct Change {
  std::uint64_t partition_hash = 0;  // codec::hash_of_key of the item's stored key
  std::optional<model::ItemView> old_item;
  std::optional<model::ItemView> new_item;
  bool by_service = false;  // a TTL expiry
};

/// One thread, one batch. Borrows both.
class Recorder {
 public:
  Recorder(Streams& streams, storage::CommitPipeline& commits)
      : streams_(streams), commits_(commits) {}

  /// Adds to `batch` the record that the table's stream keeps of one item's change; nothing if it
  /// has none. Call it under the item's latch, with the table as it is while that is held.
  void add(const model::Table& table, const Change& change, storage::WriteBatch& batch);

  /// Numbers what was added to `batch` and submits it. The latches must still be held.
  [[nodiscard]] storage::CommitTicket submit(storage::WriteBatch batch,
                                             std::vector<storage::CounterDelta> counters);

 private:
  struct Pending {
    std::uint32_t storage_id;
    std::uint32_t shard;
    std::size_t operation;  // in the batch
  };
  Streams& streams_;
  storage::CommitPipeline& commits_;
  std::vector<Pending> pending_;
};

}  // namespace parley::stream
