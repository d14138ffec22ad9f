#include "trigger/process/process_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "trigger/process/invocation_report.h"
#include "trigger/process/pool_state.h"
#include "trigger/process/process_memory.h"

namespace parley::trigger {
namespace {

using Phase = RuntimeProcess::Phase;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// As the X-Ray header has it: nothing is traced, but clients parse it.
std::string trace_id(TimestampMicros now, Random& random) {
  return fmt::format("Root=1-{:08x}-{:016x}{:08x};Parent={:016x};Sampled=0", now / 1'000'000,
                     random.next_u64(), random.next_u64() >> 32, random.next_u64());
}

/// JSON may have line ends between its tokens, header lines may not.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

std::unexpected<Error> shutting_down() {
  return fail(ErrorCode::kUnavailable, "The server is shutting down");
}

}  // namespace

ProcessPool::ProcessPool(std::unique_ptr<State> state) : state_(std::move(state)) {}

ProcessPool::~ProcessPool() {
  stop(milliseconds(0));
}

Result<std::unique_ptr<ProcessPool>> ProcessPool::open(const ProcessPoolOptions& options,
                                                       RuntimeSurroundings surroundings,
                                                       RuntimeEndpoints& endpoints,
                                                       const Clock& clock, Random& random) {
  auto state = std::make_unique<State>(options, std::move(surroundings), endpoints, clock, random);
  PARLEY_TRY(state->open_descriptors());
  state->supervisor = std::thread([s = state.get()] { s->supervise(); });
  return std::unique_ptr<ProcessPool>(new ProcessPool(std::move(state)));
}

void ProcessPool::invoke(const Target& target, Invocation invocation, Invoker::Callback callback) {
  Effects effects;
  {
    const std::scoped_lock lock(state_->mutex);
    const Function& function = target.deployment->function;
    const auto refuse = [&](std::unexpected<Error> error) {
      effects.add([callback = std::move(callback), error = std::move(error)]() mutable {
        callback(std::move(error));
      });
    };
    if (state_->stopping) {
      refuse(shutting_down());
    } else if (function.settings.concurrency_max == 0 ||
               state_->waiting_count >= state_->options.queue_max) {
      refuse(fail(ErrorCode::kThrottling, "Rate Exceeded."));
    } else {
      State::Lane& lane = state_->lanes[function.name];
      lane.target = target;
      lane.removed = false;
      lane.waiting.push_back({.request_id = make_uuid(state_->random),
                              .invocation = std::move(invocation),
                              .callback = std::move(callback),
                              .since = steady_clock::now()});
      ++state_->waiting_count;
      state_->fill(lane, effects);
    }
  }
  effects.run();
}

void ProcessPool::renew(std::string_view function_name, const DeploymentSnapshot& current) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->lanes.find(function_name);
  if (found == state_->lanes.end()) return;
  State::Lane& lane = found->second;
  if (current != nullptr) lane.target.deployment = current;
  for (const auto& process : lane.processes) {
    if (process->phase == Phase::kIdle && process->target.deployment != current) {
      state_->end(process);
    }
  }
}

void ProcessPool::remove(std::string_view function_name) {
  Effects effects;
  {
    const std::scoped_lock lock(state_->mutex);
    const auto found = state_->lanes.find(function_name);
    if (found == state_->lanes.end()) return;
    State::Lane& lane = found->second;
    lane.removed = true;
    state_->waiting_count -= lane.waiting.size();
    for (auto& each : std::exchange(lane.waiting, {})) {
      effects.add([callback = std::move(each.callback),
                   name = std::string(function_name)]() mutable {
        callback(fail(ErrorCode::kResourceNotFound, fmt::format("Function not found: {}", name)));
      });
    }
    for (const auto& process : lane.processes) {
      if (process->phase != Phase::kBusy && process->phase != Phase::kFinishing) {
        state_->end(process);
      }
    }
  }
  effects.run();
}

void ProcessPool::stop(milliseconds grace) {
  Effects effects;
  {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->waiting_count = 0;
    for (auto& [name, lane] : state_->lanes) {
      for (auto& each : std::exchange(lane.waiting, {})) {
        effects.add([callback = std::move(each.callback)]() mutable { callback(shutting_down()); });
      }
    }
    lock.unlock();
    effects.run();
    lock.lock();
    state_->changed.wait_for(lock, grace, [this] {
      return std::ranges::none_of(
          state_->processes, [](const auto& each) { return each.second->phase == Phase::kBusy; });
    });
    state_->ending = true;
    state_->wake();
  }
  if (state_->supervisor.joinable()) state_->supervisor.join();
}

