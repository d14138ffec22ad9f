// StreamWalk: reads all shards of a table's stream, a round at a time, on the caller's thread. The
// follower (stream_follower.h) runs one for ever; whoever wants to read from a place up to now runs
// one until nothing moves.
//
// Order: a shard is read only when its parent has been read to its end, so that the changes of one
// item come in their order. Shards are looked for at the beginning, when one ends, and now and
// then.
//
// Where it stands is a StreamPositions: texts that can be stored and given to a walk on any
// machine. A batch that was handled is behind the position, so each record is handled at least
// once: again after a failure, and again where a position is a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "client/database.h"
#include "client/stream_calls.h"

namespace parley::client {

/// By shard id, where to go on: "123…" after this sequence number; "@1767225600.000123" with the
/// records created in or after this second (the fraction tells two walks that began in it apart);
/// kShardDone, nothing is left of it. A shard that is missing is
/// read from its beginning, but an ancestor of one that is there is done.
using StreamPositions = std::map<std::string, std::string, std::less<>>;
inline constexpr std::string_view kShardDone = ".";
/// A position that is a time lies this much before the moment it was taken, for the difference
/// between the database's clock and ours.
inline constexpr std::chrono::seconds kPositionClockSlack{10};

/// Views are valid during the call.
struct StreamBatch {
  std::string_view shard_id;
  const std::vector<StreamRecord>& records;  // at least one, in their order
  const StreamPositions& positions;          // of all shards, once this batch is handled
};

/// Called by the thread that runs the walk.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// The walk has found the stream and stands at `positions`: everything from there on will be
  /// given. Again after a gap.
  virtual void begins(std::string_view stream_arn, const StreamPositions& positions) = 0;
  /// False: could not be handled; it is given again later, perhaps with further records after
  /// them, and the shard waits meanwhile.
  [[nodiscard]] virtual bool handle(const StreamBatch& batch) = 0;
  /// Records may have been missed (trimmed, or the stream was switched off and on); begins()
  /// follows when it is known where to go on.
  virtual void gap(std::string_view why) = 0;
};

struct StreamWalkOptions {
  std::string table = {};
  std::optional<StreamPositions> from = {};  // none: only what comes after the first round
  std::size_t records_per_batch_max = 1000;  // GetRecords' own limit
  std::chrono::milliseconds describe_interval{30'000};  // for shards that nobody announced
  std::chrono::milliseconds retry_pause_min{100};  // after a failure; doubled up to the next one
  std::chrono::milliseconds retry_pause_max{5'000};
};

/// Not thread-safe.
class StreamWalk {
 public:
  /// All are borrowed.
  StreamWalk(Database& database, const Clock& clock, StreamHandler& handler,
             StreamWalkOptions options);

  struct Round {
    bool moved = false;   // something was handled or has changed: there may be more at once
    bool failed = false;  // something did not succeed and is tried again after `wait`
    /// When something is to be done though no record comes; never if `moved`.
    std::chrono::milliseconds wait{0};
    /// The ids of the shards that had nothing to give. Valid until the next round.
    std::vector<std::string_view> silent = {};
  };
  /// Asks each shard that can be read once. Blocks on the database and on the handler.
  Round advance();

  [[nodiscard]] const StreamPositions& positions() const { return positions_; }
  /// Empty until the stream is found.
  [[nodiscard]] const std::string& stream_arn() const { return arn_; }
  /// Records that came, those that were passed over as well.
  [[nodiscard]] std::uint64_t records_read() const { return records_read_; }
  /// The last failure, for logs; empty if the last round had none.
  [[nodiscard]] const std::string& last_failure() const { return last_failure_; }

 private:
  struct Shard {
    std::string parent = {};
    std::string iterator = {};       // empty: to be had by the position
    std::int64_t skip_before_s = 0;  // records created earlier are passed over
    bool done = false;
    int failures = 0;  // in a row
    TimestampMicros retry_at = 0;
  };
  using Shards = std::map<std::string, Shard, std::less<>>;

  [[nodiscard]] Status find_shards();
  [[nodiscard]] Status begin_stream(std::string arn);
  [[nodiscard]] Status add_shards(const StreamDescription& description, bool at_end);
  void drop_shards(const StreamDescription& description);
  void finish_ancestors();
  void drop_needless_positions();
  [[nodiscard]] Status look_for_next_stream();
  void describe(Round& round);
  void forget_stream(std::string_view why);
  void report_gap(std::string_view why);
  [[nodiscard]] bool can_be_read(const Shard& shard) const;
  [[nodiscard]] bool all_done() const;
  void read(const std::string& id, Shard& shard, Round& round);
  [[nodiscard]] Result<std::string> open(const std::string& id, Shard& shard);
  [[nodiscard]] bool hand_over(const std::string& id, Shard& shard);
  void shard_failed(const std::string& id, Shard& shard, const Error& error);
  [[nodiscard]] std::chrono::milliseconds retry_pause(int failures) const;
  [[nodiscard]] std::chrono::milliseconds time_until(TimestampMicros due) const;

  Database& database_;
  const Clock& clock_;
  StreamHandler& handler_;
  const StreamWalkOptions options_;
  std::optional<StreamPositions> from_;  // until the first stream is found
  bool found_none_ = false;              // there was no stream when we first looked
  std::string arn_;
  Shards shards_;
  StreamPositions positions_;
  StreamPage page_;
  TimestampMicros describe_at_ = 0;  // 0: at once
  int describe_failures_ = 0;        // in a row, or how often there was no stream to read
  std::uint64_t records_read_ = 0;
  std::string last_failure_;
};

}  // namespace parley::client
