#include "messaging/http/url_text.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace parley::messaging {
namespace {

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      unsigned byte = 0;
      const char* digits = text.data() + i + 1;
      const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
      if (error != std::errc{} || end != digits + 2) return std::nullopt;
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(out, is_control)) return std::nullopt;
  if (!simdjson::validate_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> path_decoded(std::string_view text) {
  return decoded(text, false);
}

std::optional<std::string> form_decoded(std::string_view text) {
  return decoded(text, true);
}

}  // namespace parley::messaging
