// Reading a shard: records in order, its newest number, its trim horizon.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "stream/record_encoding.h"
#include "stream/state.h"
#include "stream/store_keys.h"

namespace parley::stream {

Result<RecordPage> Streams::read(const Stream& stream, std::size_t shard, SequenceNumber after,
                                 const ReadLimits& limits) const {
  const auto state = state_->find(stream.storage_id);
  if (!state) return stream_not_found(stream.arn);
  PARLEY_ASSERT(shard < state->shards.size());
  const auto& place = state->shards[shard];
  RecordPage page;
  page.last = after;
  bool is_closed = false;
  {
    // Before the walk begins: an end that is visible now has all its records committed.
    const std::shared_lock lock(state_->mutex);
    is_closed = state->description->shards[shard].ending.has_value();
  }
  const auto first = std::max(after, place.horizon.load()) + 1;
  if (after != 0 && first > place.last.load()) {  // nothing was ever written beyond `after`
    page.at_end = is_closed;
    return page;
  }
  const auto records =
      state_->store.scan(records_from(stream.storage_id, static_cast<std::uint32_t>(shard), first),
                         storage::Direction::kForward);
  // After the walk has its snapshot: what a trim erases from here on is still in it.
  if (after != 0 && after < place.horizon.load()) {
    return fail(ErrorCode::kTrimmedDataAccess,
                "The operation attempted to read past the oldest stream record in a shard.");
  }
  std::size_t size_bytes = 0;
  for (; records->valid() && page.records.size() < limits.records_max; records->next()) {
    auto record = PARLEY_TRY(decode_record(stream, records->key(), records->value()));
    size_bytes += record.size_bytes;
    if (!page.records.empty() && size_bytes > limits.size_bytes_max) return page;
    page.last = record.number;
    page.records.push_back(std::move(record));
  }
  PARLEY_TRY(records->status());
  page.at_end = is_closed && !records->valid();
  return page;
}

Result<SequenceNumber> Streams::latest(const Stream& stream, std::size_t shard) const {
  const auto state = state_->find(stream.storage_id);
  if (!state) return stream_not_found(stream.arn);
  PARLEY_ASSERT(shard < state->shards.size());
  const auto horizon = state->shards[shard].horizon.load();
  const auto newest =
      PARLEY_TRY(state_->newest_below(*state, static_cast<std::uint32_t>(shard), horizon + 1, {}));
  return std::max(newest, horizon);
}

SequenceNumber Streams::trim_horizon(const Stream& stream, std::size_t shard) const {
  const auto state = state_->find(stream.storage_id);
  if (!state) return UINT64_MAX;
  PARLEY_ASSERT(shard < state->shards.size());
  return state->shards[shard].horizon.load();
}

}  // namespace parley::stream
