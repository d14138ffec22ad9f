#include "messaging/domain/message_text.h"

#include <algorithm>
#include <array>
#include <string>

namespace parley::messaging {
namespace {

constexpr std::size_t kEmojiSizeMax = 40;
constexpr char32_t kZeroWidthJoiner = 0x200d;
constexpr char32_t kTagEnd = 0xe007f;

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t Size>
bool is_in(const std::array<Range, Size>& ranges, char32_t c) {
  return std::ranges::any_of(ranges,
                             [c](const Range& each) { return c >= each.first && c <= each.last; });
}

/// White space of Unicode (property White_Space).
constexpr std::array kSpaces{Range{0x09, 0x0d},     Range{0x20, 0x20},     Range{0x85, 0x85},
                             Range{0xa0, 0xa0},     Range{0x1680, 0x1680}, Range{0x2000, 0x200a},
                             Range{0x2028, 0x2029}, Range{0x202f, 0x202f}, Range{0x205f, 0x205f},
                             Range{0x3000, 0x3000}};
/// Characters that show nothing by themselves: soft hyphen, joiners, marks of direction, fillers.
constexpr std::array kInvisible{
    Range{0xad, 0xad},      Range{0x34f, 0x34f},   Range{0x61c, 0x61c},   Range{0x115f, 0x1160},
    Range{0x180b, 0x180f},  Range{0x200b, 0x200f}, Range{0x202a, 0x202e}, Range{0x2060, 0x206f},
    Range{0x3164, 0x3164},  Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff}, Range{0xffa0, 0xffa0},
    Range{0xe0000, 0xe0fff}};
constexpr std::array kControls{Range{0x00, 0x1f}, Range{0x7f, 0x9f}};
/// Embeddings, overrides and isolates, which turn round what stands after them (UAX #9, 2.1
/// to 2.4).
constexpr std::array kExplicitDirections{Range{0x202a, 0x202e}, Range{0x2066, 0x2069}};
/// What follows a base and belongs to it: combining marks, variation selectors, skin tones.
constexpr std::array kExtenders{
    Range{0x300, 0x36f},   Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},  Range{0x20d0, 0x20ff},
    Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}, Range{0x1f3fb, 0x1f3ff}};
constexpr std::array kTags{Range{0xe0020, 0xe007e}};
constexpr std::array kFlagLetters{Range{0x1f1e6, 0x1f1ff}};

bool is_keycap_base(char32_t c) {
  return (c >= '0' && c <= '9') || c == '#' || c == '*';
}

bool is_base(char32_t c) {
  return c >= 0x80 && !is_in(kControls, c) && !is_in(kSpaces, c) && !is_in(kInvisible, c) &&
         !(c >= 0x300 && c <= 0x36f) && !is_in(kFlagLetters, c);
}

}  // namespace

std::optional<char32_t> take_character(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < size) return std::nullopt;
  char32_t c = size == 1 ? first : first & (0x7fU >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return std::nullopt;
    c = c << 6 | (byte(at) & 0x3fU);
  }
  const bool overlong = (size == 3 && c < 0x800) || (size == 4 && c < 0x10000);
  if (overlong || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return std::nullopt;
  text.remove_prefix(size);
  return c;
}

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    if (!take_character(text)) return std::nullopt;
  }
  return count;
}

bool is_blank(std::string_view text) {
  while (const auto c = take_character(text)) {
    if (!is_in(kSpaces, *c) && !is_in(kInvisible, *c) && !is_in(kControls, *c)) return false;
  }
  return text.empty();
}

bool has_control_characters(std::string_view text) {
  while (const auto c = take_character(text)) {
    if (is_in(kControls, *c) || is_in(kExplicitDirections, *c) || (*c >= 0x2028 && *c <= 0x2029)) {
      return true;
    }
  }
  return !text.empty();
}

bool is_emoji(std::string_view text) {
  if (text.size() > kEmojiSizeMax) return false;
  std::u32string rest;
  while (const auto c = take_character(text)) rest += *c;
  if (!text.empty() || rest.empty()) return false;
  std::size_t at = 0;
  const auto here = [&] { return at < rest.size() ? rest[at] : U'\0'; };

  if (is_in(kFlagLetters, here())) {
    return rest.size() == 2 && is_in(kFlagLetters, rest[1]);
  }
  if (is_keycap_base(here())) {
    return rest == std::u32string{rest[0], 0xfe0f, 0x20e3} ||
           rest == std::u32string{rest[0], 0x20e3};
  }
  for (;;) {
    if (!is_base(here())) return false;
    ++at;
    while (is_in(kExtenders, here())) ++at;
    if (is_in(kTags, here())) {
      while (is_in(kTags, here())) ++at;
      if (here() != kTagEnd) return false;
      ++at;
    }
    if (at == rest.size()) return true;
    if (here() != kZeroWidthJoiner) return false;
    ++at;
  }
}

}  // namespace parley::messaging
