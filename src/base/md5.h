// MD5 (RFC 1321), for one purpose: the hash by which DynamoDB scatters partition keys, which
// decides the order of a scan. It protects nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley {

using Md5Digest = std::array<unsigned char, 16>;

/// The MD5 of `bytes`; one block of 64 bytes for up to 55 of them.
[[nodiscard]] Md5Digest md5(std::string_view bytes);

}  // namespace parley
