// Looking at mappings, moving them, and their dead letters.
#include <algorithm>
#include <future>
#include <utility>

#include "stream/record_json.h"
#include "trigger/mappings_state.h"

namespace parley::trigger {
namespace {

std::unexpected<Error> no_such_mapping() {
  return fail(ErrorCode::kResourceNotFound, "The resource you requested does not exist.");
}

constexpr std::size_t kCountedPageMax = 1000;

/// Fills in what the stream says of one shard.
Status look_behind(const StreamSource& source, const stream::Stream& stream, std::size_t shard,
                   ShardProgress& progress) {
  progress.newest = PARLEY_TRY(source.latest(stream, shard));
  auto after = std::max(progress.checkpoint, source.trim_horizon(stream, shard));
  while (progress.records_behind < kRecordsBehindCountedMax) {
    const auto page =
        PARLEY_TRY(source.read(stream, shard, after, {.records_max = kCountedPageMax}));
    if (page.records.empty()) break;
    if (progress.oldest_waiting_at == 0) {
      progress.oldest_waiting_at = page.records.front().created_at;
    }
    progress.records_behind += page.records.size();
    after = page.last;
  }
  progress.records_behind = std::min(progress.records_behind, kRecordsBehindCountedMax);
  return {};
}

/// The event of a batch, and when its first record was written.
struct BatchEvent {
  std::string payload;
  TimestampMicros first_arrival = 0;
};

/// The event of exactly these records of a shard. Errors: kTrimmedDataAccess.
Result<BatchEvent> event_of(const StreamSource& source, const stream::Stream& stream,
                            std::size_t shard, std::string_view region,
                            const std::vector<stream::SequenceNumber>& numbers) {
  BatchEvent event{.payload = "{\"Records\":["};
  std::string& payload = event.payload;
  auto wanted = numbers.begin();
  auto after = numbers.front() - 1;
  while (wanted != numbers.end()) {
    if (source.trim_horizon(stream, shard) >= *wanted) {
      return fail(ErrorCode::kTrimmedDataAccess,
                  "The stream no longer has the records of this batch");
    }
    const auto page =
        PARLEY_TRY(source.read(stream, shard, after, {.records_max = kCountedPageMax}));
    for (const auto& record : page.records) {
      if (wanted == numbers.end() || record.number != *wanted) continue;
      if (wanted == numbers.begin()) {
        event.first_arrival = record.created_at;
      } else {
        payload.push_back(',');
      }
      stream::append_record_json(payload, stream, record, region,
                                 stream::RecordAudience::kFunction);
      ++wanted;
    }
    if (page.records.empty() || (wanted != numbers.end() && page.last >= *wanted)) {
      return fail(ErrorCode::kTrimmedDataAccess,
                  "The stream no longer has the records of this batch");
    }
    after = page.last;
  }
  payload.append("]}");
  return event;
}

/// `payload` with the members that windows add.
std::string windowed(std::string payload, const TumblingWindow& window, const StoredLetter& letter,
                     bool is_final) {
  payload.pop_back();
  append_window_members(payload, window, letter.shard_id, letter.stream_arn, is_final);
  payload.push_back('}');
  return payload;
}

Result<InvocationOutcome> invoke_and_wait(Invoker& invoker, Invocation invocation) {
  std::promise<Result<InvocationOutcome>> promise;
  auto outcome = promise.get_future();
  invoker.invoke(std::move(invocation),
                 [promise_ = std::move(promise)](Result<InvocationOutcome> result) mutable {
                   promise_.set_value(std::move(result));
                 });
  return outcome.get();
}

}  // namespace

Result<MappingStatus> Mappings::status(std::string_view uuid) const {
  MappingStatus status;
  std::vector<std::size_t> shards;
  {
    const std::scoped_lock lock(state_->mutex);
    const auto* const active = state_->find(uuid);
    if (active == nullptr) return no_such_mapping();
    status.mapping = state_->shown(*active);
    for (const auto& reader : active->readers) {
      const auto& machine = reader->machine;
      status.batches_done += machine.counts().batches_done;
      status.records_done += machine.counts().records_done;
      status.records_filtered += machine.counts().records_filtered;
      status.batches_failed += machine.counts().batches_failed;
      status.shards.push_back(
          {.shard_id = reader->shard_id,
           .checkpoint = reader->next_position.value_or(machine.checkpoint_number()),
           .records_in_flight = machine.records_in_flight(),
           .attempts = machine.attempts(),
           .last_error = machine.last_error()});
    }
  }
  status.dead_letters = state_->letters.count(uuid);
  status.dead_letters_dropped = state_->letters.dropped(uuid);
  if (const auto stream = state_->source->find(status.mapping.stream_arn)) {
    for (std::size_t i = 0; i < status.shards.size(); ++i) {
      PARLEY_TRY(look_behind(*state_->source, **stream, i, status.shards[i]));
    }
  }
  return status;
}

Status Mappings::replay(std::string_view uuid, const ReplayStart& start) {
  if (start.time.has_value() == start.sequence_number.has_value()) {
    return fail(ErrorCode::kInvalidParameter,
                "A replay starts at a time or at a sequence number, one of the two");
  }
  const auto first = start.time ? stream::first_number_at(*start.time) : *start.sequence_number;
  std::vector<stream::SequenceNumber> positions;
  storage::CommitTicket ticket = 0;
  {
    const std::scoped_lock lock(state_->mutex);
    auto* const active = state_->find(uuid);
    if (active == nullptr) return no_such_mapping();
    const auto stream = PARLEY_TRY(state_->source->find(active->mapping.stream_arn));
    for (std::size_t i = 0; i < active->readers.size(); ++i) {
      const auto newest = PARLEY_TRY(state_->source->latest(*stream, i));
      positions.push_back(std::clamp(first == 0 ? 0 : first - 1,
                                     std::min(newest, state_->source->trim_horizon(*stream, i)),
                                     newest));
    }
    storage::WriteBatch batch;
    for (std::size_t i = 0; i < active->readers.size(); ++i) {
      auto& reader = *active->readers[i];
      erase_windows(batch, uuid, reader.shard_id);
      put_checkpoint(batch, uuid, reader.shard_id, {.number = positions[i]});
      ++reader.moves_begun;  // until it is durable nothing is stored over it
    }
    ticket = state_->commits.submit(std::move(batch));
  }
  const auto status = state_->commits.wait(ticket);
  {
    const std::scoped_lock lock(state_->mutex);
    auto* const active = state_->find(uuid);
    if (active == nullptr) return no_such_mapping();
    for (std::size_t i = 0; i < active->readers.size(); ++i) {
      auto& reader = *active->readers[i];
      --reader.moves_begun;
      if (!status) continue;
      reader.stored_windows = kWindowsUnknown;
      reader.next_position = positions[i];
    }
  }
  state_->inbox->wake();
  return status;
}

Result<std::vector<DeadLetter>> Mappings::dead_letters(std::string_view uuid) const {
  return state_->letters.list(uuid);
}

std::uint64_t Mappings::dead_letters_dropped(std::string_view uuid) const {
  return state_->letters.dropped(uuid);
}

Result<DeadLetter> Mappings::dead_letter(std::string_view id) const {
  return PARLEY_TRY(state_->letters.find(id)).letter;
}

Status Mappings::replay_dead_letter(std::string_view id) {
  auto stored = PARLEY_TRY(state_->letters.find(id));
  ReplyRules rules;
  int window_s = 0;
  {
    const std::scoped_lock lock(state_->mutex);
    if (const auto* const active = state_->find(stored.letter.mapping_uuid)) {
      stored.function_name = active->mapping.function_name;
      rules.report_batch_item_failures = active->mapping.settings.report_batch_item_failures;
      window_s = active->mapping.settings.tumbling_window_s;
      rules.needs_state = window_s > 0;
    }
  }
  const auto invoke = [&](std::string payload) -> Result<Attempt> {
    const auto outcome = PARLEY_TRY(invoke_and_wait(
        state_->invoker, {.function_name = stored.function_name, .payload = std::move(payload)}));
    auto attempt = read_attempt(outcome, rules, stored.numbers);
    if (attempt.result == Attempt::Result::kSucceeded) return attempt;
    return fail(ErrorCode::kFunctionFailed, attempt.error);
  };
  if (!stored.payload.empty()) {
    PARLEY_TRY(invoke(stored.payload));
  } else {
    if (stored.numbers.empty()) {
      return fail(ErrorCode::kTrimmedDataAccess, "These records expired before they were read");
    }
    const auto stream = PARLEY_TRY(state_->source->find(stored.stream_arn));
    const auto shard = std::ranges::find(stream->shards, stored.shard_id, &stream::Shard::id);
    if (shard == stream->shards.end()) {
      return fail(ErrorCode::kTrimmedDataAccess, "The stream no longer has this shard");
    }
    auto event = PARLEY_TRY(event_of(*state_->source, *stream,
                                     static_cast<std::size_t>(shard - stream->shards.begin()),
                                     state_->realm.region, stored.numbers));
    if (window_s == 0) {
      PARLEY_TRY(invoke(std::move(event.payload)));
    } else {
      // The window has ended without this batch: it is one of its own, which ends early.
      auto window = window_at(event.first_arrival, window_s);
      window.state =
          PARLEY_TRY(invoke(windowed(std::move(event.payload), window, stored, false))).state;
      window.ends_early = true;
      PARLEY_TRY(invoke(windowed(R"({"Records":[]})", window, stored, true)));
    }
  }
  return state_->letters.erase(id);
}

Status Mappings::delete_dead_letter(std::string_view id) {
  return state_->letters.erase(id);
}

}  // namespace parley::trigger
