// The streams that there are: loading, opening and closing, finding, and telling of commits.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "stream/description.h"
#include "stream/record_encoding.h"
#include "stream/shards.h"
#include "stream/state.h"
#include "stream/store_keys.h"

namespace parley::stream {

StreamState::StreamState(Stream described)
    : description(std::make_shared<const Stream>(std::move(described))),
      storage_id(description->storage_id),
      shards(description->shards.size()) {
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const auto& shard = description->shards[i];
    shards[i].horizon = shard.starting - 1;
    shards[i].last = std::max(shard.starting - 1, shard.ending.value_or(0));
  }
}

namespace {

/// "NAME/stream/LABEL".
std::string_view resource_of(std::string_view arn) {
  constexpr std::string_view kTable = ":table/";
  const auto at = arn.find(kTable);
  return at == std::string_view::npos ? arn : arn.substr(at + kTable.size());
}

}  // namespace

std::unexpected<Error> stream_not_found(std::string_view arn) {
  return fail(ErrorCode::kResourceNotFound,
              fmt::format("Requested resource not found: Stream: {} not found", arn));
}

Streams::Streams(const storage::KeyValueStore& store, storage::CommitPipeline& commits,
                 const Clock& clock, const model::Realm& realm, const StreamOptions& options)
    : state_(std::make_unique<State>(store, commits, clock, realm, options)) {
  commits.watch([state = state_.get()] { state->tell_listeners(); });
}

Streams::~Streams() {
  state_->commits.watch({});
}

Status Streams::load() {
  const auto described = state_->store.scan(descriptions(), storage::Direction::kForward);
  for (; described->valid(); described->next()) {
    if (!model::is_valid_item(described->value())) {
      return fail(ErrorCode::kCorruption, "A stream's description is damaged");
    }
    auto stream = PARLEY_TRY(read_description(model::ItemView(described->value())));
    stream.arn = model::stream_arn(state_->realm, stream.table_name, stream.label);
    state_->add(std::move(stream));
  }
  PARLEY_TRY(described->status());
  for (const auto& [id, stream] : state_->by_storage_id) {
    for (std::uint32_t i = 0; i < stream->shards.size(); ++i) {
      PARLEY_TRY(state_->load_shard(*stream, i));
    }
  }
  return {};
}

// Numbers go on above everything that was ever read of the shard: its records and, where they are
// trimmed, the horizon.
Status Streams::State::load_shard(StreamState& stream, std::uint32_t shard) const {
  auto& place = stream.shards[shard];
  std::string bytes;
  if (PARLEY_TRY(store.get(horizon_key(stream.storage_id, shard), bytes))) {
    if (bytes.size() != 8) return fail(ErrorCode::kCorruption, "A trim horizon is damaged");
    place.horizon = std::max(place.horizon.load(), read_u64_be(bytes.data()));
  }
  const auto newest = PARLEY_TRY(newest_below(stream, shard, 0, {}));
  place.last = std::max({place.last.load(), newest, place.horizon.load()});
  return {};
}

/// The highest number in the store with first <= number < end, or 0.
Result<SequenceNumber> Streams::State::newest_below(const StreamState& stream, std::uint32_t shard,
                                                    SequenceNumber first,
                                                    std::optional<SequenceNumber> end) const {
  auto range = records_from(stream.storage_id, shard, first);
  if (end) range.end = record_key(stream.storage_id, shard, *end);
  if (range.begin >= range.end) return 0;
  const auto found = store.scan(range, storage::Direction::kBackward);
  if (found->valid()) return number_of(found->key());
  PARLEY_TRY(found->status());
  return 0;
}

std::uint32_t Streams::shard_count_for(const model::Table& table) const {
  return state_->options.shard_count != 0 ? static_cast<std::uint32_t>(state_->options.shard_count)
                                          : usual_shard_count(table);
}

void Streams::open(const model::Table& table, storage::WriteBatch& batch) {
  PARLEY_ASSERT(table.stream && table.stream->shard_count > 0);
  Stream stream;
  stream.arn = model::stream_arn(state_->realm, table.name, table.stream->label);
  stream.label = table.stream->label;
  stream.table_name = table.name;
  stream.table_id = table.id;
  stream.key = table.key;
  stream.view_type = table.stream->view_type;
  stream.created_at = state_->clock.now();
  stream.storage_id = table.stream->storage_id;
  stream.shards = make_shards(stream, table.stream->shard_count);
  batch.put(description_key(stream.storage_id), make_description(stream).bytes());
  const auto storage_id = stream.storage_id;
  state_->add(std::move(stream));
  state_->opened = state_->find(storage_id);
}

