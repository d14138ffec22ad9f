#include "trigger/code_archive.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "trigger/process/child_process.h"

namespace parley::trigger {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameSizeBytesMax = 4000;
constexpr std::size_t kLinkSizeBytesMax = 4000;
// 1980-01-01, the first time a zip archive can name: packing gives the same bytes at any time.
constexpr std::time_t kEntryTime = 315'532'800;

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

std::unexpected<Error> unusable() {
  return fail(ErrorCode::kInvalidParameter,
              "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

std::unexpected<Error> refused(std::string_view name, std::string_view why) {
  return fail(ErrorCode::kInvalidParameter,
              fmt::format("Could not unzip uploaded file: {} {}", name, why));
}

std::unexpected<Error> too_large() {
  return fail(ErrorCode::kInvalidParameter,
              fmt::format("Unzipped size must be smaller than {} bytes", kUnpackedSizeBytesMax));
}

std::unexpected<Error> io_failure(std::string_view what, std::string_view name) {
  return fail(ErrorCode::kIo, fmt::format("Cannot {} {}: {}", what, name, std::strerror(errno)));
}

Result<Archive> open_archive(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  zip_error_fini(&error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    return unusable();
  }
  return Archive(archive);
}

/// The parts of an entry's name. Errors: a name that leads out of the tree, or nowhere.
Result<std::vector<std::string>> parts_of(std::string_view name) {
  if (name.starts_with('/')) return refused(name, "has an absolute name");
  if (name.size() > kNameSizeBytesMax) return unusable();
  std::vector<std::string> parts;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, end);
    if (part == "..") return refused(name, "leads out of the archive");
    if (part.size() > NAME_MAX) return refused(name, "is too long a name");
    if (part.find('\\') != std::string_view::npos) return refused(name, "has a backslash in it");
    if (!part.empty() && part != ".") parts.emplace_back(part);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return parts;
}

/// Unpacks one archive. Directories and files first, through descriptors that follow no link; links
/// last, and each must then lead to something inside.
class Unpacker {
 public:
  Unpacker(zip_t& archive, const std::string& directory)
      : archive_(archive), directory_(directory) {}

  Status run() {
    const zip_int64_t count = zip_get_num_entries(&archive_, 0);
    if (count < 0 || static_cast<std::uint64_t>(count) > kArchiveEntriesMax) return unusable();
    if (count == 0) {
      return fail(ErrorCode::kInvalidParameter, "Uploaded file must be a non-empty zip");
    }
    root_ = FileDescriptor(::open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root_.is_open()) return io_failure("open", directory_);
    for (zip_int64_t i = 0; i < count; ++i) {
      PARLEY_TRY(unpack_entry(static_cast<std::uint64_t>(i)));
    }
    return make_links();
  }

 private:
  struct Link {
    std::vector<std::string> parts;
    std::string target;
  };

  Status unpack_entry(std::uint64_t index) {
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(&archive_, index, 0, &about) != 0 || (about.valid & ZIP_STAT_NAME) == 0) {
      return unusable();
    }
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && about.encryption_method != ZIP_EM_NONE) {
      return refused(about.name, "is encrypted");
    }
    const std::string_view name = about.name;
    auto parts = PARLEY_TRY(parts_of(name));
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    if (zip_file_get_external_attributes(&archive_, index, 0, &system, &attributes) != 0) {
      return unusable();
    }
    const mode_t mode = system == ZIP_OPSYS_UNIX ? static_cast<mode_t>(attributes >> 16) : 0;
    if (name.ends_with('/') || S_ISDIR(mode)) {
      (void)PARLEY_TRY(open_directory(parts, parts.size()));
      return {};
    }
    if (parts.empty()) return unusable();
    if (S_ISLNK(mode)) {
      std::string target;
      PARLEY_TRY(read_entry(index, [&](std::string_view bytes) -> Status {
        if (target.size() + bytes.size() > kLinkSizeBytesMax) return unusable();
        target += bytes;
        return {};
      }));
      links_.push_back({std::move(parts), std::move(target)});
      return {};
    }
    if ((mode & S_IFMT) != 0 && !S_ISREG(mode)) return refused(name, "is no file");
    return unpack_file(index, parts, mode);
  }

