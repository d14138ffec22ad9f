// The signals that end a server.
#pragma once

#include <csignal>

namespace parley::cli {

/// Keeps SIGINT, SIGTERM and SIGHUP from the calling thread and those it starts later, for wait();
/// SIGPIPE is ignored from now on.
class EndSignals {
 public:
  EndSignals();
  /// Blocks until one comes; the next one ends the process.
  void wait() const;

 private:
  sigset_t signals_{};
};

}  // namespace parley::cli
