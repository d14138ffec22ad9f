#include "api/lambda/delayed_tasks.h"

#include <utility>

namespace parley::api {

DelayedTasks::~DelayedTasks() {
  stop();
}

void DelayedTasks::run_after(std::chrono::milliseconds delay, Task task) {
  {
    const std::scoped_lock lock(mutex_);
    if (!stopping_) {
      tasks_.emplace(std::chrono::steady_clock::now() + delay, std::move(task));
      if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
      changed_.notify_one();
      return;
    }
  }
  task(true);
}

void DelayedTasks::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void DelayedTasks::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (tasks_.empty()) {
      if (stopping_) return;
      changed_.wait(lock);
      continue;
    }
    const auto first = tasks_.begin();
    if (!stopping_ && std::chrono::steady_clock::now() < first->first) {
      changed_.wait_until(lock, first->first);
      continue;
    }
    Task task = std::move(first->second);
    tasks_.erase(first);
    const bool stopping = stopping_;
    lock.unlock();
    task(stopping);
    lock.lock();
  }
}

}  // namespace parley::api
