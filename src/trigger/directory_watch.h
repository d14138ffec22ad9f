// DirectoryWatch: has anything changed below a directory since it was last asked? Asked at every
// invocation, so it costs one system call: the kernel notes changes (inotify), the tree is not
// walked. __pycache__ and .git do not count.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "trigger/process/child_process.h"

namespace parley::trigger {

/// One thread at a time.
class DirectoryWatch {
 public:
  /// Errors: kIo (no such directory; the system's limit on watches is reached), kInvalidParameter
  /// for more than kArchiveEntriesMax files and directories.
  [[nodiscard]] static Result<std::unique_ptr<DirectoryWatch>> open(const std::string& directory);

  /// True if something has changed since open(); from then on always.
  [[nodiscard]] bool changed();

 private:
  explicit DirectoryWatch(FileDescriptor inotify) : inotify_(std::move(inotify)) {}
  FileDescriptor inotify_;
  bool changed_ = false;
};

}  // namespace parley::trigger
