// StreamFollower: follows a table's stream on a thread of its own, from now or from given positions
// on, through whatever happens: errors, new shards, the stream switched off and on again.
// stream_walk.h says in which order, and what a position is.
//
// It asks for records when it is told that there are some, where somebody can tell (the database in
// this process: Streams::subscribe), and again at once as long as something comes; else it polls.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "client/database.h"
#include "client/stream_walk.h"

namespace parley::client {

/// Calls the function it is given whenever there may be new records, on any thread, until the token
/// it returns is dropped.
using RecordsAnnouncer = std::function<std::shared_ptr<void>(std::function<void()>)>;

struct StreamFollowerOptions {
  StreamWalkOptions walk = {};
  RecordsAnnouncer announcer = {};               // none: poll
  std::chrono::milliseconds poll_interval{200};  // AWS lets a shard be read five times a second
  /// Told of failures, on the follower's thread, once for each that differs from the one before.
  std::function<void(std::string_view)> report_failure = {};
};

/// start(), once, and stop() on one thread.
class StreamFollower {
 public:
  /// All are borrowed, until stop(). A remote database should be one of the follower's own, with
  /// one attempt a call and a short time-out: the follower has pauses of its own, and stop() waits
  /// for the call that is under way.
  StreamFollower(Database& database, const Clock& clock, StreamHandler& handler,
                 StreamFollowerOptions options);
  /// Stops.
  ~StreamFollower();

  void start();
  /// The handler is not running afterwards and never will. Idempotent.
  void stop();

 private:
  void run();
  void wake();
  /// Until `time` is over, or something may have come (if `until_woken`). False: it is to stop.
  [[nodiscard]] bool pause(std::chrono::milliseconds time, bool until_woken);

  const StreamFollowerOptions options_;
  StreamWalk walk_;
  std::thread thread_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
};

}  // namespace parley::client
