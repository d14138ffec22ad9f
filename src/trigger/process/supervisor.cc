// The supervisor: the one thread that starts processes (they die with it), sees them end, reads
// what they print, and watches times and memory.
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "trigger/process/invocation_report.h"
#include "trigger/process/orphans.h"
#include "trigger/process/pool_state.h"
#include "trigger/process/process_memory.h"

namespace parley::trigger {
namespace {

using Phase = RuntimeProcess::Phase;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often the memory of processes that work is looked at.
constexpr milliseconds kMemoryInterval{50};
constexpr int kPollEventsMax = 64;

// What an event of the poll is about: a process's id and one of these, or nothing for the wake-up.
enum class Source : std::uint8_t { kEnded, kOutput };
constexpr unsigned kSourceBits = 1;

std::uint64_t tag_of(std::uint64_t process_id, Source source) {
  return process_id << kSourceBits | static_cast<std::uint64_t>(source);
}

std::string_view phase_words(int attempt) {
  return attempt == 1 ? "init" : "invoke";
}

}  // namespace

Status ProcessPool::State::open_descriptors() {
  poll = FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
  wake_up = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!poll.is_open() || !wake_up.is_open() || !add_to_poll(wake_up.get(), 0)) {
    return fail(ErrorCode::kIo, fmt::format("Cannot watch processes: {}", std::strerror(errno)));
  }
  return {};
}

bool ProcessPool::State::add_to_poll(int descriptor, std::uint64_t tag) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  return ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void ProcessPool::State::unregister(int descriptor) const {
  ::epoll_ctl(poll.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void ProcessPool::State::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_up.get(), &one, sizeof one);
}

void ProcessPool::State::wake_before(SteadyTime when) {
  if (when >= next_look_at) return;
  next_look_at = when;
  wake();
}

void ProcessPool::State::supervise() {
  ::prctl(PR_SET_NAME, "functions");
  adopt_orphans();
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);  // of a guardian that somebody killed
  for (;;) {
    SteadyTime look_at;
    {
      const std::scoped_lock lock(mutex);
      if (ending) break;
      look_at = next_look_at;
    }
    int timeout_ms = -1;
    if (look_at != SteadyTime::max()) {
      const auto left = std::chrono::ceil<milliseconds>(look_at - steady_clock::now()).count();
      timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    }
    std::array<epoll_event, kPollEventsMax> events;
    const int count = ::epoll_wait(poll.get(), events.data(), kPollEventsMax, timeout_ms);
    {
      // Awake: nobody needs to wake it until it has looked at the times.
      const std::scoped_lock lock(mutex);
      next_look_at = SteadyTime::min();
    }
    for (int i = 0; i < std::max(count, 0); ++i) {
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      if (tag == 0) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const ssize_t size = ::read(wake_up.get(), &ignored, sizeof ignored);
        continue;
      }
      ProcessPointer process;
      {
        const std::scoped_lock lock(mutex);
        const auto found = processes.find(tag >> kSourceBits);
        if (found == processes.end()) continue;  // reaped a moment ago
        process = found->second;
      }
      switch (static_cast<Source>(tag & ((1u << kSourceBits) - 1))) {
        case Source::kEnded:
          reap(process);
          break;
        case Source::kOutput:
          if (!process->output.read()) unregister(process->child.output());
          break;
      }
    }
    start_wanted();
    watch_times();
  }
  end_everything();
}

void ProcessPool::State::start_wanted() {
  std::vector<ProcessPointer> to_start;
  {
    const std::scoped_lock lock(mutex);
    to_start.swap(wanted);
  }
  for (const auto& process : to_start) start_process(process);
}

void ProcessPool::State::start_process(const ProcessPointer& process) {
  const auto now = steady_clock::now();
  {
    const std::scoped_lock lock(mutex);
    const bool still_wanted = process->phase == Phase::kWanted;
    process->phase = still_wanted ? Phase::kInitializing : Phase::kEnding;
    process->phase_since = now;
    process->deadline =
        now + (process->attempt == 1
                   ? options.init_timeout
                   : milliseconds(std::chrono::seconds(process->function().settings.timeout_s)));
    if (!still_wanted) {
      processes.erase(process->id);
      if (Lane* lane = lane_of(*process)) std::erase(lane->processes, process);
      return;
    }
    wake_before(process->deadline);
  }
  if (const Status launched = launch(process); !launched)
    could_not_start(process, launched.error());
}

