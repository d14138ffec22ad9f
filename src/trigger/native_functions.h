// NativeFunctions: functions of this program, run on threads of their own, which may block.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "base/thread_pool.h"
#include "trigger/functions.h"
#include "trigger/invoker.h"
#include "trigger/log_store.h"

namespace parley::trigger {

/// Thread-safe. Borrows what it is given.
class NativeFunctions {
 public:
  NativeFunctions(std::size_t threads_max, std::size_t queue_max, const Clock& clock,
                  Random& random)
      : clock_(clock), random_(random), pool_(threads_max, queue_max) {}
  /// As stop().
  ~NativeFunctions();
  NativeFunctions(const NativeFunctions&) = delete;
  NativeFunctions& operator=(const NativeFunctions&) = delete;

  /// Calls `function` on one of the threads. Its time is logged, not limited.
  void invoke(std::shared_ptr<const NativeFunction> function, std::shared_ptr<FunctionLog> log,
              Invocation invocation, Invoker::Callback callback);

  /// Refuses what waits and what comes, and waits for what runs.
  void stop();

 private:
  struct Call {
    std::shared_ptr<const NativeFunction> function;
    std::shared_ptr<FunctionLog> log;
    Invocation invocation;
    Invoker::Callback callback;
  };
  void run(Call& call);

  const Clock& clock_;
  Random& random_;
  std::atomic<bool> stopping_ = false;
  ThreadPool pool_;  // last: its threads use the rest
};

}  // namespace parley::trigger
