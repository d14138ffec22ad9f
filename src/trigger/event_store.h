// EventStore: invocations that nobody waits for (InvocationType Event), in the store from their
// acceptance to their end under storage ids 13 and 14 (docs/formats/functions.md), so that a
// restart loses none; and the last ones that were given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/commit_pipeline.h"
#include "storage/key_value_store.h"

namespace parley::trigger {

/// Of all functions together.
inline constexpr std::size_t kEventFailuresMax = 100;
inline constexpr std::size_t kFailurePayloadBytesMax = 4096;

struct StoredEvent {
  std::uint64_t id = 0;  // ascending in the order of acceptance
  std::string function_name;
  std::string payload;
  std::string client_context = {};
  std::string request_id = {};  // of the request that brought it
  TimestampMicros submitted_at = 0;
  TimestampMicros next_attempt_at = 0;
  int failures = 0;  // of the function
};

/// An event that was given up.
struct EventFailure {
  TimestampMicros time = 0;
  std::string function_name = {};
  std::string request_id = {};
  int attempts = 0;
  std::string error = {};    // the function's last reply, or why it could not be run
  std::string payload = {};  // its first kFailurePayloadBytesMax bytes
};

/// Thread-safe. Borrows what it is given.
class EventStore {
 public:
  /// Reads what is there. Errors: kIo, kCorruption.
  [[nodiscard]] static Result<std::unique_ptr<EventStore>> open(storage::KeyValueStore& store,
                                                                storage::CommitPipeline& commits);

  /// The events that waited when the store was opened, oldest first; none the second time.
  [[nodiscard]] std::vector<StoredEvent> take_waiting();

  /// Gives `event` an id and keeps it. `done` is told once that is durable, or that nothing is kept
  /// (kStorageFull, kIo); on a thread that must not block.
  void add(StoredEvent event, std::move_only_function<void(Result<StoredEvent>)> done);

  // Neither waits until it is durable: after a crash an event may be run once more, never less.
  void update(const StoredEvent& event);
  void erase(const StoredEvent& event);
  /// Erases `event` and keeps `failure` in its place, one commit.
  void give_up(const StoredEvent& event, EventFailure failure);

  /// Oldest first.
  [[nodiscard]] std::vector<EventFailure> failures(std::string_view function_name) const;

 private:
  struct KeptFailure {
    std::string key;
    EventFailure failure;
  };
  EventStore(storage::KeyValueStore& store, storage::CommitPipeline& commits)
      : store_(store), commits_(commits) {}
  [[nodiscard]] Status load();

  storage::KeyValueStore& store_;     // the server's
  storage::CommitPipeline& commits_;  // the server's
  mutable std::mutex mutex_;          // guards what follows
  std::uint64_t last_id_ = 0;
  std::vector<StoredEvent> waiting_;
  std::deque<KeptFailure> failures_;
};

}  // namespace parley::trigger
