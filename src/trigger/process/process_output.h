// ProcessOutput: what one process prints, on its way into its function's log.
//
// The pipe is read by the supervisor when there is something in it, and by whoever ends an
// invocation, so that all a handler printed stands before the invocation's END line.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "trigger/log_store.h"
#include "trigger/process/line_splitter.h"

namespace parley::trigger {

/// What Invoke returns at most of an invocation's log.
inline constexpr std::size_t kLogTailSizeBytesMax = 4096;

/// Thread-safe.
class ProcessOutput {
 public:
  /// `clock` is borrowed.
  ProcessOutput(std::shared_ptr<FunctionLog> log, const Clock& clock)
      : log_(std::move(log)), clock_(clock) {}

  /// Reads from this pipe, which does not block, until detach(). It belongs to the caller.
  void attach(int pipe);
  /// Takes what is left in the pipe, as far as it comes at once; it may be closed then.
  void detach();

  /// Takes what is in the pipe, at most a bounded amount; false at its end.
  [[nodiscard]] bool read();

  /// Lines of the server's own (START and the like).
  void add(const std::vector<std::string>& lines);
  /// After what the process printed before, which is none of the invocation.
  void begin_invocation(std::string start_line);
  /// The log's last bytes since begin_invocation(), with the pipe drained before `end_lines`.
  [[nodiscard]] std::string end_invocation(const std::vector<std::string>& end_lines);

 private:
  [[nodiscard]] bool read_locked(std::size_t size_bytes_max);
  void drain_locked();
  void keep(const std::vector<std::string>& lines);

  const std::shared_ptr<FunctionLog> log_;
  const Clock& clock_;
  std::mutex mutex_;  // guards what follows
  int pipe_ = -1;
  LineSplitter splitter_;
  std::string tail_;
};

}  // namespace parley::trigger
