// BlockingPool: threads for what may block long, so that event loops never do.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace parley::cli {

/// Thread-safe. The queue needs no bound of its own: each connection has at most one request in it.
class BlockingPool {
 public:
  using Task = std::move_only_function<void()>;

  explicit BlockingPool(std::size_t threads_max) : threads_max_(threads_max) {}
  /// As stop().
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Queues `task`; starts a thread for it if all are busy and there may be more. After stop() the
  /// task is dropped.
  void run(Task task);

  /// Finishes what is queued and joins the threads.
  void stop();

 private:
  void work();

  const std::size_t threads_max_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace parley::cli
