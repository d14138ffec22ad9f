// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley {

[[nodiscard]] bool is_utf8(std::string_view text);

/// `text` with U+FFFD in the place of each byte that belongs to no well-formed character: what a
/// process printed, as a text that JSON can hold.
[[nodiscard]] std::string to_utf8(std::string_view text);

/// The longest front of `text`, which is UTF-8, of at most `size_bytes_max` and of whole
/// characters.
[[nodiscard]] std::string_view utf8_front(std::string_view text, std::size_t size_bytes_max);

}  // namespace parley
