#include "stream/recorder.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "stream/record_encoding.h"
#include "stream/shards.h"
#include "stream/state.h"

namespace parley::stream {

void Recorder::add(const model::Table& table, const Change& change, storage::WriteBatch& batch) {
  if (!table.stream) return;
  PARLEY_ASSERT(change.old_item || change.new_item);
  const auto shard = shard_of(change.partition_hash, table.stream->shard_count);
  const auto operation = append_record(table, shard, change, batch);
  pending_.push_back({table.stream->storage_id, shard, operation});
}

storage::CommitTicket Recorder::submit(storage::WriteBatch batch,
                                       std::vector<storage::CounterDelta> counters) {
  if (pending_.empty()) return commits_.submit(std::move(batch), std::move(counters));
  auto pending = std::exchange(pending_, {});
  std::ranges::stable_sort(pending, {}, [](const Pending& record) {
    return std::pair(record.storage_id, record.shard);
  });
  const auto now = streams_.state_->clock.now();
  std::vector<std::unique_lock<std::mutex>> locks;
  std::shared_ptr<StreamState> stream;
  ShardState* shard = nullptr;
  const Pending* previous = nullptr;
  for (const auto& record : pending) {
    if (!stream || stream->storage_id != record.storage_id) {
      // Streams live on while they are locked: only a closed one is ever removed.
      stream = streams_.state_->find(record.storage_id);
      PARLEY_ASSERT(stream != nullptr);
      shard = nullptr;
    }
    if (shard == nullptr || previous->shard != record.shard) {
      shard = &stream->shards[record.shard];
      locks.emplace_back(shard->numbering);
    }
    previous = &record;
    const auto number = std::max(first_number_at(now), shard->last + 1);
    shard->last = number;
    number_record(batch, record.operation, number, now);
  }
  return commits_.submit(std::move(batch), std::move(counters), storage::Watched::kYes);
}

}  // namespace parley::stream
