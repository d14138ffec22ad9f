// Mappings: event source mappings, which read a table's stream and invoke a function with batches
// of its records, at least once, in order. AWS's semantics
// (lambda/latest/dg/services-dynamodb-eventsourcemapping.html) with one difference: a new record
// wakes its reader at once instead of waiting for a poll.
//
// One reader a shard and mapping. Its checkpoint (the last record that is done with) is stored
// durably after each batch. With a ParallelizationFactor of n a shard's records are split by
// partition key over n lanes, in order within each; the checkpoint is what all lanes are past.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"
#include "stream/stream.h"
#include "trigger/invoker.h"

namespace parley::trigger {

enum class StartingPosition : std::uint8_t { kTrimHorizon, kLatest };

struct MappingSettings {
  bool enabled = true;
  int batch_size = 100;                           // 1 to 10,000
  int batching_window_s = 0;                      // 0 to 300
  std::vector<std::string> filter_patterns = {};  // JSON text, each at most 4096 characters
  bool bisect_on_error = false;
  int retry_attempts_max = -1;     // -1 to 10,000; -1: until the record expires
  int record_age_max_s = -1;       // -1, or 60 to 604,800
  int parallelization_factor = 1;  // 1 to 10
  int tumbling_window_s = 0;       // 0 (off) to 900
  bool report_batch_item_failures = false;
  std::string on_failure_destination = {};  // an ARN, or an http(s) URL; empty: none
};

/// As GetEventSourceMapping shows it.
struct Mapping {
  std::string uuid;
  std::string stream_arn;
  std::string function_name;
  StartingPosition starting_position = StartingPosition::kTrimHorizon;
  MappingSettings settings;
  std::string state;  // Creating, Enabling, Enabled, Disabling, Disabled, Updating, Deleting
  TimestampMicros last_modified = 0;
  std::string last_processing_result = "No records processed";
  std::string state_transition_reason = "User action";
};

struct MappingUpdate {
  std::string uuid;
  std::optional<std::string> function_name = {};
  /// Makes of the settings as they are what they are to be; members it leaves alone keep their
  /// values, those of an update at the same time too. Called once at most, with a lock held: it
  /// must not call Mappings. Its error is the update's. Empty: they stay.
  std::function<Status(MappingSettings&)> change_settings = {};
};

/// What `parley trigger status` shows of one shard.
struct ShardProgress {
  std::string shard_id;
  stream::SequenceNumber checkpoint = 0;  // everything up to it is done
  stream::SequenceNumber newest = 0;      // committed in the shard
  std::uint64_t records_behind = 0;       // at most kRecordsBehindCountedMax are counted
  TimestampMicros oldest_waiting_at = 0;  // 0: nothing waits
  std::size_t records_in_flight = 0;
  int attempts = 0;  // of the batch in flight, failed so far
  std::string last_error = {};
};
inline constexpr std::uint64_t kRecordsBehindCountedMax = 100'000;

struct MappingStatus {
  Mapping mapping;
  std::vector<ShardProgress> shards;
  std::uint64_t batches_done = 0;  // since the server started
  std::uint64_t records_done = 0;
  std::uint64_t records_filtered = 0;
  std::uint64_t batches_failed = 0;
  std::uint64_t dead_letters = 0;          // kept now
  std::uint64_t dead_letters_dropped = 0;  // ever, for want of room
};

/// A batch that was given up. `body` is AWS's on-failure record (version "1.0", …).
struct DeadLetter {
  std::string id;  // ascending with time
  std::string mapping_uuid;
  TimestampMicros time = 0;
  std::string condition;  // RetryAttemptsExhausted or RecordAgeExceeded
  std::string body;       // JSON
  std::size_t records = 0;
};

struct ReplayStart {
  std::optional<TimestampMicros> time = {};
  std::optional<stream::SequenceNumber> sequence_number = {};  // inclusive
};

/// Posts an on-failure record to a URL; wired by cli/. Called on a thread that may block.
using PostToUrl = std::function<Status(const std::string& url, const std::string& body)>;

struct MappingsOptions {
  /// Pauses between attempts of a failing batch: doubling from the first to the last.
  std::chrono::milliseconds retry_pause_first{100};
  std::chrono::milliseconds retry_pause_last{60'000};
  PostToUrl post_to_url = {};
  /// Dead letters that are kept, of all mappings: beyond either the oldest of the mapping that has
  /// the most is dropped, and counted.
  std::size_t dead_letters_max = 10'000;
  std::uint64_t dead_letters_size_bytes_max = std::uint64_t{256} << 20;
};

class StreamSource;

/// Thread-safe. Borrows what it is given.
class Mappings {
 public:
  /// Loads what there is and starts reading. Errors: kIo, kCorruption.
  [[nodiscard]] static Result<std::unique_ptr<Mappings>> open(
      storage::KeyValueStore& store, storage::CommitPipeline& commits, stream::Streams& streams,
      Invoker& invoker, const model::Realm& realm, const MappingsOptions& options,
      const Clock& clock, Random& random);
  /// The same over anything that can be read like a stream.
  [[nodiscard]] static Result<std::unique_ptr<Mappings>> open(
      storage::KeyValueStore& store, storage::CommitPipeline& commits,
      std::unique_ptr<StreamSource> source, Invoker& invoker, const model::Realm& realm,
      const MappingsOptions& options, const Clock& clock, Random& random);
  /// Waits for no invocation: what is in flight will be delivered again.
  ~Mappings();

  // Each waits until it is durable. The result of create has State Creating, of update Updating (or
  // Enabling, Disabling), of remove Deleting; the next find shows where it has come to. Errors:
  // kResourceConflict (same stream and function), kInvalidParameter with AWS's messages,
  // kResourceNotFound. Updates run one after the other.
  [[nodiscard]] Result<Mapping> create(const std::string& stream_arn, std::string function_name,
                                       StartingPosition start, MappingSettings settings);
  [[nodiscard]] Result<Mapping> update(const MappingUpdate& update);
  [[nodiscard]] Result<Mapping> remove(std::string_view uuid);
  [[nodiscard]] Result<Mapping> find(std::string_view uuid) const;
  /// In order of uuid; empty filters match all.
  [[nodiscard]] std::vector<Mapping> list(std::string_view stream_arn,
                                          std::string_view function_name) const;

  [[nodiscard]] Result<MappingStatus> status(std::string_view uuid) const;
  /// Moves the checkpoints of all shards; what is in flight ends first.
  [[nodiscard]] Status replay(std::string_view uuid, const ReplayStart& start);

  /// Newest last; of one mapping, or of all if `uuid` is empty. Kept until deleted or replayed, or
  /// until newer ones need their room (MappingsOptions::dead_letters_max).
  [[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(std::string_view uuid) const;
  /// How many have been dropped for want of room; of one mapping, or of all if `uuid` is empty.
  [[nodiscard]] std::uint64_t dead_letters_dropped(std::string_view uuid) const;
  [[nodiscard]] Result<DeadLetter> dead_letter(std::string_view id) const;
  /// Invokes the function once more with that batch's records, as far as the stream still has
  /// them; removes the letter when it succeeds. With tumbling windows the batch is a window of its
  /// own: its records with an empty state, then the final invocation of a window that ends early.
  /// Blocks. Errors: kTrimmedDataAccess, kFunctionFailed.
  [[nodiscard]] Status replay_dead_letter(std::string_view id);
  [[nodiscard]] Status delete_dead_letter(std::string_view id);

  /// Looks at the clock at once; for one that is set by hand.
  void look_now();

  /// Stops reading, waits for invocations in flight and their checkpoints, at most `grace`.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit Mappings(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::trigger
