// Opening and closing a Database, and its small accessors; each operation has a file of its own.
#include <utility>

#include "engine/database_state.h"
#include "engine/idempotency.h"
#include "engine/store_keys.h"

namespace parley::engine {
DatabaseState::DatabaseState(std::unique_ptr<storage::KeyValueStore> owned_store,
                             const DatabaseOptions& options, Clock& borrowed_clock,
                             Random& borrowed_random)
    : store(std::move(owned_store)),
      commits(*store, options.commit),
      realm(options.realm),
      clock(borrowed_clock),
      streams(*store, commits, clock, realm, options.streams),
      random(borrowed_random),
      backfills(*this),
      upkeep(*this) {}

namespace {

/// Opens or closes the table's stream where the two differ; either may be absent. Under the latches
/// of all that write to it.
void change_stream(DatabaseState& state, const model::Table* old_table,
                   const model::Table* new_table, storage::WriteBatch& batch) {
  const auto id = [](const model::Table* table) {
    return table != nullptr && table->stream ? table->stream->storage_id : 0;
  };
  const auto before = id(old_table);
  const auto after = id(new_table);
  if (before == after) return;
  if (before != 0) state.streams.close(*old_table, batch);
  if (after != 0) state.streams.open(*new_table, batch);
}

}  // namespace

Status add_table(DatabaseState& state, model::Table table) {
  storage::WriteBatch batch;
  state.catalog.save(table, batch);
  change_stream(state, nullptr, &table, batch);
  // Nobody can know the table before it is published, so it may as well be durable first.
  const auto status = state.commits.wait(state.commits.submit(std::move(batch)));
  state.streams.settle(status.has_value());
  PARLEY_TRY(status);
  state.catalog.publish(std::make_shared<const model::Table>(std::move(table)));
  return {};
}

Status replace_table(DatabaseState& state, const TableSnapshot& old_table, model::Table new_table,
                     storage::WriteBatch batch) {
  state.catalog.save(new_table, batch);
  storage::CommitTicket ticket = 0;
  {
    const auto everything = state.latches.lock_everything();
    change_stream(state, old_table.get(), &new_table, batch);
    state.catalog.publish(std::make_shared<const model::Table>(std::move(new_table)));
    ticket = state.commits.submit(std::move(batch));
  }
  const auto status = state.commits.wait(ticket);
  if (!status) state.catalog.publish(old_table);
  state.streams.settle(status.has_value());
  return status;
}

Status remove_table(DatabaseState& state, const TableSnapshot& table, storage::WriteBatch batch) {
  batch.erase(table_record_key(table->name));
  storage::CommitTicket ticket = 0;
  {
    const auto everything = state.latches.lock_everything();
    change_stream(state, table.get(), nullptr, batch);
    state.catalog.remove(table->name);
    ticket = state.commits.submit(std::move(batch));
  }
  const auto status = state.commits.wait(ticket);
  if (!status) state.catalog.publish(table);
  state.streams.settle(status.has_value());
  return status;
}

void erase_storage(storage::WriteBatch& batch, std::uint32_t storage_id) {
  batch.erase_range(storage_range(storage_id));
  batch.erase_range(counters(storage_id));
  batch.erase_range(collection_sizes(storage_id));
}

namespace {

/// Tables of a program that stored the setting and kept no streams yet.
Status open_missing_streams(DatabaseState& state) {
  const std::scoped_lock lock(state.tables_mutex);
  for (const auto& table : state.catalog.all()) {
    if (!table->stream || table->stream->storage_id != 0) continue;
    auto streaming = *table;
    streaming.stream->shard_count = state.streams.shard_count_for(streaming);
    streaming.stream->storage_id = state.catalog.take_storage_id();
    PARLEY_TRY(replace_table(state, table, std::move(streaming)));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(std::unique_ptr<storage::KeyValueStore> store,
                                                 const DatabaseOptions& options, Clock& clock,
                                                 Random& random) {
  auto state = std::make_unique<DatabaseState>(std::move(store), options, clock, random);
  PARLEY_TRY(state->catalog.load(*state->store));
  PARLEY_TRY(state->streams.load());
  PARLEY_TRY(open_missing_streams(*state));
  sweep_expired_tokens(*state, kTokenSweepAtOpenMax);
  for (const auto& table : state->catalog.all()) {
    for (const auto& index : table->global_indexes) {
      if (index.status == model::IndexStatus::kCreating) {
        state->backfills.start(table->name, index.storage_id);
      }
    }
    if (table->time_to_live && table->time_to_live->backfilling) {
      state->backfills.start(table->name, table->time_to_live->storage_id);
    }
  }
  if (options.ttl_interval) state->upkeep.start(*options.ttl_interval);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Database::Database(std::unique_ptr<DatabaseState> state) : state_(std::move(state)) {}
Database::~Database() = default;

storage::CommitPipeline& Database::commits() {
  return state_->commits;
}
stream::Streams& Database::streams() {
  return state_->streams;
}
const model::Realm& Database::realm() const {
  return state_->realm;
}
Clock& Database::clock() const {
  return state_->clock;
}
Random& Database::random() const {
  return state_->random;
}

Result<TableSnapshot> Database::find_table(std::string_view table) const {
  return PARLEY_TRY(state_->catalog.find(table)).table;
}

std::vector<std::string> Database::list_tables(std::string_view exclusive_start,
                                               std::size_t limit) const {
  return state_->catalog.names_after(exclusive_start, limit);
}

}  // namespace parley::engine
