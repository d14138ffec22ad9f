// The thread that drives all mappings: reads what has come, starts invocations, takes their ends,
// stores checkpoints. It sleeps until something comes, or until a pause or a window is over.
#include <algorithm>
#include <utility>

#include "trigger/functions.h"
#include "trigger/mapping_settings.h"
#include "trigger/mappings_state.h"
#include "trigger/on_failure_record.h"

namespace parley::trigger {
namespace {

/// With a pause or window open: how long the wall clock is not looked at, at most (a laptop that
/// slept is noticed after this).
constexpr std::chrono::seconds kLookEvery{1};
/// With nothing to wait for.
constexpr std::chrono::hours kIdleWait{1};
constexpr TimestampMicros kStorePauseMicros = 1'000'000;
constexpr std::size_t kReadRecordsMax = 1000;
/// The trim horizon of a stream that has been removed.
constexpr stream::SequenceNumber kStreamGone = UINT64_MAX;

}  // namespace

void Mappings::State::run() {
  std::chrono::microseconds wait{0};
  while (true) {
    auto messages = inbox->take(wait);
    std::vector<Start> starts;
    {
      const std::scoped_lock lock(mutex);
      if (quits) return;
      deliver(std::move(messages));
      round(starts);
      const auto next = next_round();
      const auto now = clock.now();
      wait = next == kNever
                 ? std::chrono::microseconds(kIdleWait)
                 : std::clamp(std::chrono::microseconds(next > now ? next - now : 0),
                              std::chrono::microseconds(0), std::chrono::microseconds(kLookEvery));
    }
    round_ended.notify_all();
    for (auto& start : starts) {
      invoker.invoke(std::move(start.invocation),
                     [inbox_ = inbox, reader = start.reader,
                      lane = start.lane](Result<InvocationOutcome> outcome) {
                       inbox_->put(InvocationEnded{reader, lane, std::move(outcome)});
                     });
    }
  }
}

void Mappings::State::deliver(Messages messages) {
  ActiveMapping* active = nullptr;
  for (auto& message : messages.ended) {
    Reader* const reader = find_reader(message.reader, &active);
    if (reader == nullptr) continue;
    reader->machine.finish(message.lane, message.outcome, clock.now());
    set_result(*active,
               reader->machine.last_error().empty() ? "OK" : "PROBLEM: Function call failed");
    take_letters(*active, *reader);
  }
  for (auto& message : messages.stored) {
    Reader* const reader = find_reader(message.reader, &active);
    if (reader == nullptr) continue;
    reader->is_storing = false;
    reader->store_failed = !message.status;
    if (message.status) {
      const bool had_letters = !reader->letters_storing.empty();
      reader->letters_storing.clear();
      if (had_letters && poster) poster->wake();
      continue;
    }
    reader->letters_storing.append(reader->letters);
    reader->letters = std::exchange(reader->letters_storing, {});
    reader->stored_version = 0;
    reader->pause = Pause{clock.now(), kStorePauseMicros};
    active->is_result_stored = false;
    set_result(*active, "PROBLEM: " + message.status.error().message);
  }
  if (!messages.records_came) return;
  for (auto& [uuid, one] : mappings) {
    for (auto& reader : one->readers) reader->may_have_more = true;
  }
}

/// Does all there is to do now.
void Mappings::State::round(std::vector<Start>& starts) {
  for (auto& [uuid, active] : mappings) {
    if (!active->is_ready) continue;
    const auto stream = source->find(active->mapping.stream_arn);
    active->has_stream = stream.has_value();
    if (!stream) {
      set_result(*active, "PROBLEM: Stream not found: " + active->mapping.stream_arn);
    }
    for (auto& reader : active->readers) {
      if (reader->pause && reader->pause->is_over(clock.now())) reader->pause.reset();
      if (reader->is_changing() && reader->updates_begun == 0 && !reader->machine.is_in_flight()) {
        apply_change(*reader);
      }
      if (stream && !starts_nothing) work(*active, **stream, *reader, starts);
      store_progress(*active, *reader);
    }
  }
}

void Mappings::State::work(ActiveMapping& active, const stream::Stream& stream, Reader& reader,
                           std::vector<Start>& starts) {
  const auto now = clock.now();
  if (reader.is_changing() || !active.mapping.settings.enabled || reader.store_failed) return;
  if (reader.pause) return;
  const auto horizon = source->trim_horizon(stream, reader.shard);
  if (horizon == kStreamGone) return;
  while (true) {
    while (reader.may_have_more && !reader.pause && reader.machine.room() > 0) {
      read(active, stream, reader);
    }
    auto start = reader.machine.begin(now, horizon, !reader.may_have_more);
    take_letters(active, reader);
    if (!start) return;
    starts.push_back(
        {{active.number, reader.shard},
         start->lane,
         {.function_name = active.mapping.function_name, .payload = std::move(start->payload)}});
  }
}

void Mappings::State::read(ActiveMapping& active, const stream::Stream& stream, Reader& reader) {
  const auto horizon = source->trim_horizon(stream, reader.shard);
  if (horizon == kStreamGone) {
    reader.may_have_more = false;
    return;
  }
  if (horizon > reader.machine.position()) lose_trimmed(active, reader, horizon);
  const auto records_max = std::min(reader.machine.room(), kReadRecordsMax);
  const auto page =
      source->read(stream, reader.shard, reader.machine.position(), {.records_max = records_max});
  if (!page) {
    if (page.error().code == ErrorCode::kTrimmedDataAccess) return;  // the horizon moved: again
    reader.pause = Pause{clock.now(), kStorePauseMicros};
    set_result(active, "PROBLEM: " + page.error().message);
    return;
  }
  if (page->records.empty()) reader.may_have_more = false;
  reader.machine.add(stream, *page, clock.now());
}

/// The stream let go of records that were not read yet: a letter tells so, with no records in it.
void Mappings::State::lose_trimmed(ActiveMapping& active, Reader& reader,
                                   stream::SequenceNumber horizon) {
  GivenUp lost;
  lost.condition = GivenUp::Condition::kRecordAgeExceeded;
  lost.first_number = reader.machine.position() + 1;
  lost.last_number = horizon;
  lost.first_arrival = lost.last_arrival = clock.now();
  reader.machine.skip_to(horizon, std::move(lost));
  take_letters(active, reader);
  set_result(active, "PROBLEM: Records expired in the stream before they were read");
}

void Mappings::State::take_letters(ActiveMapping& active, Reader& reader) {
  for (auto& given_up : reader.machine.take_given_up()) {
    const auto& mapping = active.mapping;
    const auto arn = function_arn(realm, mapping.function_name);
    const auto request_id = make_uuid(random);
    StoredLetter stored;
    stored.letter.mapping_uuid = mapping.uuid;
    stored.letter.condition = wire_name(given_up.condition);
    stored.letter.body = on_failure_record(given_up, {.function_arn = arn,
                                                      .shard_id = reader.shard_id,
                                                      .stream_arn = mapping.stream_arn,
                                                      .request_id = request_id,
                                                      .now = clock.now()});
    stored.function_name = mapping.function_name;
    stored.stream_arn = mapping.stream_arn;
    stored.shard_id = reader.shard_id;
    stored.numbers = std::move(given_up.numbers);
    stored.payload = std::move(given_up.payload);
    const auto& destination = mapping.settings.on_failure_destination;
    if (poster && is_url(destination)) stored.post_url = destination;
    letters.add(std::move(stored), clock.now(), reader.letters);
  }
}

void Mappings::State::apply_change(Reader& reader) {
  if (auto rules = std::exchange(reader.next_rules, std::nullopt)) {
    auto filter = make_filter(rules->settings);
    if (filter) reader.machine.change_rules(*std::move(rules), *std::move(filter));
  }
  if (const auto position = std::exchange(reader.next_position, std::nullopt)) {
    reader.machine.move_to(*position);
  }
  reader.may_have_more = true;
}

/// Submits what is new since the last time, unless that is still under way: a checkpoint stands for
/// all before it.
void Mappings::State::store_progress(ActiveMapping& active, Reader& reader) {
  if (reader.is_storing || reader.pause) return;
  const bool has_checkpoint =
      reader.may_store() && reader.machine.version() != reader.stored_version;
  if (!has_checkpoint && reader.letters.empty()) return;
  storage::WriteBatch batch = reader.letters;
  reader.letters_storing = std::exchange(reader.letters, {});
  if (has_checkpoint) {
    const auto checkpoint = reader.machine.checkpoint();
    const auto& uuid = active.mapping.uuid;
    if (reader.stored_windows > 0 && checkpoint.windows.size() != reader.stored_windows) {
      erase_windows(batch, uuid, reader.shard_id);
    }
    put_checkpoint(batch, uuid, reader.shard_id, checkpoint);
    reader.stored_windows = checkpoint.windows.size();
    reader.stored_version = reader.machine.version();
  }
  if (!std::exchange(active.is_result_stored, true)) put_mapping(batch, active.mapping);
  reader.is_storing = true;
  const auto ticket = commits.submit(std::move(batch));
  commits.when_committed(
      ticket, [inbox_ = inbox, address = ReaderAddress{active.number, reader.shard}](
                  const Status& status) { inbox_->put(CheckpointStored{address, status}); });
}

void Mappings::State::set_result(ActiveMapping& active, std::string text) {
  if (active.mapping.last_processing_result == text) return;
  active.mapping.last_processing_result = std::move(text);
  active.is_result_stored = false;
}

TimestampMicros Mappings::State::next_round() const {
  TimestampMicros when = kNever;
  const auto now = clock.now();
  for (const auto& [uuid, active] : mappings) {
    if (!active->is_ready || starts_nothing) continue;
    for (const auto& reader : active->readers) {
      if (reader->pause) {
        when = std::min(when, reader->pause->end());
        continue;
      }
      if (!active->mapping.settings.enabled || !active->has_stream || reader->is_changing() ||
          reader->store_failed) {
        continue;
      }
      when = std::min(when, reader->machine.next_look(now, !reader->may_have_more));
    }
  }
  return when;
}

bool Mappings::State::is_quiet() const {
  return std::ranges::all_of(mappings, [](const auto& entry) {
    return std::ranges::all_of(entry.second->readers, [](const auto& reader) {
      return !reader->machine.is_in_flight() && !reader->is_storing && reader->letters.empty() &&
             (!reader->may_store() || reader->stored_version == reader->machine.version());
    });
  });
}

Reader* Mappings::State::find_reader(const ReaderAddress& address, ActiveMapping** active) {
  for (auto& [uuid, one] : mappings) {
    if (one->number != address.mapping) continue;
    *active = one.get();
    return address.shard < one->readers.size() ? one->readers[address.shard].get() : nullptr;
  }
  return nullptr;
}

}  // namespace parley::trigger
