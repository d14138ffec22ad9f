// DataDirectory: the folder that --data names. Layout and version stamp:
// docs/formats/data-directory.md.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace parley::storage {

/// The layout and formats this binary reads and writes. Raised when an older binary could not read
/// what this one writes.
inline constexpr unsigned kDataVersion = 2;

/// An open data directory, locked for this process until destroyed.
class DataDirectory {
 public:
  /// Opens `path`, or creates it with its parents. A directory that holds files but no stamp of
  /// ours is refused, so that a mistyped --data harms nothing. Errors, each naming the directory
  /// and with nothing changed: kLocked (another process has it, and which), kIncompatibleVersion,
  /// kInvalidArgument (not a directory, or not ours), kCorruption (unreadable stamp), kStorageFull,
  /// kIo.
  [[nodiscard]] static Result<std::unique_ptr<DataDirectory>> open(const std::string& path);

  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Where the store keeps its files; exists.
  [[nodiscard]] std::string store_path() const { return path_ + "/store"; }

 private:
  DataDirectory(std::string path, int lock_file) : path_(std::move(path)), lock_file_(lock_file) {}
  std::string path_;
  int lock_file_;  // a descriptor; the lock goes with it
};

}  // namespace parley::storage
