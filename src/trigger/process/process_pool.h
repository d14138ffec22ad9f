// ProcessPool: the processes of all functions, and the invocations that wait for them.
//
// An invocation takes a warm process of its function, the one used last; without one a process is
// started, up to the limits, and the invocation goes to whichever is ready first. A process serves
// one invocation at a time, only with the code and settings its function had when it started, and
// ends when it has been idle for long. Its life, over the Runtime API:
//
//   wanted -> initializing -> idle <-> busy -> finishing -> idle …      -> ending (killed) ->
//   reaped
//             until it asks for     until its   until it asks for
//             its first event       response    the next event
//
// An initialisation that fails or takes longer than ten seconds is tried once more, with the
// function's own time-out, before the invocation fails (lambda-runtime-environment.html).
//
// One thread, the supervisor, starts and reaps all processes, reads what they print and watches
// times and memory; replies and callbacks run on whichever thread brings them about.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "trigger/functions.h"
#include "trigger/log_store.h"
#include "trigger/process/deployment.h"

namespace parley::trigger {

struct ProcessPoolOptions {
  int processes_max = 16;
  std::size_t queue_max = 1000;  // of waiting invocations, over all functions
  std::chrono::milliseconds idle_lifetime = std::chrono::minutes(10);
  std::chrono::milliseconds init_timeout{10'000};
};

/// What a function is now: its deployment, and where its log goes.
struct Target {
  DeploymentSnapshot deployment;
  std::shared_ptr<FunctionLog> log;
};

/// Thread-safe.
class ProcessPool {
 public:
  /// Borrows `endpoints`, `clock` and `random`. Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<ProcessPool>> open(const ProcessPoolOptions& options,
                                                                 RuntimeSurroundings surroundings,
                                                                 RuntimeEndpoints& endpoints,
                                                                 const Clock& clock,
                                                                 Random& random);
  /// As stop() without grace.
  ~ProcessPool();
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  /// As Invoker::invoke. Processes of older deployments of the function get nothing more.
  void invoke(const Target& target, Invocation invocation, Invoker::Callback callback);

  /// Ends the idle processes of the function that are not of `current`.
  void renew(std::string_view function_name, const DeploymentSnapshot& current);
  /// Fails what waits for the function and lets its processes end after what they do.
  void remove(std::string_view function_name);

  /// As Functions::stop.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit ProcessPool(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::trigger
