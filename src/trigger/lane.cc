#include "trigger/lane.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "trigger/invoker.h"

namespace parley::trigger {
namespace {

TimestampMicros seconds(int count) {
  return TimestampMicros{count} * 1'000'000;
}

bool has_exhausted(const MappingSettings& settings, int attempts) {
  return settings.retry_attempts_max >= 0 && attempts > settings.retry_attempts_max;
}

bool is_aged(const MappingSettings& settings, TimestampMicros arrival, TimestampMicros now) {
  return settings.record_age_max_s >= 0 && now - arrival > seconds(settings.record_age_max_s);
}

}  // namespace

std::optional<std::string> Lane::begin(const LaneRules& rules, const LaneSurroundings& surroundings,
                                       LaneReport& report) {
  if (in_flight_) return std::nullopt;
  discard_aged(rules, surroundings, report);
  if (pause_ && !pause_->is_over(surroundings.now)) return std::nullopt;
  while (true) {
    if (pieces_.empty() && window_ && window_->records == 0) window_.reset();
    if (pieces_.empty() && is_final_due(rules, surroundings)) {
      in_flight_ = final_in_flight_ = true;
      ++final_invocations_;
      return final_payload(rules);
    }
    if (pieces_.empty() && !cut_batch(rules, surroundings)) return std::nullopt;
    std::string payload = batch_payload(rules);
    if (payload.size() <= kPayloadSizeBytesMax) {
      in_flight_ = true;
      ++pieces_.back().invocations;
      return payload;
    }
    // One record that no invocation can carry.
    give_up(pieces_.back().records, GivenUp::Condition::kRetryAttemptsExhausted, report);
  }
}

std::string Lane::finish(const LaneRules& rules, const Result<InvocationOutcome>& outcome,
                         TimestampMicros now, LaneReport& report) {
  PARLEY_ASSERT(in_flight_);
  const MappingSettings& settings = rules.settings;
  in_flight_ = false;
  free_since_ = now;
  pause_.reset();
  const bool was_final = std::exchange(final_in_flight_, false);
  const auto numbers =
      was_final ? std::vector<stream::SequenceNumber>() : numbers_of(pieces_.back().records);
  Attempt attempt = read_attempt(
      outcome, {settings.report_batch_item_failures, settings.tumbling_window_s > 0}, numbers);
  if (attempt.result == Attempt::Result::kNotRun) {
    if (was_final) {
      --final_invocations_;
    } else {
      --pieces_.back().invocations;
    }
    wait_after_not_run(rules, now);
    return attempt.error;
  }
  not_run_ = 0;
  std::string error = attempt.error;
  if (was_final) {
    finish_final(rules, std::move(attempt), now, report);
  } else {
    finish_batch(rules, std::move(attempt), now, report);
  }
  return error;
}

TimestampMicros Lane::next_look(const LaneRules& rules,
                                const LaneSurroundings& surroundings) const {
  if (in_flight_) return kNever;
  if (pause_ && !pause_->is_over(surroundings.now)) return pause_->end();
  if (!pieces_.empty()) return surroundings.now;
  TimestampMicros when = kNever;
  if (!queue_.empty()) {
    when =
        std::max(queue_.front().queued_at, free_since_) + seconds(rules.settings.batching_window_s);
  } else if (window_ && rules.settings.tumbling_window_s > 0) {
    when = window_->end + kWindowGraceMicros;
  }
  return when;
}

void Lane::shrink_batches(std::size_t records_max) {
  PARLEY_ASSERT(!in_flight_);
  std::vector<Piece> shrunk;
  for (const Piece& piece : pieces_) {
    Piece rest = piece;
    const std::size_t last = piece.records % records_max;
    rest.records = last == 0 ? records_max : last;
    for (std::size_t left = piece.records; left > 0; left -= rest.records) {
      if (left < piece.records) rest.records = records_max;
      shrunk.push_back(rest);
    }
  }
  pieces_ = std::move(shrunk);
}

std::size_t Lane::records_in_flight() const {
  return in_flight_ && !final_in_flight_ ? pieces_.back().records : 0;
}

int Lane::attempts() const {
  if (!pieces_.empty()) return pieces_.back().attempts;
  return final_attempts_;
}

/// Makes a batch of the front of the queue if one is full, or has waited long enough.
bool Lane::cut_batch(const LaneRules& rules, const LaneSurroundings& surroundings) {
  if (queue_.empty()) return false;
  const MappingSettings& settings = rules.settings;
  const auto records_max = static_cast<std::size_t>(settings.batch_size);
  std::size_t bytes = kPayloadFrameSizeBytes;
  if (settings.tumbling_window_s > 0) {
    if (!window_) window_ = window_at(queue_.front().created_at, settings.tumbling_window_s);
    bytes += window_->state.size();
  }
  std::size_t records = 0;
  bool is_full = surroundings.no_room;
  for (const auto& record : queue_) {
    const bool is_next_window = settings.tumbling_window_s > 0 && record.created_at >= window_->end;
    bytes += record.json.size() + 1;
    if (records == records_max || is_next_window || (records > 0 && bytes > kPayloadSizeBytesMax)) {
      is_full = true;
      break;
    }
    ++records;
  }
  is_full = is_full || records == records_max;
  const Pause window{std::max(queue_.front().queued_at, free_since_),
                     seconds(settings.batching_window_s)};
  if (!is_full && !window.is_over(surroundings.now)) return false;
  PARLEY_ASSERT(records > 0);
  pieces_.push_back({.records = records});
  return true;
}

bool Lane::is_final_due(const LaneRules& rules, const LaneSurroundings& surroundings) const {
  if (rules.settings.tumbling_window_s == 0 || !window_) return false;
  if (window_->ends_early) return true;
  if (!queue_.empty()) return queue_.front().created_at >= window_->end;
  return surroundings.reads_all && surroundings.now >= window_->end + kWindowGraceMicros;
}

std::string Lane::batch_payload(const LaneRules& rules) const {
  std::size_t bytes = kPayloadFrameSizeBytes + (window_ ? window_->state.size() : 0);
  const std::size_t records = pieces_.back().records;
  for (std::size_t i = 0; i < records; ++i) bytes += queue_[i].json.size() + 1;
  std::string payload;
  payload.reserve(bytes);
  payload.append("{\"Records\":[");
  for (std::size_t i = 0; i < records; ++i) {
    if (i > 0) payload.push_back(',');
    payload.append(queue_[i].json);
  }
  payload.push_back(']');
  if (rules.settings.tumbling_window_s > 0) {
    append_window_members(payload, *window_, rules.shard_id, rules.stream_arn, false);
  }
  payload.push_back('}');
  return payload;
}

std::string Lane::final_payload(const LaneRules& rules) const {
  std::string payload = "{\"Records\":[]";
  append_window_members(payload, *window_, rules.shard_id, rules.stream_arn, true);
  payload.push_back('}');
  return payload;
}

/// Gives up the records at the front that are too old: by MaximumRecordAgeInSeconds; or expired in
/// the stream, once the function has had a chance. In runs of at most a batch.
void Lane::discard_aged(const LaneRules& rules, const LaneSurroundings& surroundings,
                        LaneReport& report) {
  const MappingSettings& settings = rules.settings;
  while (!queue_.empty()) {
    const bool is_tried = !pieces_.empty() && pieces_.back().invocations > 0;
    const std::size_t limit =
        pieces_.empty() ? static_cast<std::size_t>(settings.batch_size) : pieces_.back().records;
    std::size_t aged = 0;
    while (aged < std::min(limit, queue_.size()) &&
           (is_aged(settings, queue_[aged].created_at, surroundings.now) ||
            (is_tried && queue_[aged].number <= surroundings.horizon))) {
      ++aged;
    }
    if (aged == 0) break;
    give_up(aged, GivenUp::Condition::kRecordAgeExceeded, report);
  }
  if (pieces_.empty() && window_ && final_attempts_ > 0 &&
      is_aged(settings, window_->last_arrival, surroundings.now)) {
    give_up_final(rules, report);
    report.given_up.back().condition = GivenUp::Condition::kRecordAgeExceeded;
  }
}

void Lane::finish_batch(const LaneRules& rules, Attempt attempt, TimestampMicros now,
                        LaneReport& report) {
  Piece& piece = pieces_.back();
  switch (attempt.result) {
    case Attempt::Result::kSucceeded: {
      const std::size_t records = piece.records;
      advance_window(attempt, records, report);
      pieces_.pop_back();
      last_attempt_.reset();
      report.records_done += records;
      report.batch_done = true;
      pop(records, report);
      break;
    }
    case Attempt::Result::kPartly: {
      std::size_t records = 0;
      while (queue_[records].number < attempt.first_failed) ++records;
      advance_window(attempt, records, report);
      piece = {.records = piece.records - records};
      report.records_done += records;
      pop(records, report);
      last_attempt_ = std::move(attempt);
      break;  // at once: something was done
    }
    case Attempt::Result::kFailed:
      last_attempt_ = std::move(attempt);
      batch_failed(rules, now, report);
      break;
    case Attempt::Result::kNotRun:
      break;
  }
}

void Lane::batch_failed(const LaneRules& rules, TimestampMicros now, LaneReport& report) {
  Piece& piece = pieces_.back();
  if (rules.settings.bisect_on_error && piece.records > 1) {  // costs no attempt
    Piece first = piece;
    first.records = piece.records / 2;
    piece.records -= first.records;
    pieces_.push_back(first);
    return;
  }
  ++piece.attempts;
  if (has_exhausted(rules.settings, piece.attempts)) {
    return give_up(piece.records, GivenUp::Condition::kRetryAttemptsExhausted, report);
  }
  pause_ =
      Pause{now, doubling_pause(piece.attempts, rules.retry_pause_first, rules.retry_pause_last)};
}

void Lane::finish_final(const LaneRules& rules, Attempt attempt, TimestampMicros now,
                        LaneReport& report) {
  last_attempt_ = std::move(attempt);
  if (last_attempt_->result == Attempt::Result::kFailed) {
    ++final_attempts_;
    if (has_exhausted(rules.settings, final_attempts_)) return give_up_final(rules, report);
    pause_ = Pause{
        now, doubling_pause(final_attempts_, rules.retry_pause_first, rules.retry_pause_last)};
    return;
  }
  window_.reset();  // one that ended early begins again with its next record
  last_attempt_.reset();
  final_attempts_ = final_invocations_ = 0;
  report.batch_done = true;
  report.window_changed = true;
}

void Lane::wait_after_not_run(const LaneRules& rules, TimestampMicros now) {
  ++not_run_;
  pause_ = Pause{now, doubling_pause(not_run_, rules.retry_pause_first, rules.retry_pause_last)};
}

/// The first `records` of the queue have gone into the state that `attempt` brought.
void Lane::advance_window(Attempt& attempt, std::size_t records, LaneReport& report) {
  if (!window_ || attempt.state.empty()) return;
  window_->state = std::move(attempt.state);
  window_->ends_early = window_->state.size() > kWindowStateSizeBytesMax;
  if (records > 0) {
    if (window_->records == 0) {
      window_->first_number = queue_.front().number;
      window_->first_arrival = queue_.front().created_at;
    }
    window_->records += records;
    window_->last_number = queue_[records - 1].number;
    window_->last_arrival = queue_[records - 1].created_at;
  }
  report.window_changed = true;
}

/// Gives up the first `records` of the front piece, or of the queue where there is no piece.
void Lane::give_up(std::size_t records, GivenUp::Condition condition, LaneReport& report) {
  GivenUp given_up;
  given_up.condition = condition;
  given_up.numbers = numbers_of(records);
  given_up.first_number = given_up.numbers.front();
  given_up.last_number = given_up.numbers.back();
  given_up.first_arrival = queue_.front().created_at;
  given_up.last_arrival = queue_[records - 1].created_at;
  if (!pieces_.empty()) {
    Piece& piece = pieces_.back();
    given_up.invocations = piece.invocations;
    if (piece.invocations > 0) given_up.last_attempt = last_attempt_;
    piece.records -= records;
    if (piece.records == 0) {
      pieces_.pop_back();
      pause_.reset();
      if (pieces_.empty()) last_attempt_.reset();
    }
  }
  report.given_up.push_back(std::move(given_up));
  pop(records, report);
}

/// Gives up a window's final invocation; its state is lost but for the dead letter.
void Lane::give_up_final(const LaneRules& rules, LaneReport& report) {
  GivenUp given_up;
  given_up.invocations = final_invocations_;
  given_up.first_number = window_->first_number;
  given_up.last_number = window_->last_number;
  given_up.first_arrival = window_->first_arrival;
  given_up.last_arrival = window_->last_arrival;
  given_up.last_attempt = std::exchange(last_attempt_, std::nullopt);
  given_up.payload = final_payload(rules);
  window_.reset();  // one that ended early begins again with its next record
  final_attempts_ = final_invocations_ = 0;
  pause_.reset();
  report.window_changed = true;
  report.given_up.push_back(std::move(given_up));
}

void Lane::pop(std::size_t records, LaneReport& report) {
  for (std::size_t i = 0; i < records; ++i) {
    report.done_places.push_back(queue_.front().place);
    queued_bytes_ -= queue_.front().json.size();
    queue_.pop_front();
  }
}

std::vector<stream::SequenceNumber> Lane::numbers_of(std::size_t records) const {
  std::vector<stream::SequenceNumber> numbers;
  numbers.reserve(records);
  for (std::size_t i = 0; i < records; ++i) numbers.push_back(queue_[i].number);
  return numbers;
}

}  // namespace parley::trigger
