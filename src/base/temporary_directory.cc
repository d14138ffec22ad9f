#include "base/temporary_directory.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace parley {

Result<TemporaryDirectory> TemporaryDirectory::make() {
  namespace fs = std::filesystem;
  std::error_code missing;
  const fs::path parent = fs::absolute(fs::temp_directory_path(missing), missing);
  std::string path = fmt::format("{}/parley-XXXXXX", missing ? "/tmp" : parent.string());
  if (::mkdtemp(path.data()) == nullptr) {
    const int why = errno;
    return fail(ErrorCode::kIo,
                fmt::format("Cannot make a directory {}: {}", path, std::strerror(why)));
  }
  TemporaryDirectory directory;
  directory.path_ = std::move(path);
  return directory;
}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace parley
