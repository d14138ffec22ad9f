// Message text: what people type, looked at character by character. A character is a Unicode code
// point.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace parley::messaging {

/// The code point at the front of `text`, which is then shortened by it; none if there is no valid
/// UTF-8. Source: RFC 3629.
[[nodiscard]] std::optional<char32_t> take_character(std::string_view& text);

/// None if it is not valid UTF-8.
[[nodiscard]] std::optional<std::size_t> count_characters(std::string_view text);

/// Nothing but white space and what is not to be seen, or nothing at all.
[[nodiscard]] bool is_blank(std::string_view text);

/// Control characters, line ends and tabs included, and explicit directions: what a name, shown in
/// the middle of other words, cannot have.
[[nodiscard]] bool has_control_characters(std::string_view text);

/// One emoji, or another single character as it is read: at most 40 bytes, no control character,
/// white space or ASCII letter; with what belongs to it (skin tone, joined emojis, keycap, flag).
/// Source: UTS #51, section 1.4.9 (the grammar of emoji sequences).
[[nodiscard]] bool is_emoji(std::string_view text);

}  // namespace parley::messaging
