#include "trigger/mappings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "trigger/mapping_settings.h"
#include "trigger/mappings_state.h"

namespace parley::trigger {
namespace {

std::unexpected<Error> no_such_mapping() {
  return fail(ErrorCode::kResourceNotFound, "The resource you requested does not exist.");
}

std::unexpected<Error> conflict(const Mapping& existing) {
  return fail(ErrorCode::kResourceConflict,
              fmt::format("The event source arn (\" {} \") and function (\" {} \") provided "
                          "mapping already exists. Please update or delete the existing mapping "
                          "with UUID {}",
                          existing.stream_arn, existing.function_name, existing.uuid));
}

}  // namespace

Mappings::State::State(storage::KeyValueStore& store_, storage::CommitPipeline& commits_,
                       std::unique_ptr<StreamSource> source_, Invoker& invoker_,
                       const model::Realm& realm_, const MappingsOptions& options_,
                       const Clock& clock_, Random& random_)
    : store(store_),
      commits(commits_),
      invoker(invoker_),
      realm(realm_),
      options(options_),
      clock(clock_),
      random(random_),
      source(std::move(source_)),
      letters(store_, commits_,
              {.letters_max = options_.dead_letters_max,
               .size_bytes_max = options_.dead_letters_size_bytes_max}) {}

Mappings::State::~State() {
  stop(std::chrono::milliseconds(0));
}

Status Mappings::State::load() {
  PARLEY_TRY(letters.load());
  for (auto& stored : PARLEY_TRY(load_mappings(store))) {
    auto active = std::make_unique<ActiveMapping>();
    active->number = ++last_number;
    active->mapping = stored.mapping;
    active->is_ready = true;
    if (const auto stream = source->find(stored.mapping.stream_arn)) {
      active->mapping.stream_arn = (*stream)->arn;  // the realm may be another than last time
      add_readers(*active, **stream, stored);
    }
    mappings.emplace(stored.mapping.uuid, std::move(active));
  }
  return {};
}

void Mappings::State::start() {
  if (options.post_to_url) {
    poster.emplace(letters, options.post_to_url, options.retry_pause_first,
                   options.retry_pause_last);
  }
  subscription = source->subscribe([inbox_ = inbox] { inbox_->records_came(); });
  thread = std::thread([this] { run(); });
}

void Mappings::State::stop(std::chrono::milliseconds grace) {
  {
    std::unique_lock lock(mutex);
    starts_nothing = true;
    inbox->wake();
    round_ended.wait_for(lock, grace, [this] { return is_quiet(); });
    quits = true;
  }
  inbox->wake();
  if (thread.joinable()) thread.join();
  subscription.reset();
  poster.reset();
}

ActiveMapping* Mappings::State::find(std::string_view uuid) {
  const auto found = mappings.find(uuid);
  if (found == mappings.end() || found->second->is_removing) return nullptr;
  return found->second.get();
}

LaneRules Mappings::State::rules_for(const Mapping& mapping, const std::string& shard_id) const {
  return {.settings = mapping.settings,
          .stream_arn = mapping.stream_arn,
          .shard_id = shard_id,
          .retry_pause_first = options.retry_pause_first,
          .retry_pause_last = options.retry_pause_last};
}

/// One for each shard, from where `stored` says.
void Mappings::State::add_readers(ActiveMapping& active, const stream::Stream& stream,
                                  const StoredMapping& stored) {
  for (std::size_t i = 0; i < stream.shards.size(); ++i) {
    const auto& shard_id = stream.shards[i].id;
    const auto found = stored.checkpoints.find(shard_id);
    const auto from = found == stored.checkpoints.end() ? Checkpoint() : found->second;
    const std::size_t windows = from.windows.size();
    auto filter = make_filter(active.mapping.settings);
    auto reader = std::make_unique<Reader>(
        ShardReader(rules_for(active.mapping, shard_id),
                    filter ? *std::move(filter) : RecordFilter(), realm.region, from),
        i, shard_id);
    reader->stored_windows = windows;
    active.readers.push_back(std::move(reader));
  }
}

/// Makes `to` what the mapping is, from its next batches on; adds what that means to `batch`.
void Mappings::State::change(ActiveMapping& active, Mapping to, storage::WriteBatch& batch) {
  active.mapping = std::move(to);
  put_mapping(batch, active.mapping);
  for (auto& reader : active.readers) {
    auto rules = rules_for(active.mapping, reader->shard_id);
    if (!reader->next_position && reader->moves_begun == 0) {
      const auto from = reader->machine.checkpoint_under(rules);
      if (from.windows.empty() && reader->stored_windows > 0) {
        erase_windows(batch, active.mapping.uuid, reader->shard_id);
        put_checkpoint(batch, active.mapping.uuid, reader->shard_id, from);
        reader->stored_windows = 0;
      }
    }
    reader->next_rules = std::move(rules);
  }
}

/// A copy with its state of this moment.
Mapping Mappings::State::shown(const ActiveMapping& active) const {
  Mapping mapping = active.mapping;
  const auto any = [&](auto&& is_so) {
    return std::ranges::any_of(active.readers, [&](const auto& reader) { return is_so(*reader); });
  };
  const bool in_flight = any([](const Reader& reader) { return reader.machine.is_in_flight(); });
  if (!active.is_ready) {
    mapping.state = active.is_removing ? "Deleting" : "Creating";
  } else if (!mapping.settings.enabled) {
    mapping.state = in_flight ? "Disabling" : "Disabled";
  } else {
    mapping.state = in_flight && any([](const Reader& reader) { return reader.is_changing(); })
                        ? "Updating"
                        : "Enabled";
  }
  return mapping;
}

Result<std::unique_ptr<Mappings>> Mappings::open(storage::KeyValueStore& store,
                                                 storage::CommitPipeline& commits,
                                                 stream::Streams& streams, Invoker& invoker,
                                                 const model::Realm& realm,
                                                 const MappingsOptions& options, const Clock& clock,
                                                 Random& random) {
  return open(store, commits, make_stream_source(streams), invoker, realm, options, clock, random);
}

Result<std::unique_ptr<Mappings>> Mappings::open(storage::KeyValueStore& store,
                                                 storage::CommitPipeline& commits,
                                                 std::unique_ptr<StreamSource> source,
                                                 Invoker& invoker, const model::Realm& realm,
                                                 const MappingsOptions& options, const Clock& clock,
                                                 Random& random) {
  auto state = std::make_unique<State>(store, commits, std::move(source), invoker, realm, options,
                                       clock, random);
  PARLEY_TRY(state->load());
  state->start();
  return std::unique_ptr<Mappings>(new Mappings(std::move(state)));
}

Mappings::Mappings(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mappings::~Mappings() = default;

Result<Mapping> Mappings::create(const std::string& stream_arn, std::string function_name,
                                 StartingPosition start, MappingSettings settings) {
  PARLEY_TRY(check_settings(settings));
  PARLEY_TRY(make_filter(settings));
  if (!state_->invoker.exists(function_name)) {
    return fail(ErrorCode::kInvalidParameter, "Function does not exist");
  }
  const auto stream = state_->source->find(stream_arn);
  if (!stream) {
    return fail(ErrorCode::kInvalidParameter, "Stream not found: " + stream_arn);
  }
  StoredMapping stored;
  stored.mapping = {.uuid = make_uuid(state_->random),
                    .stream_arn = (*stream)->arn,  // not another region's name of it
                    .function_name = std::move(function_name),
                    .starting_position = start,
                    .settings = std::move(settings),
                    .state = {},
                    .last_modified = state_->clock.now()};
  Mapping result;
  storage::CommitTicket ticket = 0;
  {
    const std::scoped_lock lock(state_->mutex);
    for (const auto& [uuid, other] : state_->mappings) {
      if (other->mapping.stream_arn == stored.mapping.stream_arn &&
          other->mapping.function_name == stored.mapping.function_name && !other->is_removing) {
        return conflict(other->mapping);
      }
    }
    storage::WriteBatch batch;
    put_mapping(batch, stored.mapping);
    for (std::size_t i = 0; i < (*stream)->shards.size(); ++i) {
      const auto number = start == StartingPosition::kLatest
                              ? PARLEY_TRY(state_->source->latest(**stream, i))
                              : state_->source->trim_horizon(**stream, i);
      const auto& shard_id = (*stream)->shards[i].id;
      stored.checkpoints[shard_id] = {.number = number};
      put_checkpoint(batch, stored.mapping.uuid, shard_id, {.number = number});
    }
    auto active = std::make_unique<ActiveMapping>();
    active->number = ++state_->last_number;
    active->mapping = stored.mapping;
    state_->add_readers(*active, **stream, stored);
    result = state_->shown(*active);
    state_->mappings.emplace(stored.mapping.uuid, std::move(active));
    ticket = state_->commits.submit(std::move(batch));
  }
  const auto status = state_->commits.wait(ticket);
  {
    const std::scoped_lock lock(state_->mutex);
    if (!status) {
      state_->mappings.erase(stored.mapping.uuid);
      return std::unexpected(status.error());
    }
    state_->mappings[stored.mapping.uuid]->is_ready = true;
  }
  state_->inbox->wake();
  return result;
}

Result<Mapping> Mappings::update(const MappingUpdate& update) {
  const std::scoped_lock updating(state_->update_mutex);
  if (update.function_name && !state_->invoker.exists(*update.function_name)) {
    return fail(ErrorCode::kInvalidParameter, "Function does not exist");
  }
  Mapping before;
  Mapping result;
  storage::CommitTicket ticket = 0;
  {
    const std::scoped_lock lock(state_->mutex);
    auto* const active = state_->find(update.uuid);
    if (active == nullptr) return no_such_mapping();
    before = active->mapping;
    Mapping to = before;
    if (update.change_settings) PARLEY_TRY(update.change_settings(to.settings));
    PARLEY_TRY(check_settings(to.settings));
    PARLEY_TRY(make_filter(to.settings));
    if (update.function_name) to.function_name = *update.function_name;
    for (const auto& [uuid, other] : state_->mappings) {
      if (uuid != to.uuid && other->mapping.stream_arn == to.stream_arn &&
          other->mapping.function_name == to.function_name && !other->is_removing) {
        return conflict(other->mapping);
      }
    }
    to.last_modified = state_->clock.now();
    storage::WriteBatch batch;
    state_->change(*active, std::move(to), batch);
    for (auto& reader : active->readers) ++reader->updates_begun;
    ticket = state_->commits.submit(std::move(batch));
    result = active->mapping;
  }
  const auto status = state_->commits.wait(ticket);
  {
    const std::scoped_lock lock(state_->mutex);
    if (auto* const active = state_->find(update.uuid)) {
      if (!status) {
        storage::WriteBatch nothing_changed;
        Mapping back = active->mapping;
        back.function_name = before.function_name;
        back.settings = before.settings;
        back.last_modified = before.last_modified;
        state_->change(*active, std::move(back), nothing_changed);
      }
      for (auto& reader : active->readers) {
        --reader->updates_begun;
        if (!status) reader->stored_windows = kWindowsUnknown;
      }
    }
  }
  state_->inbox->wake();
  if (!status) return std::unexpected(status.error());
  result.state = before.settings.enabled == result.settings.enabled ? "Updating"
                 : result.settings.enabled                          ? "Enabling"
                                                                    : "Disabling";
  return result;
}

Result<Mapping> Mappings::remove(std::string_view uuid) {
  Mapping result;
  storage::CommitTicket ticket = 0;
  {
    const std::scoped_lock lock(state_->mutex);
    auto* const active = state_->find(uuid);
    if (active == nullptr) return no_such_mapping();
    active->is_ready = false;
    active->is_removing = true;
    storage::WriteBatch batch;
    for (const auto& reader : active->readers) {
      batch.append(reader->letters_storing);
      batch.append(reader->letters);
    }
    erase_mapping(batch, uuid);
    ticket = state_->commits.submit(std::move(batch));
    result = active->mapping;
  }
  const auto status = state_->commits.wait(ticket);
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->mappings.find(uuid);
  if (!status) {
    found->second->is_removing = false;
    found->second->is_ready = true;
    return std::unexpected(status.error());
  }
  state_->mappings.erase(found);
  result.state = "Deleting";
  return result;
}

Result<Mapping> Mappings::find(std::string_view uuid) const {
  const std::scoped_lock lock(state_->mutex);
  const auto* const active = state_->find(uuid);
  if (active == nullptr) return no_such_mapping();
  return state_->shown(*active);
}

std::vector<Mapping> Mappings::list(std::string_view stream_arn,
                                    std::string_view function_name) const {
  std::vector<Mapping> result;
  const auto stream = state_->source->find(stream_arn);
  const std::string_view arn = stream ? std::string_view((*stream)->arn) : stream_arn;
  const std::scoped_lock lock(state_->mutex);
  for (const auto& [uuid, active] : state_->mappings) {
    const auto& mapping = active->mapping;
    if (active->is_removing || (!arn.empty() && mapping.stream_arn != arn) ||
        (!function_name.empty() && mapping.function_name != function_name)) {
      continue;
    }
    result.push_back(state_->shown(*active));
  }
  return result;
}

void Mappings::look_now() {
  state_->inbox->wake();
}

void Mappings::stop(std::chrono::milliseconds grace) {
  state_->stop(grace);
}

}  // namespace parley::trigger
