#include "trigger/code_store.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/base64.h"
#include "base/bytes.h"
#include "trigger/code_archive.h"

namespace parley::trigger {
namespace {

namespace fs = std::filesystem;

// Four times what Lambda takes: all of it is read when it is deployed.
constexpr std::uint64_t kDirectorySizeBytesMax = std::uint64_t{1} << 30;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() { EVP_MD_CTX_free(context_); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
  [[nodiscard]] std::string base64() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context_, digest.data(), nullptr);
    std::string text;
    append_base64(text, {reinterpret_cast<const char*>(digest.data()), digest.size()});
    return text;
  }

 private:
  EVP_MD_CTX* context_;
};

std::string hex_of(std::string_view sha256) {
  std::string hex;
  for (const char byte : decode_base64(sha256).value_or("")) {
    fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
  }
  return hex;
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && !file.eof()) {
    return fail(ErrorCode::kIo, fmt::format("Cannot read {}", path.string()));
  }
  return bytes;
}

Status write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return fail(ErrorCode::kIo, fmt::format("Cannot write {}", path.string()));
  return {};
}

void add_sized(Sha256& digest, std::string_view text) {
  std::string size;
  append_u64_be(size, text.size());
  digest.add(size);
  digest.add(text);
}

}  // namespace

CodeDigest digest_of_zip(std::string_view zip) {
  Sha256 digest;
  digest.add(zip);
  return {digest.base64(), static_cast<std::int64_t>(zip.size())};
}

Result<CodeDigest> digest_of_directory(const std::string& directory) {
  std::error_code error;
  std::vector<fs::path> paths;
  std::uint64_t total_size_bytes = 0;
  auto each = fs::recursive_directory_iterator(directory, error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    const auto name = each->path().filename();
    if (name == "__pycache__" || name == ".git") {
      each.disable_recursion_pending();
      continue;
    }
    const auto status = each->symlink_status(error);
    if (fs::is_regular_file(status)) total_size_bytes += each->file_size(error);
    if (fs::is_regular_file(status) || fs::is_symlink(status)) paths.push_back(each->path());
    if (total_size_bytes > kDirectorySizeBytesMax) {
      return fail(ErrorCode::kInvalidParameter,
                  fmt::format("{} is too large to be a function's code", directory));
    }
  }
  if (error) {
    return fail(ErrorCode::kIo, fmt::format("Cannot read {}: {}", directory, error.message()));
  }
  std::ranges::sort(paths);
  Sha256 digest;
  CodeDigest result;
  for (const auto& path : paths) {
    const bool is_link = fs::is_symlink(fs::symlink_status(path, error));
    const std::string content =
        is_link ? fs::read_symlink(path, error).string() : PARLEY_TRY(read_file(path));
    struct stat about{};
    if (::lstat(path.c_str(), &about) != 0) continue;  // it went meanwhile
    add_sized(digest, path.lexically_relative(directory).string());
    add_sized(digest, fmt::format("{:o}", about.st_mode));
    add_sized(digest, content);
    result.size_bytes += static_cast<std::int64_t>(content.size());
  }
  result.sha256 = digest.base64();
  return result;
}

CodeStore::Pin::~Pin() {
  const std::scoped_lock lock(store.mutex_);
  const auto found = store.pins_.find(hex);
  // Somebody may have added it again meanwhile.
  if (found == store.pins_.end() || !found->second.expired()) return;
  store.pins_.erase(found);
  if (discarded) store.remove_files(hex);
}

std::string CodeStore::Pin::task_root() const {
  return fmt::format("{}/{}", store.directory_, hex);
}

Result<std::unique_ptr<CodeStore>> CodeStore::open(std::string directory, Random& random) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return fail(ErrorCode::kIo, fmt::format("Cannot make {}: {}", directory, error.message()));
  }
  // Processes run in it: a path that is the same from everywhere.
  directory = fs::canonical(directory, error).string();
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().filename().string().starts_with("new-")) fs::remove_all(entry.path(), error);
  }
  return std::unique_ptr<CodeStore>(new CodeStore(std::move(directory), random));
}

