// DeadLetters: the batches that were given up, kept until someone deals with them. A letter is
// written in the very batch that moves the checkpoint past its records, so that every give-up is
// visible and none is told of twice.
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

/// Thread-safe. Borrows what it is given.
class DeadLetters {
 public:
  DeadLetters(storage::KeyValueStore& store, storage::CommitPipeline& commits)
      : store_(store), commits_(commits) {}

  /// Counts what there is. Errors: kIo, kCorruption.
  [[nodiscard]] Status load();

  /// Gives `letter` an id and adds it to `batch`; it counts from now on.
  void add(StoredLetter letter, TimestampMicros now, storage::WriteBatch& batch);

  /// Newest last; of one mapping, or of all if `uuid` is empty.
  [[nodiscard]] Result<std::vector<DeadLetter>> list(std::string_view uuid) const;
  /// Errors: kResourceNotFound.
  [[nodiscard]] Result<StoredLetter> find(std::string_view id) const;
  /// Returns once it is durable. Errors: kResourceNotFound.
  [[nodiscard]] Status erase(std::string_view id);
  [[nodiscard]] std::uint64_t count(std::string_view uuid) const;

  /// Ids of letters that have to be posted, oldest first; also of those not committed yet.
  [[nodiscard]] std::vector<std::string> unposted() const;
  /// It has been posted; not durable yet when this returns.
  void set_posted(std::string_view id);

 private:
  storage::KeyValueStore& store_;     // the server's
  storage::CommitPipeline& commits_;  // the server's
  mutable std::mutex mutex_;          // guards what follows, and changes of one letter
  std::uint64_t last_id_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::set<std::string, std::less<>> unposted_;
};

}  // namespace parley::trigger
