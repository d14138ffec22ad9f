#include "base/checksum.h"

#define XXH_INLINE_ALL
#include <libdeflate.h>
#include <xxhash.h>

namespace parley {

std::uint32_t crc32(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::uint64_t hash64(std::string_view bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

}  // namespace parley
