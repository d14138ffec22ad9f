#include "trigger/directory_watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "trigger/code_archive.h"

namespace parley::trigger {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                  IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

bool is_ignored(std::string_view name) {
  return name == "__pycache__" || name == ".git";
}

Status watch(const FileDescriptor& inotify, const std::string& directory) {
  if (::inotify_add_watch(inotify.get(), directory.c_str(), kEvents) >= 0 || errno == ENOENT) {
    return {};
  }
  return fail(ErrorCode::kIo, fmt::format("Cannot watch {}: {}", directory, std::strerror(errno)));
}

}  // namespace

Result<std::unique_ptr<DirectoryWatch>> DirectoryWatch::open(const std::string& directory) {
  FileDescriptor inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify.is_open()) {
    return fail(ErrorCode::kIo, fmt::format("Cannot watch files: {}", std::strerror(errno)));
  }
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return fail(ErrorCode::kIo, fmt::format("{} is not a directory", directory));
  }
  PARLEY_TRY(watch(inotify, directory));
  // A directory made while this walks is an event of its parent, which is watched already.
  auto each = fs::recursive_directory_iterator(
      directory, fs::directory_options::skip_permission_denied, error);
  std::uint64_t count = 0;
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    if (++count > kArchiveEntriesMax) {
      return fail(ErrorCode::kInvalidParameter,
                  fmt::format("{} has too many files to be a function's code", directory));
    }
    std::error_code gone;
    if (!each->is_directory(gone) || each->is_symlink(gone)) continue;
    if (is_ignored(each->path().filename().string())) {
      each.disable_recursion_pending();
      continue;
    }
    PARLEY_TRY(watch(inotify, each->path().string()));
  }
  return std::unique_ptr<DirectoryWatch>(new DirectoryWatch(std::move(inotify)));
}

bool DirectoryWatch::changed() {
  if (changed_) return true;
  alignas(inotify_event) std::array<char, std::size_t{16} * 1024> events;
  for (;;) {
    const ssize_t size = ::read(inotify_.get(), events.data(), events.size());
    if (size <= 0) return changed_;
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, events.data() + at, sizeof event);
      const char* name = events.data() + at + sizeof event;
      if (event.len == 0 || !is_ignored(name)) changed_ = true;
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    if (changed_) return true;
  }
}

}  // namespace parley::trigger
