#include "client/stream_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace parley::client {
namespace {

constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
constexpr TimestampMicros kMicrosPerMilli = 1'000;

bool is_time(std::string_view position) {
  return position.starts_with('@');
}

std::int64_t seconds_of(std::string_view position) {
  std::int64_t seconds = 0;
  std::from_chars(position.data() + 1, position.data() + position.size(), seconds);
  return seconds;
}

}  // namespace

StreamWalk::StreamWalk(Database& database, const Clock& clock, StreamHandler& handler,
                       StreamWalkOptions options)
    : database_(database),
      clock_(clock),
      handler_(handler),
      options_(std::move(options)),
      from_(options_.from) {}

StreamWalk::Round StreamWalk::advance() {
  Round round;
  last_failure_.clear();
  if (time_until(describe_at_).count() == 0) describe(round);
  for (auto& [id, shard] : shards_) {
    if (!can_be_read(shard) || time_until(shard.retry_at).count() > 0) continue;
    read(id, shard, round);
  }
  if (round.moved) return round;
  round.wait = time_until(describe_at_);
  for (const auto& [id, shard] : shards_) {
    if (shard.failures == 0 || !can_be_read(shard)) continue;
    round.wait = std::min(round.wait, time_until(shard.retry_at));
  }
  return round;
}

/// Looks at the stream's shards, or for the stream.
void StreamWalk::describe(Round& round) {
  const std::string arn_before = arn_;
  const std::size_t shards_before = shards_.size();
  const Status found = find_shards();
  if (!found) last_failure_ = found.error().message;
  round.failed = !found;
  round.moved = arn_ != arn_before || shards_.size() != shards_before;
  const bool idle = !found || arn_.empty() || all_done();
  describe_failures_ = idle ? describe_failures_ + 1 : 0;
  const auto pause = idle ? retry_pause(describe_failures_) : options_.describe_interval;
  describe_at_ = clock_.now() + pause.count() * kMicrosPerMilli;
}

Status StreamWalk::find_shards() {
  if (arn_.empty()) {
    auto arn = PARLEY_TRY(newest_stream(database_, options_.table));
    found_none_ = found_none_ || !arn;
    return arn ? begin_stream(*std::move(arn)) : Status{};
  }
  const auto description = describe_stream(database_, arn_);
  if (!description && is_service_error(description.error(), "ResourceNotFoundException")) {
    forget_stream("The stream is gone");
    return {};
  }
  if (!description) return std::unexpected(description.error());
  drop_shards(*description);
  PARLEY_TRY(add_shards(*description, false));
  finish_ancestors();
  drop_needless_positions();
  return !description->enabled && all_done() ? look_for_next_stream() : Status{};
}

Status StreamWalk::begin_stream(std::string arn) {
  const StreamDescription description = PARLEY_TRY(describe_stream(database_, arn));
  shards_.clear();
  positions_ = from_.value_or(StreamPositions{});
  arn_ = std::move(arn);
  const Status added = add_shards(description, !from_ && !found_none_);
  if (!added) {
    arn_.clear();
    shards_.clear();
    return added;
  }
  finish_ancestors();
  const auto lost = std::ranges::find_if(positions_, [&](const auto& position) {
    return !shards_.contains(position.first) && position.second != kShardDone;
  });
  if (lost != positions_.end()) {
    handler_.gap(fmt::format("The stream has no shard {} any more", lost->first));
  }
  std::erase_if(positions_, [&](const auto& each) { return !shards_.contains(each.first); });
  drop_needless_positions();
  // A stream that comes after this one is read from its beginning.
  from_.reset();
  found_none_ = true;
  handler_.begins(arn_, positions_);
  return {};
}

/// `at_end`: only what comes from now on counts.
Status StreamWalk::add_shards(const StreamDescription& description, bool at_end) {
  for (const StreamShard& described : description.shards) {
    if (shards_.contains(described.id)) continue;
    Shard shard{.parent = described.parent};
    const auto position = positions_.find(described.id);
    shard.done = position != positions_.end() && position->second == kShardDone;
    if (at_end && described.closed) {
      shard.done = true;
      positions_[described.id] = kShardDone;
    } else if (at_end) {
      shard.iterator = PARLEY_TRY(iterator_at_end(database_, arn_, described.id));
      const TimestampMicros now = clock_.now();
      positions_[described.id] =
          fmt::format("@{}.{:06}", now / kMicrosPerSecond - kPositionClockSlack.count(),
                      now % kMicrosPerSecond);
    }
    shards_.emplace(described.id, std::move(shard));
  }
  return {};
}

void StreamWalk::drop_shards(const StreamDescription& description) {
  std::set<std::string_view> described;
  for (const StreamShard& shard : description.shards) described.insert(shard.id);
  bool lost = false;
  for (auto shard = shards_.begin(); shard != shards_.end();) {
    if (described.contains(shard->first)) {
      ++shard;
      continue;
    }
    lost = lost || !shard->second.done;
    if (const auto position = positions_.find(shard->first); position != positions_.end()) {
      positions_.erase(position);
    }
    shard = shards_.erase(shard);
  }
  if (lost) report_gap("A shard went before it was read to its end");
}

void StreamWalk::finish_ancestors() {
  for (const auto& [id, position] : positions_) {
    const auto shard = shards_.find(id);
    if (shard == shards_.end()) continue;
    auto parent = shards_.find(shard->second.parent);
    // A shard that is done had its ancestors finished when it was met.
    while (parent != shards_.end() && !parent->second.done) {
      parent->second.done = true;
      parent = shards_.find(parent->second.parent);
    }
  }
}

