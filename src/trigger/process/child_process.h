// ChildProcess: a program started by the server that cannot outlive it. It is the leader of a
// session and process group of its own, so that it and its offspring die together, and the kernel
// kills it when the thread that started it ends.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley::trigger {

/// A file descriptor that closes itself. One owner; -1 is none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int value) : value_(value) {}
  FileDescriptor(FileDescriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { reset(); }
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool is_open() const { return value_ >= 0; }
  void reset();

 private:
  int value_ = -1;
};

struct ChildCommand {
  std::vector<std::string> arguments;    // the first is the program's absolute path
  std::vector<std::string> environment;  // "NAME=value": all it gets
  std::string directory = "/";
  std::size_t data_size_bytes_max = 0;  // of its private writable memory; 0: no limit
  bool reads_input = false;             // a pipe instead of /dev/null as its standard input
  bool survives_parent = false;
};

class ChildProcess {
 public:
  /// Starts the program. The calling thread must live as long as the program is wanted, unless it
  /// survives its parent. Blocks until the program is loaded or has failed to. Errors: kIo with the
  /// system's words in lower case ("permission denied", "exec format error").
  [[nodiscard]] static Result<ChildProcess> start(const ChildCommand& command);

  ChildProcess() = default;
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  /// Kills what is still running and reaps it.
  ~ChildProcess();

  [[nodiscard]] pid_t id() const { return pid_; }
  /// Readable once the program has ended.
  [[nodiscard]] int ended_descriptor() const { return pidfd_.get(); }
  /// Ends of pipes that do not block: its standard output and error, which are one so that they
  /// keep their order, and its input.
  [[nodiscard]] int output() const { return output_.get(); }
  [[nodiscard]] int input() const { return input_.get(); }

  /// SIGKILL to the whole process group.
  void kill() const;
  /// Takes the exit status of a program that has ended, as waitid() has it, after killing what is
  /// left of its group. Precondition: ended_descriptor() is readable, or kill() was called.
  struct Ending {
    bool signaled = false;
    int value = 0;  // exit status, or the signal's number
  };
  Ending reap();

 private:
  pid_t pid_ = 0;  // 0: none, or reaped
  FileDescriptor pidfd_;
  FileDescriptor output_;
  FileDescriptor input_;
};

/// "exit status 1" or "signal: killed", as Lambda words it.
[[nodiscard]] std::string ending_text(const ChildProcess::Ending& ending);

}  // namespace parley::trigger