ProcessPool::State::Lane* ProcessPool::State::lane_of(const RuntimeProcess& process) {
  const auto found = lanes.find(process.function().name);
  return found == lanes.end() ? nullptr : &found->second;
}

void ProcessPool::State::fill(Lane& lane, Effects& effects) {
  while (!lane.waiting.empty()) {
    // The last used one: the others get old and end.
    ProcessPointer best;
    for (const auto& process : lane.processes) {
      if (process->phase != Phase::kIdle) continue;
      if (process->target.deployment != lane.target.deployment) {
        end(process);
      } else if (best == nullptr || process->phase_since > best->phase_since) {
        best = process;
      }
    }
    if (best == nullptr) break;
    dispatch(lane, best, effects);
  }
  want_processes(lane);
}

void ProcessPool::State::fill_all(Effects& effects) {
  std::erase_if(lanes, [](const auto& each) {
    const Lane& lane = each.second;
    return lane.removed && lane.waiting.empty() && lane.processes.empty();
  });
  for (auto& [name, lane] : lanes) fill(lane, effects);
}

void ProcessPool::State::dispatch(Lane& lane, const ProcessPointer& process, Effects& effects) {
  WaitingInvocation next = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  --waiting_count;
  const Function& function = process->function();
  const auto now = steady_clock::now();
  const TimestampMicros wall_now = clock.now();
  process->phase = Phase::kBusy;
  process->phase_since = now;
  process->deadline = now + std::chrono::seconds(function.settings.timeout_s);
  process->running =
      RunningInvocation{.request_id = next.request_id,
                        .callback = std::move(next.callback),
                        .tail_log = next.invocation.tail_log,
                        .started = now,
                        .deadline = process->deadline,
                        .init_duration = std::exchange(process->init_duration, std::nullopt)};
  RuntimeEndpoints::Reply reply;
  const std::int64_t deadline_ms =
      wall_now / 1000 + std::int64_t{function.settings.timeout_s} * 1000;
  reply.headers = {{"Content-Type", "application/json"},
                   {"Lambda-Runtime-Aws-Request-Id", next.request_id},
                   {"Lambda-Runtime-Deadline-Ms", fmt::format("{}", deadline_ms)},
                   {"Lambda-Runtime-Invoked-Function-Arn", function.arn},
                   {"Lambda-Runtime-Trace-Id", trace_id(wall_now, random)}};
  if (!next.invocation.client_context.empty()) {
    reply.headers.emplace_back("Lambda-Runtime-Client-Context",
                               on_one_line(std::move(next.invocation.client_context)));
  }
  reply.body = std::move(next.invocation.payload);
  effects.add([process, reply = std::move(reply), request_id = std::move(next.request_id),
               poll = std::exchange(process->next_poll, nullptr)]() mutable {
    process->output.begin_invocation(start_line(request_id));
    poll(std::move(reply));
  });
  wake_before(process->deadline);
}

void ProcessPool::State::want_processes(Lane& lane) {
  if (stopping || lane.removed) return;
  const auto now = steady_clock::now();
  std::size_t coming = 0;  // processes that will take an invocation soon
  std::size_t live = 0;
  for (const auto& process : lane.processes) {
    if (process->phase == Phase::kEnding) continue;
    ++live;
    const bool current = process->target.deployment == lane.target.deployment;
    const bool soon =
        process->phase == Phase::kWanted || process->phase == Phase::kInitializing ||
        (process->phase == Phase::kFinishing && now - process->phase_since < kFinishingGrace);
    if (soon && current) ++coming;
    if (process->phase == Phase::kFinishing) wake_before(process->phase_since + kFinishingGrace);
  }
  const auto of_function = static_cast<std::size_t>(
      lane.target.deployment->function.settings.concurrency_max.value_or(options.processes_max));
  while (lane.waiting.size() > coming && live < of_function) {
    if (processes.size() >= static_cast<std::size_t>(options.processes_max)) {
      // Looked at again when that one is reaped, or in a while.
      if (!end_idlest(lane)) wake_before(now + kStarvingAfter);
      break;
    }
    want_process(lane, 1);
    ++coming;
    ++live;
  }
}

void ProcessPool::State::want_process(Lane& lane, int attempt) {
  auto process = std::make_shared<RuntimeProcess>(next_process_id++, lane.target, attempt, clock);
  process->phase_since = steady_clock::now();
  process->deadline = SteadyTime::max();
  lane.processes.push_back(process);
  processes.emplace(process->id, process);
  wanted.push_back(std::move(process));
  wake();
}

