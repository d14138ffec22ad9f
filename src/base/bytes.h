// Fixed-width and variable-length integers in byte strings; formats in docs/formats/ build on
// these. Bytes travel as std::string, and as std::string_view when borrowed.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace parley {

/// Appends big-endian, so that the bytes order as the numbers do.
inline void append_u32_be(std::string& out, std::uint32_t value) {
  const char bytes[4] = {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                         static_cast<char>(value >> 8), static_cast<char>(value)};
  out.append(bytes, sizeof bytes);
}

inline void append_u64_be(std::string& out, std::uint64_t value) {
  append_u32_be(out, static_cast<std::uint32_t>(value >> 32));
  append_u32_be(out, static_cast<std::uint32_t>(value));
}

/// Reads what append_u32_be wrote; `bytes` holds at least 4.
[[nodiscard]] inline std::uint32_t read_u32_be(const char* bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes);
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

[[nodiscard]] inline std::uint64_t read_u64_be(const char* bytes) {
  return std::uint64_t{read_u32_be(bytes)} << 32 | read_u32_be(bytes + 4);
}

/// LEB128: seven bits a byte, low bits first, at most 10 bytes.
inline void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// Reads a varint at the front of `in` and removes it; false (and `in` unspecified) when it is
/// truncated or longer than 64 bits.
[[nodiscard]] inline bool consume_varint(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

}  // namespace parley