  Status unpack_file(std::uint64_t index, const std::vector<std::string>& parts, mode_t mode) {
    const FileDescriptor directory = PARLEY_TRY(open_directory(parts, parts.size() - 1));
    // Who packs on a system without modes means an executable to be one.
    const mode_t permissions = (mode & 0777) == 0 ? 0755 : ((mode & 0777) | S_IRUSR | S_IWUSR);
    const FileDescriptor file(::openat(directory.get(), parts.back().c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                       permissions));
    if (!file.is_open() && errno == EEXIST) return refused(parts.back(), "comes twice");
    if (!file.is_open()) return io_failure("make", parts.back());
    PARLEY_TRY(read_entry(index, [&](std::string_view bytes) -> Status {
      while (!bytes.empty()) {
        const ssize_t size = ::write(file.get(), bytes.data(), bytes.size());
        if (size < 0) return io_failure("write", parts.back());
        bytes.remove_prefix(static_cast<std::size_t>(size));
      }
      return {};
    }));
    if (::fchmod(file.get(), permissions) != 0) return io_failure("make", parts.back());
    return {};
  }

  template <class Take>
  Status read_entry(std::uint64_t index, Take take) {
    const Entry entry(zip_fopen_index(&archive_, index, 0));
    if (entry == nullptr) return unusable();
    std::array<char, std::size_t{64} * 1024> bytes;
    for (;;) {
      const zip_int64_t size = zip_fread(entry.get(), bytes.data(), bytes.size());
      if (size < 0) return unusable();  // damaged, or its checksum is wrong
      if (size == 0) return {};
      total_size_bytes_ += static_cast<std::uint64_t>(size);
      if (total_size_bytes_ > kUnpackedSizeBytesMax) return too_large();
      PARLEY_TRY(take(std::string_view(bytes.data(), static_cast<std::size_t>(size))));
    }
  }

