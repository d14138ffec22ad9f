// The inside of ProcessPool, shared by its three files: process_pool.cc (who gets which process),
// runtime_api.cc (what processes say), supervisor.cc (the thread that starts and ends them).
//
// Everything marked so is guarded by one mutex, which is held for a moment only: what a step brings
// about outside (replies, callbacks, log lines) is put into Effects and done after the mutex is let
// go, in order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "trigger/process/guardian.h"
#include "trigger/process/process_pool.h"
#include "trigger/process/runtime_process.h"

namespace parley::trigger {

using ProcessPointer = std::shared_ptr<RuntimeProcess>;

// A process that has responded asks for its next event at once; one that takes longer than this is
// not waited for.
inline constexpr std::chrono::milliseconds kFinishingGrace{50};
// How long a function without any process waits before it takes one away from another function.
inline constexpr std::chrono::milliseconds kStarvingAfter{100};

class Effects {
 public:
  using Effect = std::move_only_function<void()>;
  void add(Effect effect) { effects_.push_back(std::move(effect)); }
  /// Does them all; no lock is held.
  void run() {
    for (auto& effect : effects_) effect();
    effects_.clear();
  }

 private:
  std::vector<Effect> effects_;
};

struct ProcessPool::State {
  using Phase = RuntimeProcess::Phase;

  /// One function's part.
  struct Lane {
    Target target;
    bool removed = false;
    std::deque<WaitingInvocation> waiting;
    std::vector<ProcessPointer> processes;  // all that are not reaped
  };

  State(const ProcessPoolOptions& pool_options, RuntimeSurroundings runtime_surroundings,
        RuntimeEndpoints& runtime_endpoints, const Clock& wall_clock, Random& random_source)
      : options(pool_options),
        surroundings(std::move(runtime_surroundings)),
        endpoints(runtime_endpoints),
        clock(wall_clock),
        random(random_source) {}

  // process_pool.cc; all under the mutex.
  /// Gives waiting invocations to idle processes, and wants more processes where that is not
  /// enough.
  void fill(Lane& lane, Effects& effects);
  void fill_all(Effects& effects);
  void dispatch(Lane& lane, const ProcessPointer& process, Effects& effects);
  void want_processes(Lane& lane);
  void want_process(Lane& lane, int attempt);
  /// Makes room for another function's process, if one is idle. Whether one is ending now.
  bool end_idlest(const Lane& wanting);
  [[nodiscard]] bool another_starves(const Lane& served) const;
  void end(const ProcessPointer& process);
  void become_ready(const ProcessPointer& process, Effects& effects);
  [[nodiscard]] Lane* lane_of(const RuntimeProcess& process);
  /// Lets the supervisor look at the times again, if `when` is before it will anyway.
  void wake_before(SteadyTime when);
  void wake();

  // Ends an invocation: its log, then its callback.
  void complete(const ProcessPointer& process, std::string payload, bool function_error,
                std::string_view status, std::string_view error_type, Effects& effects);
  /// The oldest waiting invocation fails: no process for it could be made ready. `payload_of` is
  /// given its request id.
  void fail_waiting(Lane& lane, const ProcessPointer& process,
                    const std::function<std::string(std::string_view)>& payload_of,
                    Effects& effects);

  // runtime_api.cc
  void handle(const ProcessPointer& process, const RuntimeEndpoints::Request& request,
              RuntimeEndpoints::ReplyCallback reply);

  // supervisor.cc; on its thread.
  [[nodiscard]] Status open_descriptors();
  void supervise();
  void start_wanted();
  void start_process(const ProcessPointer& process);
  [[nodiscard]] Status launch(const ProcessPointer& process);
  void could_not_start(const ProcessPointer& process, const Error& error);
  void reap(const ProcessPointer& process);
  void initialisation_failed(const ProcessPointer& process, std::string_view error_type,
                             std::string_view text, Effects& effects);
  void watch_times();
  void watch_memory(const std::vector<std::pair<ProcessPointer, pid_t>>& working);
  [[nodiscard]] SteadyTime next_look(SteadyTime now) const;  // under the mutex
  void check_times(const ProcessPointer& process, SteadyTime now, Effects& effects);
  void time_out(const ProcessPointer& process, Effects& effects);
  void unregister(int descriptor) const;
  [[nodiscard]] bool add_to_poll(int descriptor, std::uint64_t tag) const;
  void end_everything();

  const ProcessPoolOptions options;
  const RuntimeSurroundings surroundings;
  RuntimeEndpoints& endpoints;
  const Clock& clock;
  Random& random;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::map<std::string, Lane, std::less<>> lanes;
  std::map<std::uint64_t, ProcessPointer> processes;  // by id; all that are not reaped
  std::vector<ProcessPointer> wanted;
  std::uint64_t next_process_id = 1;
  std::size_t waiting_count = 0;
  SteadyTime next_look_at = SteadyTime::max();
  bool stopping = false;  // no invocation is taken any more
  bool ending = false;    // the supervisor is to kill everything and end

  // The supervisor's own.
  FileDescriptor poll;
  FileDescriptor wake_up;
  Guardian guardian{"AWS_SESSION_TOKEN=" + surroundings.session_token};
  std::thread supervisor;
};

}  // namespace parley::trigger
