// Code archives: nothing is ever written outside of the directory, and what could be unpacked can
// be packed and unpacked again. The input is an archive, or, since no mutation finds its way
// through checksums, a list of entries that an archive is made of, some bytes of which are changed.
#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/temporary_directory.h"
#include "trigger/code_archive.h"

namespace {

using namespace parley;
namespace fs = std::filesystem;

/// Takes an input apart.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t number() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::string_view text() {
    const std::size_t size = std::min<std::size_t>(number(), rest_.size());
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

constexpr mode_t kModes[] = {0,
                             S_IFREG | 0644,
                             S_IFREG | 0755,
                             S_IFREG,
                             S_IFDIR | 0755,
                             S_IFLNK | 0777,
                             S_IFCHR | 0666,
                             S_IFIFO | 0600};

/// The archive of the entries that `input` lists; empty if libzip will not make it.
std::string made_archive(Bytes& input) {
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(source);
  zip_t* archive = zip_open_from_source(source, ZIP_TRUNCATE, nullptr);
  PARLEY_ASSERT(archive != nullptr);
  std::vector<std::string> texts;  // the archive points into them until it is closed
  texts.reserve(64);
  while (!input.empty() && texts.size() < 60) {
    texts.emplace_back(input.text());
    const std::string& name = texts.emplace_back(input.text());
    const std::uint8_t how = input.number();
    const std::string& content = texts[texts.size() - 2];
    zip_source_t* entry = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), entry, 0);
    if (index < 0) {
      zip_source_free(entry);
      continue;
    }
    const auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(archive, at, (how & 8U) != 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0);
    zip_file_set_external_attributes(archive, at, 0, ZIP_OPSYS_UNIX,
                                     static_cast<zip_uint32_t>(kModes[how & 7U]) << 16);
  }
  std::string bytes;
  if (zip_close(archive) != 0) {
    zip_discard(archive);
  } else if (zip_stat_t about; zip_source_stat(source, &about) == 0 &&
                               (about.valid & ZIP_STAT_SIZE) != 0 && zip_source_open(source) == 0) {
    bytes.resize(about.size);
    PARLEY_ASSERT(zip_source_read(source, bytes.data(), bytes.size()) ==
                  static_cast<zip_int64_t>(bytes.size()));
    zip_source_close(source);
  }
  zip_source_free(source);
  return bytes;
}

std::string archive_of(std::string_view input) {
  if (input.starts_with('P')) return std::string(input);
  Bytes bytes(input);
  std::string changes(bytes.text());
  std::string archive = made_archive(bytes);
  // Pairs of a place, from the end where the directory is, and a byte.
  for (Bytes change(changes); !change.empty() && !archive.empty();) {
    const std::size_t back = change.number() % archive.size();
    archive[archive.size() - 1 - back] = static_cast<char>(change.number());
  }
  return archive;
}

std::size_t files_in(const std::string& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string archive = archive_of({reinterpret_cast<const char*>(data), size});
  const auto outer = TemporaryDirectory::make();
  PARLEY_ASSERT(outer.has_value());
  const std::string first = outer->path() + "/first";
  const std::string second = outer->path() + "/second";
  fs::create_directory(first);
  const Status unpacked = trigger::unpack_zip(archive, first);
  PARLEY_ASSERT(files_in(outer->path()) == 1);
  if (!unpacked) {
    PARLEY_ASSERT(unpacked.error().code == ErrorCode::kInvalidParameter);
    return 0;
  }
  for (const auto& each : fs::recursive_directory_iterator(first)) {
    const auto real = fs::canonical(each.path());
    PARLEY_ASSERT(real.native().starts_with(fs::canonical(first).native()));
  }
  const auto packed = trigger::pack_zip(first);
  PARLEY_ASSERT(packed.has_value());
  fs::create_directory(second);
  const Status again = trigger::unpack_zip(*packed, second);
  // An archive of directories alone has nothing to pack.
  PARLEY_ASSERT(again || again.error().message == "Uploaded file must be a non-empty zip");
  if (again) PARLEY_ASSERT(trigger::pack_zip(second).value_or("") == *packed);
  return 0;
}
