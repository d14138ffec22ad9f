// Guardian: a small shell that outlives the server for an instant, to kill what the kernel does
// not: the processes that functions' processes started. It reads the process groups that live from
// a pipe; the pipe's end is the server's end. What has left its group it finds by the environment.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <utility>

#include "base/result.h"
#include "trigger/process/child_process.h"

namespace parley::trigger {

/// One thread at a time.
class Guardian {
 public:
  /// `marker`: a text that the environment of every watched process has, and no other's.
  explicit Guardian(std::string marker) : marker_(std::move(marker)) {}

  /// Starts the guardian if there is none, and tells it. Errors: kIo.
  [[nodiscard]] Status watch(pid_t group);
  /// To be called before the group's leader is reaped: the number may be another's afterwards.
  void forget(pid_t group);

 private:
  [[nodiscard]] Status start();
  [[nodiscard]] bool tell(char what, pid_t group);

  std::string marker_;
  ChildProcess shell_;
  std::set<pid_t> groups_;
};

}  // namespace parley::trigger