/// What is done needs no position where that of a child says as much.
void StreamWalk::drop_needless_positions() {
  for (const auto& [id, shard] : shards_) {
    const auto parent = positions_.find(shard.parent);
    const auto known = shards_.find(shard.parent);
    if (parent == positions_.end() || known == shards_.end() || !known->second.done) continue;
    const bool all_known = std::ranges::all_of(shards_, [&](const auto& each) {
      return each.second.parent != parent->first || positions_.contains(each.first);
    });
    if (all_known) positions_.erase(parent);
  }
}

/// The stream is disabled and read to its end: perhaps there is another one by now.
Status StreamWalk::look_for_next_stream() {
  auto arn = PARLEY_TRY(newest_stream(database_, options_.table));
  if (!arn || *arn == arn_) return {};
  forget_stream("The stream was switched off and on");
  return begin_stream(*std::move(arn));
}

void StreamWalk::forget_stream(std::string_view why) {
  arn_.clear();
  shards_.clear();
  positions_.clear();
  handler_.gap(why);
}

void StreamWalk::report_gap(std::string_view why) {
  handler_.gap(why);
  handler_.begins(arn_, positions_);
}

bool StreamWalk::can_be_read(const Shard& shard) const {
  if (shard.done) return false;
  const auto parent = shards_.find(shard.parent);
  return parent == shards_.end() || parent->second.done;
}

bool StreamWalk::all_done() const {
  return std::ranges::all_of(shards_, [](const auto& each) { return each.second.done; });
}

void StreamWalk::read(const std::string& id, Shard& shard, Round& round) {
  Status outcome;
  if (shard.iterator.empty()) {
    auto iterator = open(id, shard);
    if (iterator) {
      shard.iterator = *std::move(iterator);
    } else {
      outcome = std::unexpected(std::move(iterator).error());
    }
  }
  if (outcome) {
    outcome = read_records(database_, shard.iterator, options_.records_per_batch_max, page_);
  }
  if (outcome) records_read_ += page_.records.size();
  const bool is_silent = outcome && page_.records.empty();  // before some are passed over
  if (outcome && !page_.records.empty() && !hand_over(id, shard)) {
    outcome = fail(ErrorCode::kUnavailable, "The records could not be handled");
  }
  if (!outcome) {
    round.failed = true;
    shard_failed(id, shard, outcome.error());
    return;
  }
  shard.failures = 0;
  shard.retry_at = 0;
  if (is_silent) {
    round.silent.push_back(id);
  } else {
    round.moved = true;
  }
  shard.iterator = page_.next_iterator;
  if (!shard.iterator.empty()) return;
  shard.done = true;
  positions_[id] = kShardDone;
  describe_at_ = 0;  // it may have children
  round.moved = true;
}

Result<std::string> StreamWalk::open(const std::string& id, Shard& shard) {
  const auto position = positions_.find(id);
  shard.skip_before_s = 0;
  if (position == positions_.end()) return iterator_at_start(database_, arn_, id);
  if (is_time(position->second)) {
    shard.skip_before_s = seconds_of(position->second);
    return iterator_at_start(database_, arn_, id);
  }
  return iterator_after(database_, arn_, id, position->second);
}

/// False: the handler could not.
bool StreamWalk::hand_over(const std::string& id, Shard& shard) {
  const std::string last(page_.records.back().sequence_number);
  if (shard.skip_before_s > 0) {
    const auto first = std::ranges::find_if(page_.records, [&](const StreamRecord& record) {
      return record.created_at_s >= shard.skip_before_s;
    });
    page_.records.erase(page_.records.begin(), first);
    if (page_.records.empty()) return true;
  }
  const auto [position, is_new] = positions_.try_emplace(id);
  std::string before = std::exchange(position->second, last);
  if (handler_.handle({.shard_id = id, .records = page_.records, .positions = positions_})) {
    shard.skip_before_s = 0;
    return true;
  }
  if (is_new) {
    positions_.erase(position);
  } else {
    position->second = std::move(before);
  }
  return false;
}

void StreamWalk::shard_failed(const std::string& id, Shard& shard, const Error& error) {
  last_failure_ = fmt::format("{}: {}", id, error.message);
  ++shard.failures;
  const auto position = positions_.find(id);
  const bool opening_after = shard.iterator.empty() && position != positions_.end();
  bool again_at_once = false;
  if (is_service_error(error, "ExpiredIteratorException")) {
    shard.iterator.clear();
    again_at_once = true;
  } else if (is_service_error(error, "TrimmedDataAccessException") ||
             (opening_after && is_service_error(error, "ValidationException"))) {
    shard.iterator.clear();
    if (position != positions_.end()) positions_.erase(position);
    report_gap(fmt::format("Records of {} are gone: {}", id, error.message));
    again_at_once = true;
  } else if (is_service_error(error, "ResourceNotFoundException")) {
    shard.iterator.clear();
    describe_at_ = 0;
  }
  if (again_at_once && shard.failures == 1) return;
  shard.retry_at = clock_.now() + retry_pause(shard.failures).count() * kMicrosPerMilli;
}

std::chrono::milliseconds StreamWalk::retry_pause(int failures) const {
  const std::chrono::milliseconds pause =
      options_.retry_pause_min * (1LL << std::clamp(failures - 1, 0, 20));
  return std::min(pause, options_.retry_pause_max);
}

/// None if it is further away than anything is ever put off: then the clock was set back.
std::chrono::milliseconds StreamWalk::time_until(TimestampMicros due) const {
  const TimestampMicros left = due - clock_.now();
  const auto longest = std::max(options_.describe_interval, options_.retry_pause_max);
  if (left <= 0 || left > longest.count() * kMicrosPerMilli) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds((left + kMicrosPerMilli - 1) / kMicrosPerMilli);
}

}  // namespace parley::client
