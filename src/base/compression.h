// gzip and zlib ("deflate") of whole HTTP bodies, over libdeflate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley {

enum class Compression : std::uint8_t { kGzip, kDeflate };

[[nodiscard]] std::string compress(Compression format, std::string_view bytes);

/// The whole body again. Errors: kSerialization for bytes that are not of the format,
/// kRequestEntityTooLarge for a result over `size_bytes_max` (nothing over it is ever allocated).
[[nodiscard]] Result<std::string> decompress(Compression format, std::string_view bytes,
                                             std::size_t size_bytes_max);

}  // namespace parley
