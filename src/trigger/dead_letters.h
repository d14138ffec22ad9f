// DeadLetters: the batches that were given up, kept until someone deals with them. A letter is
// written in the very batch that moves the checkpoint past its records, so that every give-up is
// visible and none is told of twice.
//
// There is a bound, so that a function that always fails cannot fill the disk: beyond it a new
// letter drops the oldest one of the mapping that has the most, in the batch that adds it. What was
// dropped is counted for good.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/commit_pipeline.h"
#include "trigger/mappings.h"

namespace parley::trigger {

/// A letter with what it takes to deliver its batch again.
struct StoredLetter {
  DeadLetter letter;
  std::string function_name = {};
  std::string stream_arn = {};
  std::string shard_id = {};
  std::vector<stream::SequenceNumber> numbers = {};  // of its records, ascending
  std::string payload = {};                          // of a window's final invocation
  std::string post_url = {};                         // where it has to be posted to yet
};

/// Of all mappings together.
struct DeadLetterLimits {
  std::size_t letters_max;
  std::uint64_t size_bytes_max;  // of what is stored of them
};

/// Thread-safe. Borrows what it is given.
class DeadLetters {
 public:
  DeadLetters(storage::KeyValueStore& store, storage::CommitPipeline& commits,
              const DeadLetterLimits& limits)
      : store_(store), commits_(commits), limits_(limits) {}

  /// Counts what there is. Errors: kIo, kCorruption.
  [[nodiscard]] Status load();

  /// Gives `letter` an id and adds it to `batch`; it counts from now on. Where there are too many,
  /// `batch` drops others.
  void add(StoredLetter letter, TimestampMicros now, storage::WriteBatch& batch);

  /// Newest last; of one mapping, or of all if `uuid` is empty.
  [[nodiscard]] Result<std::vector<DeadLetter>> list(std::string_view uuid) const;
  /// Errors: kResourceNotFound.
  [[nodiscard]] Result<StoredLetter> find(std::string_view id) const;
  /// Returns once it is durable. Errors: kResourceNotFound.
  [[nodiscard]] Status erase(std::string_view id);
  [[nodiscard]] std::uint64_t count(std::string_view uuid) const;
  /// How many were ever dropped for want of room; of one mapping, or of all if `uuid` is empty.
  [[nodiscard]] std::uint64_t dropped(std::string_view uuid) const;

  /// Ids of letters that have to be posted, oldest first; also of those not committed yet.
  [[nodiscard]] std::vector<std::string> unposted() const;
  /// It has been posted; not durable yet when this returns.
  void set_posted(std::string_view id);

 private:
  /// Of one mapping: the stored sizes of its letters by number of id, and how many are gone.
  struct Kept {
    std::map<std::uint64_t, std::size_t> sizes_bytes = {};
    std::uint64_t dropped = 0;
  };
  void drop_oldest(storage::WriteBatch& batch);
  void forget(Kept& kept, std::uint64_t id);

  storage::KeyValueStore& store_;     // the server's
  storage::CommitPipeline& commits_;  // the server's
  const DeadLetterLimits limits_;
  mutable std::mutex mutex_;  // guards what follows, and changes of one letter
  std::uint64_t last_id_ = 0;
  std::map<std::string, Kept, std::less<>> kept_;  // by mapping
  std::size_t letters_ = 0;
  std::uint64_t size_bytes_ = 0;
  std::set<std::string, std::less<>> unposted_;
};

}  // namespace parley::trigger
