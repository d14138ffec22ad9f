#include "trigger/process/orphans.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "trigger/process/child_process.h"

namespace parley::trigger {
namespace {

// A process that was killed is gone at once, unless it waits for a device.
constexpr int kDeathTimeoutMs = 100;
// Of looks that find somebody: each generation of orphans needs one.
constexpr int kLooksMax = 64;

std::vector<pid_t> children_of_main_thread() {
  std::ifstream list(fmt::format("/proc/self/task/{}/children", ::getpid()));
  std::vector<pid_t> children;
  for (pid_t each = 0; list >> each;) children.push_back(each);
  return children;
}

/// Whether it is reaped.
bool kill_and_reap(pid_t pid) {
  const FileDescriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
  ::kill(pid, SIGKILL);
  pollfd look{.fd = ended.get(), .events = POLLIN, .revents = 0};
  if (ended.is_open()) ::poll(&look, 1, kDeathTimeoutMs);
  return ::waitpid(pid, nullptr, WNOHANG) == pid;
}

}  // namespace

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
}

void kill_orphans() {
  for (int look = 0; look < kLooksMax; ++look) {
    const std::vector<pid_t> orphans = children_of_main_thread();
    bool any_reaped = false;
    for (const pid_t each : orphans) any_reaped = kill_and_reap(each) || any_reaped;
    if (!any_reaped) return;
  }
}

}  // namespace parley::trigger