bool ProcessPool::State::end_idlest(const Lane& wanting) {
  ProcessPointer idlest;
  for (const auto& [id, process] : processes) {
    if (process->phase == Phase::kEnding) return true;
    if (process->phase != Phase::kIdle || lane_of(*process) == &wanting) continue;
    if (idlest == nullptr || process->phase_since < idlest->phase_since) idlest = process;
  }
  if (idlest == nullptr) return false;
  end(idlest);
  return true;
}

bool ProcessPool::State::another_starves(const Lane& served) const {
  if (processes.size() < static_cast<std::size_t>(options.processes_max)) return false;
  const auto now = steady_clock::now();
  return std::ranges::any_of(lanes, [&](const auto& each) {
    const Lane& lane = each.second;
    return &lane != &served && lane.processes.empty() && !lane.waiting.empty() &&
           (served.waiting.empty() || now - lane.waiting.front().since >= kStarvingAfter);
  });
}

void ProcessPool::State::become_ready(const ProcessPointer& process, Effects& effects) {
  process->phase = Phase::kIdle;
  process->phase_since = steady_clock::now();
  Lane* lane = lane_of(*process);
  if (lane == nullptr || lane->removed || stopping ||
      process->target.deployment != lane->target.deployment || another_starves(*lane)) {
    end(process);
    return;
  }
  if (lane->waiting.empty()) {
    wake_before(process->phase_since + options.idle_lifetime);
    return;
  }
  dispatch(*lane, process, effects);
}

void ProcessPool::State::end(const ProcessPointer& process) {
  process->phase = Phase::kEnding;
  process->phase_since = steady_clock::now();
  // The supervisor reaps what it sees ended, and drops what was wanted and never started. Until
  // then the number belongs to the process.
  if (process->pid != 0) ::kill(-process->pid, SIGKILL);
  wake();
}

void ProcessPool::State::complete(const ProcessPointer& process, std::string payload,
                                  bool function_error, std::string_view status,
                                  std::string_view error_type, Effects& effects) {
  RunningInvocation ended = *std::exchange(process->running, std::nullopt);
  changed.notify_all();
  const auto duration = duration_cast<microseconds>(steady_clock::now() - ended.started);
  effects.add([process, duration, function_error, ended = std::move(ended), pid = process->pid,
               sampled = process->memory_bytes_max, payload = std::move(payload),
               status = std::string(status), error_type = std::string(error_type)]() mutable {
    const std::size_t memory_bytes = std::max(sampled, pid == 0 ? 0 : resident_bytes_peak(pid));
    auto lines = end_lines({.request_id = ended.request_id,
                            .duration = duration,
                            .init_duration = ended.init_duration,
                            .memory_mb = process->function().settings.memory_mb,
                            .memory_used_bytes_max = memory_bytes,
                            .status = status,
                            .error_type = error_type});
    std::string tail = process->output.end_invocation(lines);
    InvocationOutcome outcome;
    outcome.request_id = std::move(ended.request_id);
    outcome.payload = std::move(payload);
    outcome.function_error = function_error;
    if (ended.tail_log) outcome.log_tail = std::move(tail);
    ended.callback(std::move(outcome));
  });
}

void ProcessPool::State::fail_waiting(
    Lane& lane, const ProcessPointer& process,
    const std::function<std::string(std::string_view)>& payload_of, Effects& effects) {
  if (lane.waiting.empty()) return;
  WaitingInvocation failed = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  --waiting_count;
  InvocationOutcome outcome;
  outcome.payload = payload_of(failed.request_id);
  outcome.request_id = std::move(failed.request_id);
  outcome.function_error = true;
  const auto duration = duration_cast<microseconds>(steady_clock::now() - failed.since);
  effects.add([process, duration, callback = std::move(failed.callback),
               tail_log = failed.invocation.tail_log, outcome = std::move(outcome)]() mutable {
    process->output.add({start_line(outcome.request_id)});
    std::string tail = process->output.end_invocation(
        end_lines({.request_id = outcome.request_id,
                   .duration = duration,
                   .memory_mb = process->function().settings.memory_mb,
                   .memory_used_bytes_max = process->memory_bytes_max,
                   .status = "error"}));
    if (tail_log) outcome.log_tail = std::move(tail);
    callback(std::move(outcome));
  });
}

}  // namespace parley::trigger