  /// The directory of the first `count` parts, made where it is missing.
  Result<FileDescriptor> open_directory(const std::vector<std::string>& parts, std::size_t count) {
    FileDescriptor directory(::openat(root_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (std::size_t i = 0; i < count; ++i) {
      if (++directories_made_ > kDirectoryStepsMax) return unusable();
      const char* part = parts[i].c_str();
      if (::mkdirat(directory.get(), part, 0755) != 0 && errno != EEXIST) {
        return io_failure("make", parts[i]);
      }
      FileDescriptor below(
          ::openat(directory.get(), part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!below.is_open()) return refused(parts[i], "is a file and a directory");
      directory = std::move(below);
    }
    return directory;
  }

  Status make_links() {
    for (const Link& link : links_) {
      const FileDescriptor directory =
          PARLEY_TRY(open_directory(link.parts, link.parts.size() - 1));
      if (link.target.find('\0') != std::string::npos || link.target.starts_with('/')) {
        return refused(link.parts.back(), "is a link out of the archive");
      }
      if (::symlinkat(link.target.c_str(), directory.get(), link.parts.back().c_str()) != 0) {
        return refused(link.parts.back(), "comes twice");
      }
    }
    // Links may lead through links: where each ends is known when all are there.
    std::error_code error;
    const fs::path root = fs::canonical(directory_, error);
    for (const Link& link : links_) {
      fs::path path = root;
      for (const auto& part : link.parts) path /= part;
      const fs::path end = fs::canonical(path, error);
      if (error ||
          std::mismatch(root.begin(), root.end(), end.begin(), end.end()).first != root.end()) {
        return refused(link.parts.back(), "is a link out of the archive");
      }
    }
    return {};
  }

  // Of names that are all directories: what deep nesting may cost.
  static constexpr std::uint64_t kDirectoryStepsMax = 2'000'000;

  zip_t& archive_;
  const std::string& directory_;
  FileDescriptor root_;
  std::vector<Link> links_;
  std::uint64_t total_size_bytes_ = 0;
  std::uint64_t directories_made_ = 0;
};

/// Adds one file or link; its content is read when the archive is closed.
Status add_entry(zip_t& archive, const fs::path& path, const std::string& name,
                 std::vector<std::string>& link_targets) {
  struct stat about{};
  if (::lstat(path.c_str(), &about) != 0) return io_failure("read", path.string());
  zip_source_t* source = nullptr;
  if (S_ISLNK(about.st_mode)) {
    std::error_code error;
    link_targets.push_back(fs::read_symlink(path, error).string());
    source = zip_source_buffer(&archive, link_targets.back().data(), link_targets.back().size(), 0);
  } else {
    source = zip_source_file(&archive, path.c_str(), 0, -1);
  }
  if (source == nullptr) return io_failure("read", path.string());
  const zip_int64_t index = zip_file_add(&archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return io_failure("pack", path.string());
  }
  const auto at = static_cast<std::uint64_t>(index);
  zip_file_set_external_attributes(&archive, at, 0, ZIP_OPSYS_UNIX,
                                   static_cast<zip_uint32_t>(about.st_mode) << 16);
  zip_file_set_mtime(&archive, at, kEntryTime, 0);
  return {};
}

Result<std::vector<fs::path>> files_below(const std::string& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  std::uint64_t total_size_bytes = 0;
  auto each = fs::recursive_directory_iterator(directory, error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    const auto status = each->symlink_status(error);
    if (error) break;
    if (fs::is_regular_file(status)) total_size_bytes += each->file_size(error);
    if (fs::is_regular_file(status) || fs::is_symlink(status)) files.push_back(each->path());
    if (total_size_bytes > kUnpackedSizeBytesMax || files.size() > kArchiveEntriesMax) {
      return too_large();
    }
  }
  if (error) {
    return fail(ErrorCode::kIo, fmt::format("Cannot read {}: {}", directory, error.message()));
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Status unpack_zip(std::string_view zip, const std::string& directory) {
  const Archive archive = PARLEY_TRY(open_archive(zip));
  return Unpacker(*archive, directory).run();
}

Result<std::string> pack_zip(const std::string& directory) {
  const auto files = PARLEY_TRY(files_below(directory));
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* destination = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_error_fini(&error);
  if (destination == nullptr) return fail(ErrorCode::kIo, "Cannot make a zip archive");
  zip_source_keep(destination);
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(destination,
                                                                       zip_source_free);
  Archive archive(zip_open_from_source(destination, ZIP_TRUNCATE, nullptr));
  if (archive == nullptr) {
    zip_source_free(destination);
    return fail(ErrorCode::kIo, "Cannot make a zip archive");
  }
  std::vector<std::string> link_targets;
  link_targets.reserve(files.size());  // the archive points into them until it is closed
  for (const auto& path : files) {
    PARLEY_TRY(
        add_entry(*archive, path, path.lexically_relative(directory).string(), link_targets));
  }
  if (zip_close(archive.get()) != 0) {
    return fail(ErrorCode::kIo, fmt::format("Cannot pack {}: {}", directory,
                                            zip_error_strerror(zip_get_error(archive.get()))));
  }
  [[maybe_unused]] const zip_t* freed_by_close = archive.release();
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_source_stat(destination, &about) != 0 || zip_source_open(destination) != 0) {
    // libzip keeps no bytes of an archive without entries.
    return std::string("PK\x05\x06", 4) + std::string(18, '\0');
  }
  std::string bytes((about.valid & ZIP_STAT_SIZE) != 0 ? about.size : 0, '\0');
  const zip_int64_t size = zip_source_read(destination, bytes.data(), bytes.size());
  zip_source_close(destination);
  if (size < 0 || static_cast<std::size_t>(size) != bytes.size()) {
    return fail(ErrorCode::kIo, "Cannot make a zip archive");
  }
  return bytes;
}

}  // namespace parley::trigger
