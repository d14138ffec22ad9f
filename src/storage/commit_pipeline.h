// CommitPipeline: gathers the batches of concurrent requests into one durable write, so that one
// fdatasync serves many and no request thread waits for the disk.
//
// A caller holds the latches of the keys it touches while it reads with get_latest, decides, and
// submits; it then lets go at once. Later callers see the submitted value through get_latest
// although it is not durable yet; plain readers (KeyValueStore::get) see it only once it is
// committed, and whoever submitted is told through when_committed. Commits happen in the order of
// submission, so a committed value never depends on one that was lost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/key_value_store.h"

namespace parley::storage {

/// A submission's place in the order of commits, from 1, never reused within a process.
using CommitTicket = std::uint64_t;

/// A change of a 64-bit counter stored under `key` (item counts and sizes); the committer adds the
/// changes of a whole group and writes each counter once.
struct CounterDelta {
  std::string key;
  std::int64_t delta = 0;
};

struct CommitOptions {
  Sync sync = Sync::kFsync;
  std::size_t group_size_bytes_max = 8u << 20;    // one write; larger queues take several
  std::size_t queue_size_bytes_max = 256u << 20;  // beyond it submit() waits: back-pressure
};

/// Whether the watcher (CommitPipeline::watch) is told of a submission's commit.
enum class Watched : bool { kNo, kYes };

/// Thread-safe. One committer thread, started by the constructor, ended by the destructor after it
/// has committed all that was submitted.
class CommitPipeline {
 public:
  using Callback = std::move_only_function<void(const Status&)>;

  /// `store` is borrowed and must outlive the pipeline.
  CommitPipeline(KeyValueStore& store, const CommitOptions& options);
  ~CommitPipeline();
  CommitPipeline(const CommitPipeline&) = delete;
  CommitPipeline& operator=(const CommitPipeline&) = delete;

  /// Queues `batch`, then `counters` on top of it; never waits for a write (but see
  /// queue_size_bytes_max), and reads a counter it has not seen before from the store.
  ///
  /// When a group fails, everything submitted until then fails with it, since it may build on what
  /// was lost. So does a submission that comes later from a thread which, since its last
  /// submission, has seen a lost value in get_latest: read and submit on one thread.
  CommitTicket submit(WriteBatch batch, std::vector<CounterDelta> counters = {},
                      Watched watched = Watched::kNo);

  /// From now on `watcher` is called once after each group that is committed and holds a watched
  /// submission; on the committer's thread, after the callbacks: it must not block. One at a time:
  /// it replaces the one before (an empty one: none), which is not running when this returns.
  void watch(std::function<void()> watcher);

  /// Calls `callback` once, when everything up to `ticket` is committed (or has failed: then with
  /// the error of that ticket's group). At once on this thread if that is already so, else later on
  /// the committer's thread; it must not block.
  void when_committed(CommitTicket ticket, Callback callback);

  /// Blocks until `ticket` is committed; its outcome.
  [[nodiscard]] Status wait(CommitTicket ticket);

  /// The newest submitted value of `key`, committed or not; like KeyValueStore::get. Only
  /// meaningful under the latch that every writer of `key` holds.
  [[nodiscard]] Result<bool> get_latest(std::string_view key, std::string& value) const;

  /// The counter stored under `key` with every submitted change; 0 if there is none.
  [[nodiscard]] std::int64_t counter(std::string_view key) const;

  /// The last ticket handed out; everything submitted before the call has one at most this.
  [[nodiscard]] CommitTicket last_submitted() const;

  /// The last ticket that is committed or has failed; whoever waits for it is told afterwards.
  [[nodiscard]] CommitTicket last_finished() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::storage
