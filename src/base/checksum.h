// CRC-32 (IEEE, as x-amz-crc32 carries it) and a fast 64-bit hash.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley {

[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

/// XXH64 with seed 0. Part of the stored format (docs/formats/mappings.md): it never changes.
[[nodiscard]] std::uint64_t hash64(std::string_view bytes);

}  // namespace parley
