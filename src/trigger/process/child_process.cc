#include "trigger/process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace parley::trigger {
namespace {

constexpr int kPidfdIdType = 3;  // P_PIDFD, which glibc's header has as an enumerator only
// The least a kernel without close_range (before 5.9) gets closed.
constexpr int kDescriptorsMax = 65'536;

struct Pipe {
  FileDescriptor reading;
  FileDescriptor writing;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kIo, fmt::format("Cannot make a pipe: {}", std::strerror(errno)));
  }
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

void set_non_blocking(int descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// What the new process needs between vfork and exec; prepared before, so that it only makes system
/// calls.
struct ChildPlan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;
  int input = -1;
  int output = -1;
  int failure = -1;  // gets errno if the program cannot be started
  pid_t parent = 0;
  bool survives_parent = false;
  rlimit data_limit{};
};

void close_others(int kept) {
  const auto close_between = [](unsigned first, unsigned last) {
    if (first > last || ::syscall(SYS_close_range, first, last, 0U) == 0) return;
    for (unsigned each = first; each <= last && each < unsigned{kDescriptorsMax}; ++each) {
      ::close(static_cast<int>(each));
    }
  };
  close_between(3, static_cast<unsigned>(kept) - 1);
  close_between(static_cast<unsigned>(kept) + 1, ~0U);
}

/// Runs in the new process, which shares this one's memory until it has exec'ed: nothing but system
/// calls, and no return.
[[noreturn]] void become(const ChildPlan& plan) {
  if (!plan.survives_parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent) ::_exit(127);  // it ended before the line above
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);  // stays over exec; see process/orphans.h
  ::setsid();
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &standard, nullptr);  // an ignored signal stays ignored over exec
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (plan.data_limit.rlim_cur != 0) ::setrlimit(RLIMIT_DATA, &plan.data_limit);
  // The server keeps its own 0, 1 and 2 open, so no end of a pipe is one of them.
  if (::dup2(plan.input, 0) == 0 && ::dup2(plan.output, 1) == 1 && ::dup2(plan.output, 2) == 2 &&
      ::chdir(plan.directory) == 0) {
    close_others(plan.failure);
    ::execve(plan.program, plan.arguments, plan.environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(plan.failure, &error, sizeof error);
  ::_exit(127);
}

/// A frame of its own: nothing of the caller's lives in registers that the child might change.
[[gnu::noinline]] pid_t fork_and_become(const ChildPlan& plan) {
  // posix_spawn knows neither the limits nor the group; the child does nothing but system calls.
  // NOLINTBEGIN(bugprone-unsafe-functions,*vfork,*Vfork)
  const pid_t pid = ::vfork();
  if (pid == 0) become(plan);
  // NOLINTEND(bugprone-unsafe-functions,*vfork,*Vfork)
  return pid;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::string system_words(int error) {
  std::string words = std::strerror(error);
  words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
  return words;
}

/// The process's id, or its errno from between fork and exec.
Result<pid_t> launch(ChildPlan plan) {
  sigset_t all;
  sigset_t previous;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &previous);  // no handler runs in the shared memory
  plan.parent = ::getpid();
  const pid_t pid = fork_and_become(plan);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  if (pid < 0) return fail(ErrorCode::kIo, system_words(fork_error));
  return pid;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    value_ = std::exchange(other.value_, -1);
  }
  return *this;
}

void FileDescriptor::reset() {
  if (value_ >= 0) ::close(std::exchange(value_, -1));
}

Result<ChildProcess> ChildProcess::start(const ChildCommand& command) {
  auto output = PARLEY_TRY(make_pipe());
  auto failure = PARLEY_TRY(make_pipe());
  Pipe input;
  if (command.reads_input) {
    input = PARLEY_TRY(make_pipe());
  } else {
    input.reading = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  const auto arguments = pointers_to(command.arguments);
  const auto environment = pointers_to(command.environment);
  const pid_t pid = PARLEY_TRY(
      launch({.program = command.arguments.front().c_str(),
              .arguments = arguments.data(),
              .environment = environment.data(),
              .directory = command.directory.c_str(),
              .input = input.reading.get(),
              .output = output.writing.get(),
              .failure = failure.writing.get(),
              .survives_parent = command.survives_parent,
              .data_limit = {command.data_size_bytes_max, command.data_size_bytes_max}}));
  failure.writing.reset();
  int error = 0;
  if (::read(failure.reading.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(pid, nullptr, 0);
    return fail(ErrorCode::kIo, system_words(error));
  }
  ChildProcess child;
  child.pid_ = pid;
  child.pidfd_ = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
  if (!child.pidfd_.is_open()) {
    return fail(ErrorCode::kIo, fmt::format("pidfd_open: {}", system_words(errno)));
  }
  set_non_blocking(output.reading.get());
  child.output_ = std::move(output.reading);
  if (command.reads_input) child.input_ = std::move(input.writing);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      pidfd_(std::move(other.pidfd_)),
      output_(std::move(other.output_)),
      input_(std::move(other.input_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(output_, other.output_);
  std::swap(input_, other.input_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  kill();
  reap();
}

void ChildProcess::kill() const {
  if (pid_ != 0) ::kill(-pid_, SIGKILL);
}

ChildProcess::Ending ChildProcess::reap() {
  // Before the leader is reaped its id, and so the group's, cannot be given to others.
  kill();
  siginfo_t info{};
  while (::waitid(static_cast<idtype_t>(kPidfdIdType), static_cast<id_t>(pidfd_.get()), &info,
                  WEXITED) != 0 &&
         errno == EINTR) {
  }
  pid_ = 0;
  return {.signaled = info.si_code != CLD_EXITED, .value = info.si_status};
}

std::string ending_text(const ChildProcess::Ending& ending) {
  if (!ending.signaled) return fmt::format("exit status {}", ending.value);
  const char* name = ::sigdescr_np(ending.value);
  std::string words = name == nullptr ? fmt::format("{}", ending.value) : name;
  words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
  return fmt::format("signal: {}", words);
}

}  // namespace parley::trigger
