// Upkeep: the thread that does what has to be done from time to time: deleting expired items,
// trimming streams.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace parley::engine {

struct DatabaseState;

class Upkeep {
 public:
  /// `state` is borrowed and outlives this.
  explicit Upkeep(DatabaseState& state) : state_(state) {}
  /// Stops where it is.
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  /// Looks for expired items every `ttl_interval`, and for records to trim every minute. Once.
  void start(std::chrono::milliseconds ttl_interval);
  [[nodiscard]] const std::atomic<bool>& stop() const { return stop_; }

 private:
  void run(std::chrono::milliseconds ttl_interval);

  DatabaseState& state_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace parley::engine
