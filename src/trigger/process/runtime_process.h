// RuntimeProcess: what the pool knows of one process, from the wish for it until it is reaped.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "trigger/functions.h"
#include "trigger/process/child_process.h"
#include "trigger/process/process_output.h"
#include "trigger/process/process_pool.h"

namespace parley::trigger {

using SteadyTime = std::chrono::steady_clock::time_point;

/// An invocation that waits.
struct WaitingInvocation {
  std::string request_id;
  Invocation invocation;
  Invoker::Callback callback;
  SteadyTime since;
};

/// An invocation that a process has.
struct RunningInvocation {
  std::string request_id;
  Invoker::Callback callback;
  bool tail_log = false;
  SteadyTime started;
  SteadyTime deadline;
  std::optional<std::chrono::microseconds> init_duration = {};  // of the process's first one
};

struct RuntimeProcess {
  enum class Phase : std::uint8_t { kWanted, kInitializing, kIdle, kBusy, kFinishing, kEnding };

  RuntimeProcess(std::uint64_t number, Target wanted_for, int init_attempt, const Clock& clock)
      : id(number),
        target(std::move(wanted_for)),
        attempt(init_attempt),
        output(target.log, clock) {}

  const std::uint64_t id;  // from 1
  const Target target;
  const int attempt;  // 1, or 2 after an initialisation that failed
  ProcessOutput output;

  // Guarded by the pool's mutex.
  Phase phase = Phase::kWanted;
  SteadyTime phase_since;
  SteadyTime deadline;                        // of initialising, or of the last invocation
  RuntimeEndpoints::ReplyCallback next_poll;  // while idle
  std::optional<RunningInvocation> running;   // while busy
  std::optional<std::chrono::microseconds> init_duration = {};  // until an invocation reported it
  std::string init_error = {};  // the body of /init/error, a JSON object
  std::string init_error_type = {};
  std::size_t memory_bytes_max = 0;  // of the samples
  pid_t pid = 0;                     // 0 before it is started and after it is reaped

  // The supervisor's own.
  ChildProcess child;
  std::string address;

  [[nodiscard]] const Function& function() const { return target.deployment->function; }
};

}  // namespace parley::trigger
