// ShardReader: one mapping's progress in one shard. It filters what was read, spreads it over the
// lanes by partition key, and keeps the checkpoint: everything up to it is done in every lane.
// Pure: reading, invoking and storing are the caller's (mappings.cc).
//
// places_ has one entry for each record read beyond the checkpoint, in order of the shard; the
// checkpoint moves over those at the front that are done. Lanes get ahead of each other, so the
// stored checkpoint also says how far each of them is: after a restart nothing that was done is
// delivered again.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stream/stream.h"
#include "trigger/filter_pattern.h"
#include "trigger/lane.h"

namespace parley::trigger {

/// What is stored of a shard's progress (docs/formats/mappings.md).
struct Checkpoint {
  stream::SequenceNumber number = 0;  // all up to it are done
  std::vector<stream::SequenceNumber> lanes =
      {};  // the last one done in each, if there are several
  std::vector<std::optional<TumblingWindow>> windows = {};  // of each lane, if there are any
};

/// Bounds on what a reader holds: at least a payload, however the lanes differ.
inline constexpr std::size_t kReaderRecordsMax = 20'000;
inline constexpr std::size_t kReaderSizeBytesMax = 12u << 20;
/// Records beyond the checkpoint whose fate is kept in mind.
inline constexpr std::size_t kReaderPlacesMax = 1'000'000;

/// True if a change from one to the other leaves lanes and windows as they are.
[[nodiscard]] bool have_same_lanes(const MappingSettings& one, const MappingSettings& other);

struct ReaderCounts {
  std::uint64_t batches_done = 0;
  std::uint64_t records_done = 0;
  std::uint64_t records_filtered = 0;
  std::uint64_t batches_failed = 0;
};

/// One thread at a time.
class ShardReader {
 public:
  ShardReader(LaneRules rules, RecordFilter filter, std::string region,
              stream::SequenceNumber start);
  ShardReader(LaneRules rules, RecordFilter filter, std::string region, const Checkpoint& from);

  /// New rules from now on. Nothing may be in flight. A change of the lanes, or of the windows,
  /// begins again at the checkpoint, or where the oldest open window began.
  void change_rules(LaneRules rules, RecordFilter filter);
  /// What to store when the rules are going to be `rules`: change_rules will begin there.
  [[nodiscard]] Checkpoint checkpoint_under(const LaneRules& rules) const;
  /// Begins again after `position`, whatever was done. Nothing may be in flight.
  void move_to(stream::SequenceNumber position);

  // Reading.
  /// Reads go on after this one.
  [[nodiscard]] stream::SequenceNumber position() const { return position_; }
  /// How many records it would take now; 0: none.
  [[nodiscard]] std::size_t room() const;
  void add(const stream::Stream& stream, const stream::RecordPage& page, TimestampMicros now);
  /// The stream has nothing up to `horizon` any more: goes on from there, and gives up `lost`.
  void skip_to(stream::SequenceNumber horizon, GivenUp lost);

  // Invoking.
  struct Start {
    std::size_t lane;
    std::string payload;
  };
  /// The next invocation to start, if any. `reads_all`: the last read found nothing more.
  [[nodiscard]] std::optional<Start> begin(TimestampMicros now, stream::SequenceNumber horizon,
                                           bool reads_all);
  void finish(std::size_t lane, const Result<InvocationOutcome>& outcome, TimestampMicros now);
  [[nodiscard]] TimestampMicros next_look(TimestampMicros now, bool reads_all) const;
  [[nodiscard]] bool is_in_flight() const;

  // Storing.
  [[nodiscard]] Checkpoint checkpoint() const;
  /// Grows when the checkpoint has something new to store.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] std::vector<GivenUp> take_given_up();

  // Looking.
  [[nodiscard]] stream::SequenceNumber checkpoint_number() const { return checkpoint_; }
  [[nodiscard]] const ReaderCounts& counts() const { return counts_; }
  [[nodiscard]] std::size_t records_in_flight() const;
  [[nodiscard]] int attempts() const;
  [[nodiscard]] const std::string& last_error() const { return last_error_; }
  [[nodiscard]] const LaneRules& rules() const { return rules_; }

 private:
  struct Place {
    stream::SequenceNumber number;
    bool done;
  };
  [[nodiscard]] LaneSurroundings surroundings(TimestampMicros now, stream::SequenceNumber horizon,
                                              bool reads_all) const;
  void start_lanes(const Checkpoint& from);
  [[nodiscard]] bool was_done(const stream::Stream& stream, const stream::Record& record) const;
  void take(LaneReport report, std::size_t lane);
  void advance();

  LaneRules rules_;
  RecordFilter filter_;
  std::string region_;
  std::vector<Lane> lanes_;
  std::vector<stream::SequenceNumber> lane_done_;  // the last one done in each
  std::vector<stream::SequenceNumber> before_;     // the same, of lanes that are gone
  std::deque<Place> places_;
  std::uint64_t first_place_ = 0;  // the number of places_.front() among all there ever were
  stream::SequenceNumber position_ = 0;
  stream::SequenceNumber checkpoint_ = 0;
  std::uint64_t version_ = 0;
  std::vector<GivenUp> given_up_;
  ReaderCounts counts_;
  std::string last_error_;
};

}  // namespace parley::trigger