Status ProcessPool::State::launch(const ProcessPointer& process) {
  const std::string log_stream = log_stream_name(clock.now(), make_uuid(random));
  process->address =
      PARLEY_TRY(endpoints.open([this, process](const RuntimeEndpoints::Request& request,
                                                RuntimeEndpoints::ReplyCallback reply) {
        handle(process, request, std::move(reply));
      }));
  const ChildCommand command = PARLEY_TRY(
      runtime_command(*process->target.deployment, surroundings, process->address, log_stream));
  process->output.add(
      {fmt::format("INIT_START Runtime Version: {}", process->function().settings.runtime)});
  auto child = ChildProcess::start(command);
  if (!child) {
    return fail(ErrorCode::kFunctionFailed,
                fmt::format("fork/exec {}: {}", command.arguments.front(), child.error().message));
  }
  process->child = *std::move(child);
  PARLEY_TRY(guardian.watch(process->child.id()));
  process->output.attach(process->child.output());
  if (!add_to_poll(process->child.ended_descriptor(), tag_of(process->id, Source::kEnded)) ||
      !add_to_poll(process->child.output(), tag_of(process->id, Source::kOutput))) {
    return fail(ErrorCode::kIo, fmt::format("epoll_ctl: {}", std::strerror(errno)));
  }
  Effects effects;
  {
    const std::scoped_lock lock(mutex);
    process->pid = process->child.id();
    if (process->phase == Phase::kEnding) {
      process->child.kill();
    } else if (process->next_poll != nullptr) {
      become_ready(process, effects);  // it was quicker than we were
    }
  }
  effects.run();
  return {};
}

void ProcessPool::State::could_not_start(const ProcessPointer& process, const Error& error) {
  const bool no_entrypoint = error.code == ErrorCode::kFunctionFailed;
  const bool no_bootstrap =
      no_entrypoint && process->function().kind == RuntimeKind::kProvided &&
      error.message.ends_with("no such file or directory") &&
      ::access((process->target.deployment->task_root + "/bootstrap").c_str(), F_OK) != 0;
  const std::string text = no_bootstrap
                               ? fmt::format("Couldn't find valid bootstrap(s): [{}/bootstrap]",
                                             process->target.deployment->task_root)
                               : error.message;
  if (!process->address.empty()) endpoints.close(process->address);
  if (process->child.id() != 0) {
    guardian.forget(process->child.id());
    process->output.detach();
    process->child = ChildProcess();
  }
  Effects effects;
  {
    const std::scoped_lock lock(mutex);
    process->next_poll = nullptr;
    processes.erase(process->id);
    Lane* lane = lane_of(*process);
    if (lane != nullptr) std::erase(lane->processes, process);
    if (lane != nullptr && no_entrypoint) {
      fail_waiting(
          *lane, process,
          [&text](std::string_view id) {
            return error_payload("Runtime.InvalidEntrypoint", platform_message(id, text));
          },
          effects);
    } else if (lane != nullptr && !lane->waiting.empty()) {
      effects.add(
          [callback = std::move(lane->waiting.front().callback), error = Error(error)]() mutable {
            callback(std::unexpected(std::move(error)));
          });
      lane->waiting.pop_front();
      --waiting_count;
    }
    fill_all(effects);
  }
  effects.run();
}

void ProcessPool::State::reap(const ProcessPointer& process) {
  unregister(process->child.ended_descriptor());
  unregister(process->child.output());
  process->child.kill();  // what is left of its group, before the pipes are read to their ends
  kill_orphans();
  process->output.detach();
  endpoints.close(process->address);
  guardian.forget(process->child.id());
  Effects effects;
  std::unique_lock lock(mutex);
  const ChildProcess::Ending how = process->child.reap();
  process->pid = 0;
  const bool exited_well = !how.signaled && how.value == 0;
  const std::string text = exited_well
                               ? "Runtime exited without providing a reason"
                               : fmt::format("Runtime exited with error: {}", ending_text(how));
  const Phase phase = std::exchange(process->phase, Phase::kEnding);
  processes.erase(process->id);
  if (Lane* lane = lane_of(*process)) std::erase(lane->processes, process);
  if (phase == Phase::kBusy) {
    complete(
        process,
        error_payload("Runtime.ExitError", platform_message(process->running->request_id, text)),
        true, "error", "Runtime.ExitError", effects);
  } else if (phase == Phase::kInitializing) {
    initialisation_failed(process, "Runtime.ExitError", text, effects);
  }
  process->next_poll = nullptr;
  fill_all(effects);
  changed.notify_all();
  lock.unlock();
  process->child = ChildProcess();
  effects.run();
}

void ProcessPool::State::initialisation_failed(const ProcessPointer& process,
                                               std::string_view error_type, std::string_view text,
                                               Effects& effects) {
  const std::string type(process->init_error_type.empty() ? error_type : process->init_error_type);
  const auto duration = duration_cast<microseconds>(steady_clock::now() - process->phase_since);
  process->output.add({init_report_line(duration, phase_words(process->attempt),
                                        error_type == "Sandbox.Timedout" ? "timeout" : "error",
                                        error_type == "Sandbox.Timedout" ? "" : type)});
  Lane* lane = lane_of(*process);
  if (lane == nullptr || lane->removed || lane->waiting.empty() || stopping) return;
  if (process->attempt == 1) return want_process(*lane, 2);
  fail_waiting(
      *lane, process,
      [&](std::string_view id) {
        if (!process->init_error.empty()) return process->init_error;
        return error_payload(error_type, platform_message(id, text));
      },
      effects);
}

