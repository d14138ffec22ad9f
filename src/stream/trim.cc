// Retention: what is older goes, shard by shard; the horizon up to which it went is stored in the
// batch that erases it.
#include <string>
#include <vector>

#include "base/bytes.h"
#include "stream/state.h"
#include "stream/store_keys.h"

namespace parley::stream {
namespace {

/// What one shard lets go of: its records from before + 1 to horizon.
struct Trimmed {
  StreamState* stream;
  std::uint32_t shard;
  SequenceNumber before;
  SequenceNumber horizon;
};

bool has_run_out(const Stream& stream, TimestampMicros oldest_kept) {
  return stream.disabled_at && *stream.disabled_at < oldest_kept;
}

}  // namespace

Status Streams::trim() {
  const std::scoped_lock one_at_a_time(state_->trim_mutex);
  const auto oldest_kept = state_->clock.now() - state_->options.retention.count();
  // A number never is from before its record's time, so nothing goes too early.
  const auto first_kept = first_number_at(oldest_kept);
  std::vector<std::shared_ptr<StreamState>> streams;
  std::vector<std::shared_ptr<StreamState>> ended;
  {
    const std::shared_lock lock(state_->mutex);
    for (const auto& [id, stream] : state_->by_storage_id) {
      (has_run_out(*stream->description, oldest_kept) ? ended : streams).push_back(stream);
    }
  }
  // All reading first: once a horizon is raised, only a failed commit may put it back.
  std::vector<Trimmed> trimmed;
  for (const auto& stream : streams) {
    for (std::uint32_t i = 0; i < stream->shards.size(); ++i) {
      const auto before = stream->shards[i].horizon.load();
      const auto newest = PARLEY_TRY(state_->newest_below(*stream, i, before + 1, first_kept));
      if (newest != 0) trimmed.push_back({stream.get(), i, before, newest});
    }
  }
  storage::WriteBatch batch;
  for (const auto& [stream, shard, before, horizon] : trimmed) {
    batch.erase_range({record_key(stream->storage_id, shard, before + 1),
                       record_key(stream->storage_id, shard, horizon + 1)});
    std::string value;
    append_u64_be(value, horizon);
    batch.put(horizon_key(stream->storage_id, shard), value);
    stream->shards[shard].horizon = horizon;
  }
  for (const auto& stream : ended) {
    state_->remove(*stream);
    batch.erase_range(records(stream->storage_id));
    batch.erase_range(horizons(stream->storage_id));
    batch.erase(description_key(stream->storage_id));
  }
  if (batch.empty()) return {};
  const auto status = state_->commits.wait(state_->commits.submit(std::move(batch)));
  if (!status) {
    // Nothing is erased; it is tried again the next time.
    for (const auto& one : trimmed) one.stream->shards[one.shard].horizon = one.before;
    for (const auto& stream : ended) state_->restore(stream);
  }
  return status;
}

}  // namespace parley::stream
