#include "trigger/shard_reader.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/checksum.h"
#include "stream/record_json.h"

namespace parley::trigger {
namespace {

/// Which of `lanes` an item's records go through. Not the hash that chose the shard: that one has
/// little left to say about the items of one shard.
std::size_t lane_of(const stream::Stream& stream, const stream::Record& record, std::size_t lanes) {
  if (lanes == 1) return 0;
  std::string key = "lane";
  for (const auto& attribute : stream.key.hash) {
    if (const auto value = record.keys.view().find(attribute.name)) key.append(value->bytes());
  }
  return static_cast<std::size_t>(hash64(key) % lanes);
}

std::size_t lane_count(const LaneRules& rules) {
  return static_cast<std::size_t>(rules.settings.parallelization_factor);
}

}  // namespace

bool have_same_lanes(const MappingSettings& one, const MappingSettings& other) {
  return one.tumbling_window_s == other.tumbling_window_s &&
         one.parallelization_factor == other.parallelization_factor;
}

ShardReader::ShardReader(LaneRules rules, RecordFilter filter, std::string region,
                         stream::SequenceNumber start)
    : ShardReader(std::move(rules), std::move(filter), std::move(region),
                  Checkpoint{.number = start}) {}

ShardReader::ShardReader(LaneRules rules, RecordFilter filter, std::string region,
                         const Checkpoint& from)
    : rules_(std::move(rules)), filter_(std::move(filter)), region_(std::move(region)) {
  start_lanes(from);
}

/// Empty lanes at `from`; windows are kept where the lanes are the same.
void ShardReader::start_lanes(const Checkpoint& from) {
  const std::size_t count = lane_count(rules_);
  lanes_ = std::vector<Lane>(count);
  lane_done_.assign(count, from.number);
  before_ = from.lanes;
  if (from.lanes.size() == count) lane_done_ = from.lanes;
  places_.clear();
  position_ = checkpoint_ = from.number;
  if (rules_.settings.tumbling_window_s > 0 && from.windows.size() == count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (from.windows[i]) lanes_[i].restore(*from.windows[i]);
    }
  }
}

Checkpoint ShardReader::checkpoint_under(const LaneRules& rules) const {
  Checkpoint from = checkpoint();
  if (have_same_lanes(rules_.settings, rules.settings)) return from;
  for (const auto& window : from.windows) {
    if (!window) continue;
    from.number = std::min(from.number, window->first_number - 1);
    from.lanes.clear();  // what went into the window is to be delivered again
  }
  from.windows.clear();
  return from;
}

void ShardReader::change_rules(LaneRules rules, RecordFilter filter) {
  PARLEY_ASSERT(!is_in_flight());
  const Checkpoint from = checkpoint_under(rules);
  const bool same_lanes = have_same_lanes(rules_.settings, rules.settings);
  rules_ = std::move(rules);
  filter_ = std::move(filter);
  if (!same_lanes) start_lanes(from);
  for (auto& lane : lanes_) {
    lane.shrink_batches(static_cast<std::size_t>(rules_.settings.batch_size));
  }
  ++version_;
}

void ShardReader::move_to(stream::SequenceNumber position) {
  PARLEY_ASSERT(!is_in_flight());
  start_lanes({.number = position});
  ++version_;
}

std::size_t ShardReader::room() const {
  std::size_t bytes = 0;
  std::size_t records = 0;
  for (const auto& lane : lanes_) {
    bytes += lane.bytes_queued();
    records += lane.records_queued();
  }
  if (bytes >= kReaderSizeBytesMax || records >= kReaderRecordsMax) return 0;
  if (places_.size() >= kReaderPlacesMax) return 0;
  // As much as the lanes can use at once, and enough for a read to be worth it.
  constexpr std::size_t kReadAheadMin = 1000;
  const std::size_t wanted =
      std::max(kReadAheadMin, static_cast<std::size_t>(rules_.settings.batch_size) * lanes_.size());
  const std::size_t limit = std::min(wanted + 1, kReaderRecordsMax);
  return limit > records ? limit - records : 0;
}