Status CodeStore::unpack(const std::string& hex, std::string_view zip) {
  const fs::path place = fs::path(directory_) / hex;
  std::error_code error;
  if (fs::is_directory(place, error)) return {};
  const fs::path unfinished = fs::path(directory_) / ("new-" + make_uuid(random_));
  fs::create_directory(unfinished, error);
  if (error) return fail(ErrorCode::kIo, fmt::format("Cannot unpack code: {}", error.message()));
  const Status unpacked = unpack_zip(zip, unfinished.string());
  if (unpacked) fs::rename(unfinished, place, error);
  if (unpacked && !error) return {};
  std::error_code ignored;
  fs::remove_all(unfinished, ignored);
  if (!unpacked) return unpacked;
  return fail(ErrorCode::kIo, fmt::format("Cannot unpack code: {}", error.message()));
}

Result<CodeStore::PinPointer> CodeStore::pin(const std::string& hex, std::string_view zip) {
  if (const auto found = pins_.find(hex); found != pins_.end()) {
    if (auto held = found->second.lock()) {
      held->discarded = false;
      return held;
    }
  }
  PARLEY_TRY(unpack(hex, zip));
  auto made = std::make_shared<Pin>(*this, hex);
  pins_[hex] = made;
  return made;
}

Result<CodeStore::PinPointer> CodeStore::add(std::string_view zip) {
  const std::string hex = hex_of(digest_of_zip(zip).sha256);
  const std::scoped_lock lock(mutex_);
  auto pinned = PARLEY_TRY(pin(hex, zip));
  const fs::path archive = fs::path(directory_) / (hex + ".zip");
  std::error_code error;
  if (!fs::exists(archive, error)) {
    const fs::path unfinished = fs::path(directory_) / ("new-" + make_uuid(random_));
    PARLEY_TRY(write_file(unfinished, zip));
    fs::rename(unfinished, archive, error);
    if (error) return fail(ErrorCode::kIo, fmt::format("Cannot keep code: {}", error.message()));
  }
  return pinned;
}

Result<CodeStore::PinPointer> CodeStore::find(std::string_view sha256) {
  const std::string hex = hex_of(sha256);
  const std::scoped_lock lock(mutex_);
  std::error_code error;
  std::string zip;
  if (!fs::is_directory(fs::path(directory_) / hex, error)) {
    zip = PARLEY_TRY(read_file(fs::path(directory_) / (hex + ".zip")));
  }
  return pin(hex, zip);
}

Result<std::string> CodeStore::zip_of(std::string_view sha256) const {
  const std::scoped_lock lock(mutex_);
  return read_file(fs::path(directory_) / (hex_of(sha256) + ".zip"));
}

void CodeStore::discard(std::string_view sha256) {
  const std::string hex = hex_of(sha256);
  PinPointer held;  // let go of after the lock
  const std::scoped_lock lock(mutex_);
  if (const auto found = pins_.find(hex); found != pins_.end()) held = found->second.lock();
  if (held != nullptr) {
    held->discarded = true;
  } else {
    remove_files(hex);
  }
}

void CodeStore::keep_only(const std::vector<std::string>& sha256s) {
  std::vector<std::string> kept;
  kept.reserve(sha256s.size());
  for (const auto& sha256 : sha256s) kept.push_back(hex_of(sha256));
  const std::scoped_lock lock(mutex_);
  std::error_code error;
  std::vector<std::string> gone;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    std::string hex = entry.path().stem().string();
    if (std::ranges::find(kept, hex) == kept.end() && !pins_.contains(hex)) {
      gone.push_back(std::move(hex));
    }
  }
  for (const auto& hex : gone) remove_files(hex);
}

void CodeStore::remove_files(const std::string& hex) const {
  std::error_code ignored;
  fs::remove_all(fs::path(directory_) / hex, ignored);
  fs::remove(fs::path(directory_) / (hex + ".zip"), ignored);
}

}  // namespace parley::trigger