void Streams::close(const model::Table& table, storage::WriteBatch& batch) {
  PARLEY_ASSERT(table.stream.has_value());
  const auto state = state_->find(table.stream->storage_id);
  PARLEY_ASSERT(state != nullptr);
  Stream stream = *state->description;  // only open(), close() and settle() change it
  stream.status = StreamStatus::kDisabled;
  stream.disabled_at = state_->clock.now();
  for (std::size_t i = 0; i < stream.shards.size(); ++i) {
    const std::scoped_lock lock(state->shards[i].numbering);
    stream.shards[i].ending = std::max(state->shards[i].last.load(), stream.shards[i].starting);
  }
  batch.put(description_key(stream.storage_id), make_description(stream).bytes());
  state_->closed = std::move(stream);
}

// Readers must not see a shard's end before they can see all that comes before it.
void Streams::settle(bool committed) {
  const auto opened = std::exchange(state_->opened, nullptr);
  if (opened && !committed) state_->remove(*opened);
  auto closed = std::exchange(state_->closed, std::nullopt);
  if (!closed || !committed) return;
  const auto state = state_->find(closed->storage_id);
  PARLEY_ASSERT(state != nullptr);
  const std::unique_lock lock(state_->mutex);
  state->description = std::make_shared<const Stream>(*std::move(closed));
}

std::vector<StreamSnapshot> Streams::list() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<StreamSnapshot> streams;
  streams.reserve(state_->by_resource.size());
  for (const auto& [resource, stream] : state_->by_resource) streams.push_back(stream->description);
  return streams;
}

Result<StreamSnapshot> Streams::find(std::string_view arn) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->by_resource.find(resource_of(arn));
  if (found == state_->by_resource.end()) return stream_not_found(arn);
  return found->second->description;
}

void Streams::State::add(Stream described) {
  restore(std::make_shared<StreamState>(std::move(described)));
}

void Streams::State::restore(const std::shared_ptr<StreamState>& stream) {
  const std::unique_lock lock(mutex);
  const bool added = by_resource.emplace(resource_of(stream->description->arn), stream).second &&
                     by_storage_id.emplace(stream->storage_id, stream).second;
  PARLEY_ASSERT(added);
}

void Streams::State::remove(const StreamState& stream) {
  const std::unique_lock lock(mutex);
  const std::string resource(resource_of(stream.description->arn));
  const auto storage_id = stream.storage_id;
  by_resource.erase(resource);
  by_storage_id.erase(storage_id);
}

std::shared_ptr<StreamState> Streams::State::find(std::uint32_t storage_id) const {
  const std::shared_lock lock(mutex);
  const auto found = by_storage_id.find(storage_id);
  return found == by_storage_id.end() ? nullptr : found->second;
}

std::shared_ptr<void> Streams::subscribe(Listener listener) {
  auto slot = std::make_shared<ListenerSlot>();
  slot->call = std::move(listener);
  const std::scoped_lock lock(state_->listeners_mutex);
  state_->listeners.push_back(slot);
  state_->has_listeners = true;
  // The token: the slot itself stays until the committer has looked at it for the last time.
  return {slot.get(), [slot](void*) {
            const std::scoped_lock running(slot->mutex);
            slot->call = nullptr;
          }};
}

void Streams::State::tell_listeners() {
  if (!has_listeners.load(std::memory_order_relaxed)) return;
  std::vector<std::shared_ptr<ListenerSlot>> slots;
  {
    const std::scoped_lock lock(listeners_mutex);
    std::erase_if(listeners, [&](const std::weak_ptr<ListenerSlot>& listener) {
      auto slot = listener.lock();
      if (slot) slots.push_back(std::move(slot));
      return listener.expired();
    });
    has_listeners = !listeners.empty();
  }
  for (const auto& slot : slots) {
    const std::scoped_lock running(slot->mutex);
    if (slot->call) slot->call();
  }
}

}  // namespace parley::stream
