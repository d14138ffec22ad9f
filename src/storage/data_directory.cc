#include "storage/data_directory.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace parley::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStampName = "VERSION";
constexpr std::string_view kStampDraftName = "VERSION.new";
constexpr std::string_view kLockName = "LOCK";
constexpr std::string_view kStoreName = "store";
constexpr std::string_view kStampPrefix = "parley data version ";
constexpr std::size_t kSmallFileSizeMax = 256;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::unexpected<Error> system_error(std::string_view what, const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return fail(full ? ErrorCode::kStorageFull : ErrorCode::kIo,
              fmt::format("Cannot {} {}: {}", what, path, std::generic_category().message(code)));
}

Status sync_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) {
    return system_error("sync the directory", path, errno);
  }
  return {};
}

/// mkdir -p; each new directory's entry is made durable in its parent.
Status create_directories(const std::string& path) {
  std::vector<fs::path> missing;
  for (fs::path at = path; !at.empty(); at = at.parent_path()) {
    std::error_code ignored;
    if (fs::exists(at, ignored)) break;
    missing.push_back(at);
    if (at == at.parent_path()) break;
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    if (::mkdir(at->c_str(), 0755) != 0 && errno != EEXIST) {
      return system_error("create the data directory", at->string(), errno);
    }
    const fs::path parent = at->parent_path();
    PARLEY_TRY(sync_directory(parent.empty() ? "." : parent.string()));
  }
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) {
    return system_error("open the data directory", path, errno);
  }
  if (!S_ISDIR(facts.st_mode)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("The data directory {} is a file, not a directory", path));
  }
  return {};
}

Result<std::string> read_small_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return system_error("open", path, errno);
  std::string text(kSmallFileSizeMax, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return system_error("read", path, errno);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// Takes the lock for as long as the returned descriptor stays open, and writes our process id into
/// it for whoever is refused.
Result<int> take_lock(const std::string& directory) {
  const std::string path = fmt::format("{}/{}", directory, kLockName);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.is_open()) return system_error("write to the data directory", directory, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock", path, errno);
    std::string owner;
    if (auto text = read_small_file(path); text && !text->empty()) {
      owner = fmt::format(" (process {})", text->substr(0, text->find('\n')));
    }
    return fail(
        ErrorCode::kLocked,
        fmt::format("The data directory {} is in use by another Parley{}; stop it first, or "
                    "choose another directory with --data",
                    directory, owner));
  }
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return system_error("write", path, errno);
  }
  return file.release();
}

Status write_stamp(const std::string& directory) {
  const std::string draft = fmt::format("{}/{}", directory, kStampDraftName);
  const std::string stamp = fmt::format("{}/{}", directory, kStampName);
  const std::string text = fmt::format("{}{}\n", kStampPrefix, kDataVersion);
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.is_open()) return system_error("create", draft, errno);
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file.get()) != 0) {
      return system_error("write", draft, errno);
    }
  }
  if (::rename(draft.c_str(), stamp.c_str()) != 0) return system_error("create", stamp, errno);
  return sync_directory(directory);
}

Status check_stamp(const std::string& directory, std::string_view text) {
  const auto damaged = [&] {
    return fail(ErrorCode::kCorruption,
                fmt::format("The data directory {} has an unreadable version stamp ({}/{})",
                            directory, directory, kStampName));
  };
  if (!text.starts_with(kStampPrefix) || !text.ends_with('\n')) return damaged();
  text.remove_prefix(kStampPrefix.size());
  text.remove_suffix(1);
  unsigned version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size() || version == 0) return damaged();
  if (version == kDataVersion) return {};
  return fail(
      ErrorCode::kIncompatibleVersion,
      fmt::format("The data directory {} has data version {}, this Parley reads version {}; "
                  "use {} Parley, or choose another directory with --data",
                  directory, version, kDataVersion,
                  version > kDataVersion ? "a newer" : "an older"));
}

/// True for a directory that holds nothing but what an interrupted first open may have left.
Result<bool> is_fresh(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name != kLockName && name != kStampDraftName && name != "lost+found") return false;
  }
  if (error) return system_error("list the data directory", directory, error.value());
  return true;
}

Status check_or_stamp(const std::string& directory) {
  const std::string stamp = fmt::format("{}/{}", directory, kStampName);
  std::error_code error;
  if (fs::exists(stamp, error)) {
    const std::string text = PARLEY_TRY(read_small_file(stamp));
    PARLEY_TRY(check_stamp(directory, text));
  } else if (PARLEY_TRY(is_fresh(directory))) {
    PARLEY_TRY(write_stamp(directory));
  } else {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("The directory {} is not empty and not a Parley data directory; choose "
                            "an empty or new one with --data",
                            directory));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path) {
  if (path.empty()) return fail(ErrorCode::kInvalidArgument, "The data directory has no name");
  PARLEY_TRY(create_directories(path));
  // Looked at before the lock file is made: a directory that is not ours stays as it is.
  std::error_code error;
  if (!fs::exists(fmt::format("{}/{}", path, kStampName), error) && !PARLEY_TRY(is_fresh(path))) {
    PARLEY_TRY(check_or_stamp(path));
  }
  Descriptor lock(PARLEY_TRY(take_lock(path)));
  PARLEY_TRY(check_or_stamp(path));
  PARLEY_TRY(create_directories(fmt::format("{}/{}", path, kStoreName)));
  return std::unique_ptr<DataDirectory>(new DataDirectory(path, lock.release()));
}

DataDirectory::~DataDirectory() {
  ::close(lock_file_);
}

}  // namespace parley::storage
