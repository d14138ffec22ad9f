// CodeStore: the code of functions on the disk, by the SHA-256 of what was deployed.
//
//   DIRECTORY/HEX.zip     the archive as it was deployed
//   DIRECTORY/HEX/        the same, unpacked
//   DIRECTORY/new-…       being unpacked; removed when the store is opened
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace parley::trigger {

/// A directory's or an archive's digest and size.
struct CodeDigest {
  std::string sha256;  // base64, as Lambda shows it
  std::int64_t size_bytes = 0;
};

[[nodiscard]] CodeDigest digest_of_zip(std::string_view zip);
/// Over names, modes and contents of everything below `directory`. Errors: kIo; kInvalidParameter
/// for more than 1 GiB.
[[nodiscard]] Result<CodeDigest> digest_of_directory(const std::string& directory);

/// Thread-safe; outlives its pins.
class CodeStore {
 public:
  /// Unpacked code that stays on the disk while somebody holds this.
  struct Pin {
    CodeStore& store;
    std::string hex;
    bool discarded = false;  // guarded by the store's mutex
    Pin(CodeStore& owner, std::string digest) : store(owner), hex(std::move(digest)) {}
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    ~Pin();
    [[nodiscard]] std::string task_root() const;
  };
  using PinPointer = std::shared_ptr<Pin>;

  /// Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<CodeStore>> open(std::string directory,
                                                               Random& random);

  /// Keeps and unpacks the archive, unless it is here already. Errors: as unpack_zip.
  [[nodiscard]] Result<PinPointer> add(std::string_view zip);
  /// What was added in an earlier run; unpacked again if only the archive is left.
  [[nodiscard]] Result<PinPointer> find(std::string_view sha256);
  /// The archive as it was added. Errors: kIo.
  [[nodiscard]] Result<std::string> zip_of(std::string_view sha256) const;
  /// It goes from the disk when the last holder lets go of it.
  void discard(std::string_view sha256);
  /// Removes what is not among these, and nobody holds.
  void keep_only(const std::vector<std::string>& sha256s);

 private:
  CodeStore(std::string directory, Random& random)
      : directory_(std::move(directory)), random_(random) {}
  [[nodiscard]] Result<PinPointer> pin(const std::string& hex, std::string_view zip);
  [[nodiscard]] Status unpack(const std::string& hex, std::string_view zip);
  void remove_files(const std::string& hex) const;

  const std::string directory_;
  Random& random_;
  mutable std::mutex mutex_;  // guards the files and what follows
  std::map<std::string, std::weak_ptr<Pin>> pins_;
};

}  // namespace parley::trigger
