// NativeFunctions: functions of this program, run on threads of their own, which may block.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "trigger/functions.h"
#include "trigger/invoker.h"
#include "trigger/log_store.h"

namespace parley::trigger {

/// Thread-safe. Borrows what it is given.
class NativeFunctions {
 public:
  NativeFunctions(std::size_t threads_max, std::size_t queue_max, const Clock& clock,
                  Random& random)
      : threads_max_(threads_max), queue_max_(queue_max), clock_(clock), random_(random) {}
  /// As stop().
  ~NativeFunctions();
  NativeFunctions(const NativeFunctions&) = delete;
  NativeFunctions& operator=(const NativeFunctions&) = delete;

  /// Calls `function` on one of the threads; starts another if all are busy and there may be more.
  /// Its time is logged, not limited.
  void invoke(std::shared_ptr<const NativeFunction> function, std::shared_ptr<FunctionLog> log,
              Invocation invocation, Invoker::Callback callback);

  /// Refuses what waits and what comes, and waits for what runs.
  void stop();

 private:
  struct Task {
    std::shared_ptr<const NativeFunction> function;
    std::shared_ptr<FunctionLog> log;
    Invocation invocation;
    Invoker::Callback callback;
  };
  void work();
  void run(Task task);

  const std::size_t threads_max_;
  const std::size_t queue_max_;
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace parley::trigger
