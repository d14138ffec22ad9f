// ThreadPool: threads for what may block long, so that those who must not wait never do.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace parley {

/// Thread-safe. Starts its threads one by one, when there is work for them.
class ThreadPool {
 public:
  using Task = std::move_only_function<void()>;

  /// `queue_max`: how many tasks may wait for a thread.
  ThreadPool(std::size_t threads_max, std::size_t queue_max)
      : threads_max_(threads_max), queue_max_(queue_max) {}
  /// As stop().
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Queues `task`; starts a thread for it if all are busy and there may be more. False, the task
  /// being dropped, when the queue is full or the pool has stopped. Does not block.
  [[nodiscard]] bool run(Task task);

  /// Finishes what is queued and joins the threads. Not to be called by a task.
  void stop();

 private:
  void work();

  const std::size_t threads_max_;
  const std::size_t queue_max_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace parley
