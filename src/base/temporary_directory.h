// TemporaryDirectory: a place for files that goes with its owner.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace parley {

/// A directory that is removed, with everything in it, when this goes. Empty (no directory) by
/// default and when moved from.
class TemporaryDirectory {
 public:
  /// A new one where the system has them ($TMPDIR, else /tmp). Errors: kIo.
  [[nodiscard]] static Result<TemporaryDirectory> make();
  TemporaryDirectory() = default;
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  ~TemporaryDirectory();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace parley
