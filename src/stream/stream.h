// Streams: what changed in a table, item by item, kept for 24 hours and read shard by shard.
//
// The manual, in short. A stream belongs to one table and has one ARN; switching a table's stream
// off and on again makes a new stream, and the old one stays readable until its records have run
// out, as does the stream of a deleted table. A stream has a fixed number of shards; the hash of an
// item's partition key chooses the shard, so all records of an item are in one shard, in commit
// order. The engine records a change in the very batch that makes it (Recorder): either both are
// durable or neither is. Readers see committed records only.
//
// Sequence numbers: 64 bits, increasing within a shard, taken from the clock (microseconds times
// 1,000) or one more than the last, whichever is larger, so that they go on increasing after a
// restart and a time can be sought. They are assigned in the order in which the batches are
// submitted to the commit pipeline, and the pipeline commits in that order: a reader that has seen
// number n has seen every number below n that will ever be in that shard.
//
//   stream.h             streams, shards, reading
//   recorder.h           writing: the records of one write set
//   record_json.h        a record as GetRecords and as functions get it
//   shard_iterator.h     a place in a shard as a text that clients keep
//   docs/formats/streams.md    what is stored
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
#include "base/result.h"
#include "model/item.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"
#include "storage/key_value_store.h"

namespace parley::stream {

/// A record's place in its shard. 0 is before every record.
using SequenceNumber = std::uint64_t;

/// 21 decimal digits, as the API's minimum length asks, the first of them 1: text order is numeric
/// order, and a program that reads the text as a number and writes it again gets the same text.
[[nodiscard]] std::string sequence_number_text(SequenceNumber number);
/// Nothing for text that sequence_number_text cannot have made.
[[nodiscard]] std::optional<SequenceNumber> parse_sequence_number(std::string_view text);
/// The smallest number a record written at or after `time` can have.
[[nodiscard]] SequenceNumber first_number_at(TimestampMicros time);

struct Shard {
  std::string id;               // "shardId-…", 28 to 65 characters, unique in its stream
  SequenceNumber starting = 0;  // no record has a smaller one
  std::optional<SequenceNumber> ending = {};  // of a closed shard; no record has a larger one
};

enum class StreamStatus : std::uint8_t { kEnabled, kDisabled };

/// A stream as ListStreams and DescribeStream show it. Immutable; a change publishes another.
struct Stream {
  std::string arn;
  std::string label;
  std::string table_name;
  std::string table_id;
  model::KeySchema key;
  model::StreamViewType view_type = model::StreamViewType::kNewAndOldImages;
  StreamStatus status = StreamStatus::kEnabled;
  TimestampMicros created_at = 0;
  std::optional<TimestampMicros> disabled_at = {};
  std::vector<Shard> shards;
  std::uint32_t storage_id = 0;  // of its records; never reused
};
using StreamSnapshot = std::shared_ptr<const Stream>;

enum class EventName : std::uint8_t { kInsert, kModify, kRemove };

/// A record as it was stored: only what the stream's view type keeps.
struct Record {
  SequenceNumber number = 0;
  EventName event = EventName::kInsert;
  TimestampMicros created_at = 0;
  bool by_service = false;  // a TTL expiry: the record carries the service's userIdentity
  model::Item keys;
  std::optional<model::Item> old_image;
  std::optional<model::Item> new_image;
  std::size_t size_bytes = 0;  // SizeBytes: of keys and images, by the rules of item sizes
  std::string event_id;        // 32 hexadecimal digits, the same at every reading
};

struct ReadLimits {
  std::size_t records_max = 1000;
  std::size_t size_bytes_max = 1u << 20;  // of records; the first one is always given
};

struct RecordPage {
  std::vector<Record> records;
  /// Where the next read goes on: the last record's number, or what was asked for if none.
  SequenceNumber last = 0;
  bool at_end = false;  // the shard is closed and nothing comes after `last`
};

struct StreamOptions {
  std::chrono::microseconds retention = std::chrono::hours(24);
  /// Shards of a new stream; 0: as many as DynamoDB would have: one for a small provisioned table,
  /// four for an on-demand one.
  std::size_t shard_count = 0;
};

/// Thread-safe. Borrows all it is given.
class Streams {
 public:
  /// Called after a group with stream records is committed; on the committer's thread: it must not
  /// block.
  using Listener = std::function<void()>;

  Streams(const storage::KeyValueStore& store, storage::CommitPipeline& commits, const Clock& clock,
          const model::Realm& realm, const StreamOptions& options);
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// Reads all streams. Errors: kIo, kCorruption.
  [[nodiscard]] Status load();

  // The life of a stream: by the engine, one change at a time under its table lock. open() and
  // close() add their part to the table's own batch; settle() must follow when that is committed,
  // or has failed.
  /// How many shards a stream of `table` gets, if it is opened now.
  [[nodiscard]] std::uint32_t shard_count_for(const model::Table& table) const;
  /// The stream that `table.stream` describes; its ARN must be new. Records may be added at once.
  void open(const model::Table& table, storage::WriteBatch& batch);
  /// The stream that `table.stream` describes gets no more records; its shards end. Nobody may be
  /// adding any: hold every latch, and let go of the table's snapshot first.
  void close(const model::Table& table, storage::WriteBatch& batch);
  /// Makes a closed stream's end visible, or forgets a stream whose opening was not committed.
  void settle(bool committed);

  // Reading.
  /// Every stream in ascending order of ARN, of tables that are gone too.
  [[nodiscard]] std::vector<StreamSnapshot> list() const;
  /// Region and account of the ARN are not compared: all of them share one namespace here. Errors:
  /// kResourceNotFound "Requested resource not found: Stream: ARN not found".
  [[nodiscard]] Result<StreamSnapshot> find(std::string_view arn) const;
  /// Committed records of shard number `shard` after `after`, oldest first. Errors: kIo,
  /// kCorruption; kTrimmedDataAccess when `after` is below the trim horizon and not 0;
  /// kResourceNotFound when the whole stream is gone.
  [[nodiscard]] Result<RecordPage> read(const Stream& stream, std::size_t shard,
                                        SequenceNumber after, const ReadLimits& limits) const;
  /// The number of the newest committed record (or of the place where it would be): reading after
  /// it gives exactly what is committed after this call.
  [[nodiscard]] Result<SequenceNumber> latest(const Stream& stream, std::size_t shard) const;
  /// Everything up to and including this number is gone or may go at any time.
  [[nodiscard]] SequenceNumber trim_horizon(const Stream& stream, std::size_t shard) const;

  /// Calls `listener` from now on until the returned token is dropped (after which it is not
  /// running and never will).
  [[nodiscard]] std::shared_ptr<void> subscribe(Listener listener);

  /// Removes what is older than the retention, and streams that are disabled and empty. To be
  /// called every minute or so; blocks until committed.
  [[nodiscard]] Status trim();

 private:
  friend class Recorder;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::stream
