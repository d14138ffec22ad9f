#include "base/thread_pool.h"

#include <utility>

namespace parley {

ThreadPool::~ThreadPool() {
  stop();
}

bool ThreadPool::run(Task task) {
  const std::scoped_lock lock(mutex_);
  if (stopping_ || tasks_.size() >= queue_max_) return false;
  tasks_.push_back(std::move(task));
  if (idle_ < tasks_.size() && threads_.size() < threads_max_) {
    threads_.emplace_back([this] { work(); });
  }
  changed_.notify_one();
  return true;
}

void ThreadPool::stop() {
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
    changed_.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
}

void ThreadPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    --idle_;
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

}  // namespace parley
