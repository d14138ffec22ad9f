#include "trigger/event_store.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "model/record.h"

namespace parley::trigger {
namespace {

constexpr std::uint32_t kWaitingArea = 13;
constexpr std::uint32_t kFailuresArea = 14;
constexpr std::size_t kWaitingKeySize = 12;

std::string area_prefix(std::uint32_t area) {
  std::string key;
  append_u32_be(key, area);
  return key;
}

storage::KeyRange area_range(std::uint32_t area) {
  return {area_prefix(area), area_prefix(area + 1)};
}

std::string waiting_key(std::uint64_t id) {
  std::string key = area_prefix(kWaitingArea);
  append_u64_be(key, id);
  return key;
}

std::string failure_key(TimestampMicros time, std::uint64_t id) {
  std::string key = area_prefix(kFailuresArea);
  append_u64_be(key, static_cast<std::uint64_t>(std::max<TimestampMicros>(time, 0)));
  append_u64_be(key, id);
  return key;
}

std::string event_record(const StoredEvent& event) {
  std::string bytes;
  model::RecordWriter fields(bytes, model::MapBuilder::Kind::kItem);
  fields.text("function_name", event.function_name);
  fields.text("payload", event.payload);
  fields.text("client_context", event.client_context);
  fields.text("request_id", event.request_id);
  fields.integer("submitted_at", event.submitted_at);
  fields.integer("next_attempt_at", event.next_attempt_at);
  fields.integer("failures", event.failures);
  fields.finish();
  return bytes;
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::kCorruption, "The record of an event is damaged");
}

Result<StoredEvent> read_event(std::string_view key, std::string_view bytes) {
  bool is_good = key.size() == kWaitingKeySize && model::is_valid_item(bytes);
  if (!is_good) return damaged();
  const model::RecordReader fields(model::ItemView(bytes), is_good);
  StoredEvent event;
  event.id = read_u64_be(key.data() + sizeof(std::uint32_t));
  event.function_name = fields.text("function_name");
  event.payload = fields.text("payload");
  event.client_context = fields.text("client_context");
  event.request_id = fields.text("request_id");
  event.submitted_at = fields.integer("submitted_at");
  event.next_attempt_at = fields.integer("next_attempt_at");
  event.failures = static_cast<int>(fields.integer("failures"));
  if (!is_good || event.function_name.empty()) return damaged();
  return event;
}

std::string failure_record(const EventFailure& failure) {
  std::string bytes;
  model::RecordWriter fields(bytes, model::MapBuilder::Kind::kItem);
  fields.integer("time", failure.time);
  fields.text("function_name", failure.function_name);
  fields.text("request_id", failure.request_id);
  fields.integer("attempts", failure.attempts);
  fields.text("error", failure.error);
  fields.text("payload", failure.payload);
  fields.finish();
  return bytes;
}

Result<EventFailure> read_failure(std::string_view bytes) {
  bool is_good = model::is_valid_item(bytes);
  if (!is_good) return damaged();
  const model::RecordReader fields(model::ItemView(bytes), is_good);
  EventFailure failure;
  failure.time = fields.integer("time");
  failure.function_name = fields.text("function_name");
  failure.request_id = fields.text("request_id");
  failure.attempts = static_cast<int>(fields.integer("attempts"));
  failure.error = fields.text("error");
  failure.payload = fields.text("payload");
  if (!is_good) return damaged();
  return failure;
}

}  // namespace

Result<std::unique_ptr<EventStore>> EventStore::open(storage::KeyValueStore& store,
                                                     storage::CommitPipeline& commits) {
  std::unique_ptr<EventStore> events(new EventStore(store, commits));
  PARLEY_TRY(events->load());
  return events;
}

Status EventStore::load() {
  const std::scoped_lock lock(mutex_);
  const auto waiting = store_.scan(area_range(kWaitingArea), storage::Direction::kForward);
  for (; waiting->valid(); waiting->next()) {
    waiting_.push_back(PARLEY_TRY(read_event(waiting->key(), waiting->value())));
    last_id_ = waiting_.back().id;
  }
  PARLEY_TRY(waiting->status());
  const auto failures = store_.scan(area_range(kFailuresArea), storage::Direction::kForward);
  for (; failures->valid(); failures->next()) {
    failures_.push_back({.key = std::string(failures->key()),
                         .failure = PARLEY_TRY(read_failure(failures->value()))});
  }
  return failures->status();
}

std::vector<StoredEvent> EventStore::take_waiting() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(waiting_, {});
}

void EventStore::add(StoredEvent event, std::move_only_function<void(Result<StoredEvent>)> done) {
  storage::WriteBatch batch;
  {
    const std::scoped_lock lock(mutex_);
    event.id = ++last_id_;
  }
  batch.put(waiting_key(event.id), event_record(event));
  const auto ticket = commits_.submit(std::move(batch));
  commits_.when_committed(
      ticket, [event = std::move(event), done = std::move(done)](const Status& committed) mutable {
        if (!committed) return done(std::unexpected(committed.error()));
        done(std::move(event));
      });
}

void EventStore::update(const StoredEvent& event) {
  storage::WriteBatch batch;
  batch.put(waiting_key(event.id), event_record(event));
  commits_.submit(std::move(batch));
}

void EventStore::erase(const StoredEvent& event) {
  storage::WriteBatch batch;
  batch.erase(waiting_key(event.id));
  commits_.submit(std::move(batch));
}

void EventStore::give_up(const StoredEvent& event, EventFailure failure) {
  storage::WriteBatch batch;
  batch.erase(waiting_key(event.id));
  std::string key = failure_key(failure.time, event.id);
  batch.put(key, failure_record(failure));
  {
    const std::scoped_lock lock(mutex_);
    failures_.push_back({.key = std::move(key), .failure = std::move(failure)});
    if (failures_.size() > kEventFailuresMax) {
      batch.erase(failures_.front().key);
      failures_.pop_front();
    }
  }
  commits_.submit(std::move(batch));
}

std::vector<EventFailure> EventStore::failures(std::string_view function_name) const {
  const std::scoped_lock lock(mutex_);
  std::vector<EventFailure> found;
  for (const KeptFailure& each : failures_) {
    if (each.failure.function_name == function_name) found.push_back(each.failure);
  }
  return found;
}

}  // namespace parley::trigger
