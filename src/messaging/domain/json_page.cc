#include "messaging/domain/json_page.h"

#include <charconv>

namespace parley::messaging {

void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

Result<std::string_view> take_field(std::string_view& text) {
  std::size_t size = 0;
  const char* const begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + text.size(), size);
  const auto digits = static_cast<std::size_t>(end - begin);
  if (error != std::errc{} || digits == text.size() || *end != ':' ||
      text.size() - digits - 1 < size) {
    return fail(ErrorCode::kCorruption, "A page in the cache is not what was put there");
  }
  const std::string_view field = text.substr(digits + 1, size);
  text.remove_prefix(digits + 1 + size);
  return field;
}

}  // namespace parley::messaging