void ShardReader::add(const stream::Stream& stream, const stream::RecordPage& page,
                      TimestampMicros now) {
  for (const auto& record : page.records) {
    QueuedRecord queued;
    queued.number = record.number;
    queued.created_at = record.created_at;
    queued.queued_at = now;
    queued.place = first_place_ + places_.size();
    bool is_done = was_done(stream, record);
    if (!is_done) {
      stream::append_record_json(queued.json, stream, record, region_,
                                 stream::RecordAudience::kFunction);
      is_done = !filter_.passes(queued.json);
      if (is_done) ++counts_.records_filtered;
    }
    if (is_done && !places_.empty() && places_.back().done) {
      places_.back().number = record.number;
      continue;
    }
    places_.push_back({record.number, is_done});
    if (!is_done) lanes_[lane_of(stream, record, lanes_.size())].push(std::move(queued));
  }
  position_ = std::max(position_, page.last);
  advance();
}

void ShardReader::skip_to(stream::SequenceNumber horizon, GivenUp lost) {
  if (horizon <= position_) return;
  given_up_.push_back(std::move(lost));
  places_.push_back({horizon, true});
  position_ = horizon;
  advance();
}

std::optional<ShardReader::Start> ShardReader::begin(TimestampMicros now,
                                                     stream::SequenceNumber horizon,
                                                     bool reads_all) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    LaneReport report;
    auto payload = lanes_[i].begin(rules_, surroundings(now, horizon, reads_all), report);
    take(std::move(report), i);
    if (payload) return Start{i, std::move(*payload)};
  }
  return std::nullopt;
}

void ShardReader::finish(std::size_t lane, const Result<InvocationOutcome>& outcome,
                         TimestampMicros now) {
  LaneReport report;
  last_error_ = lanes_[lane].finish(rules_, outcome, now, report);
  if (!last_error_.empty()) ++counts_.batches_failed;
  take(std::move(report), lane);
}

TimestampMicros ShardReader::next_look(TimestampMicros now, bool reads_all) const {
  TimestampMicros when = kNever;
  for (const auto& lane : lanes_) {
    when = std::min(when, lane.next_look(rules_, surroundings(now, 0, reads_all)));
  }
  return when;
}

bool ShardReader::is_in_flight() const {
  return std::ranges::any_of(lanes_, &Lane::is_in_flight);
}

Checkpoint ShardReader::checkpoint() const {
  Checkpoint result;
  result.number = checkpoint_;
  if (lanes_.size() > 1) result.lanes = lane_done_;
  const bool still_before =
      std::ranges::any_of(before_, [&](auto number) { return number > checkpoint_; });
  if (still_before && before_.size() != lanes_.size()) result.lanes = before_;
  const auto is_used = [](const Lane& lane) { return lane.window() && lane.window()->records > 0; };
  if (std::ranges::any_of(lanes_, is_used)) {
    for (const auto& lane : lanes_) {
      result.windows.push_back(is_used(lane) ? lane.window() : std::nullopt);
    }
  }
  return result;
}

std::vector<GivenUp> ShardReader::take_given_up() {
  return std::exchange(given_up_, {});
}

std::size_t ShardReader::records_in_flight() const {
  std::size_t records = 0;
  for (const auto& lane : lanes_) records += lane.records_in_flight();
  return records;
}

int ShardReader::attempts() const {
  int attempts = 0;
  for (const auto& lane : lanes_) attempts = std::max(attempts, lane.attempts());
  return attempts;
}

LaneSurroundings ShardReader::surroundings(TimestampMicros now, stream::SequenceNumber horizon,
                                           bool reads_all) const {
  return {.now = now, .horizon = horizon, .reads_all = reads_all, .no_room = room() == 0};
}

/// True for a record beyond the checkpoint that was done before the lanes were started.
bool ShardReader::was_done(const stream::Stream& stream, const stream::Record& record) const {
  if (before_.empty()) return false;
  return record.number <= before_[lane_of(stream, record, before_.size())];
}

void ShardReader::take(LaneReport report, std::size_t lane) {
  for (const auto place : report.done_places) {
    Place& done = places_[place - first_place_];
    done.done = true;
    lane_done_[lane] = std::max(lane_done_[lane], done.number);
  }
  counts_.records_done += report.records_done;
  if (report.batch_done) ++counts_.batches_done;
  if (!report.done_places.empty() || report.window_changed) ++version_;
  for (auto& one : report.given_up) given_up_.push_back(std::move(one));
  advance();
}

void ShardReader::advance() {
  const auto before = checkpoint_;
  while (!places_.empty() && places_.front().done) {
    checkpoint_ = places_.front().number;
    places_.pop_front();
    ++first_place_;
  }
  if (places_.empty()) checkpoint_ = std::max(checkpoint_, position_);
  if (checkpoint_ != before) ++version_;
}

}  // namespace parley::trigger