SteadyTime ProcessPool::State::next_look(SteadyTime now) const {
  SteadyTime next = SteadyTime::max();
  if (waiting_count > 0 && processes.size() >= static_cast<std::size_t>(options.processes_max)) {
    next = now + kStarvingAfter;
  }
  for (const auto& [id, process] : processes) {
    switch (process->phase) {
      case Phase::kInitializing:
      case Phase::kBusy:
        next = std::min({next, process->deadline, now + kMemoryInterval});
        break;
      case Phase::kFinishing:
        next = std::min(next, process->deadline);
        if (now - process->phase_since < kFinishingGrace) {
          next = std::min(next, process->phase_since + kFinishingGrace);
        }
        break;
      case Phase::kIdle:
        next = std::min(next, process->phase_since + options.idle_lifetime);
        break;
      case Phase::kWanted:
      case Phase::kEnding:
        break;
    }
  }
  return next;
}

void ProcessPool::State::watch_times() {
  std::vector<std::pair<ProcessPointer, pid_t>> working;
  Effects effects;
  {
    const std::scoped_lock lock(mutex);
    const auto now = steady_clock::now();
    std::vector<ProcessPointer> all;
    all.reserve(processes.size());
    for (const auto& [id, process] : processes) all.push_back(process);
    for (const auto& process : all) {
      check_times(process, now, effects);
      const bool works = process->phase == Phase::kBusy || process->phase == Phase::kInitializing;
      if (works && process->pid != 0) working.emplace_back(process, process->pid);
    }
    fill_all(effects);
    next_look_at = next_look(now);
  }
  effects.run();
  watch_memory(working);
}

void ProcessPool::State::check_times(const ProcessPointer& process, SteadyTime now,
                                     Effects& effects) {
  switch (process->phase) {
    case Phase::kInitializing:
      if (now < process->deadline) return;
      initialisation_failed(process,
                            process->init_error.empty() ? "Sandbox.Timedout" : "Runtime.ExitError",
                            timeout_text(process->function().settings.timeout_s), effects);
      end(process);
      return;
    case Phase::kBusy:
      if (now >= process->deadline) time_out(process, effects);
      return;
    case Phase::kFinishing:
      if (now >= process->deadline) end(process);
      return;
    case Phase::kIdle:
      if (now >= process->phase_since + options.idle_lifetime) end(process);
      return;
    case Phase::kWanted:
    case Phase::kEnding:
      return;
  }
}

void ProcessPool::State::time_out(const ProcessPointer& process, Effects& effects) {
  const int timeout_s = process->function().settings.timeout_s;
  const std::string& request_id = process->running->request_id;
  effects.add([process, line = timeout_line(clock.now(), request_id, timeout_s)] {
    process->output.add({line});
  });
  const std::string payload =
      error_payload("Sandbox.Timedout", platform_message(request_id, timeout_text(timeout_s)));
  complete(process, payload, true, "timeout", "", effects);
  end(process);
}

void ProcessPool::State::watch_memory(
    const std::vector<std::pair<ProcessPointer, pid_t>>& working) {
  for (const auto& [process, pid] : working) {
    const std::size_t size_bytes = resident_bytes(pid);
    const auto limit = static_cast<std::size_t>(process->function().settings.memory_mb) << 20;
    const std::scoped_lock lock(mutex);
    process->memory_bytes_max = std::max(process->memory_bytes_max, size_bytes);
    // Its invocation fails when it is reaped: "signal: killed".
    if (size_bytes > limit && process->pid == pid) ::kill(-pid, SIGKILL);
  }
}

void ProcessPool::State::end_everything() {
  Effects effects;
  std::vector<ProcessPointer> all;
  {
    const std::scoped_lock lock(mutex);
    for (auto& [id, process] : processes) {
      all.push_back(process);
      process->child.kill();
      if (!process->running) continue;
      effects.add([callback = std::move(process->running->callback)]() mutable {
        callback(fail(ErrorCode::kUnavailable, "The server is shutting down"));
      });
      process->running.reset();
      process->phase = Phase::kEnding;
    }
    wanted.clear();
  }
  effects.run();
  for (const auto& process : all) {
    if (!process->address.empty()) endpoints.close(process->address);
    if (process->child.id() != 0) guardian.forget(process->child.id());
    process->output.detach();
    const std::scoped_lock lock(mutex);
    process->pid = 0;
    process->child = ChildProcess();
    process->next_poll = nullptr;
    process->phase = Phase::kEnding;
  }
  kill_orphans();
  const std::scoped_lock lock(mutex);
  processes.clear();
  lanes.clear();
  changed.notify_all();
}

}  // namespace parley::trigger
