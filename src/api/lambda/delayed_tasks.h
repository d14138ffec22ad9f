// DelayedTasks: runs a task later, on one thread that exists only once something waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace parley::api {

/// Thread-safe. Tasks run one after another and must be short.
class DelayedTasks {
 public:
  /// `stopping`: the time has not come, but will not: the task is to end what it stands for.
  using Task = std::move_only_function<void(bool stopping)>;

  DelayedTasks() = default;
  /// As stop().
  ~DelayedTasks();
  DelayedTasks(const DelayedTasks&) = delete;
  DelayedTasks& operator=(const DelayedTasks&) = delete;

  /// After stop() the task runs at once, on the calling thread.
  void run_after(std::chrono::milliseconds delay, Task task);

  /// Runs what waits, with `stopping` set, and ends the thread. Not to be called by a task.
  void stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  void work();

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::multimap<Time, Task> tasks_;
  std::thread thread_;
  bool stopping_ = false;
};

}  // namespace parley::api
