// Stored values to JSON. The other way is in item_json_reader.cc.
#include "codec/item_json.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/base64.h"

namespace parley::codec {
namespace {

using model::AttributeType;
using model::ValueView;

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

/// The high bit of every byte of `word` that is zero, and of none before the first one.
std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - kOnes) & ~word & kHighs;
}

/// Whether one of the eight bytes is a quote, a backslash or a control character.
bool has_escape(std::uint64_t word) {
  const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
  return (control | zero_bytes(word ^ kOnes * '"') | zero_bytes(word ^ kOnes * '\\')) != 0;
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

#ifdef __SSE2__
/// A bit for each of the sixteen bytes at `at` that must be escaped.
unsigned escapes_of_sixteen(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i any = _mm_or_si128(control, _mm_or_si128(quote, backslash));
  return static_cast<unsigned>(_mm_movemask_epi8(any));
}
#endif

/// How many bytes of `text` go out as they are: sixteen at a time where the processor can, then
/// eight.
std::size_t plain_prefix(std::string_view text) {
  std::size_t size = 0;
#ifdef __SSE2__
  for (; size + 16 <= text.size(); size += 16) {
    const unsigned escapes = escapes_of_sixteen(text.data() + size);
    if (escapes != 0) return size + static_cast<unsigned>(std::countr_zero(escapes));
  }
  // The rest once more with what is before it, if that makes sixteen.
  if (text.size() >= 16 && escapes_of_sixteen(text.data() + text.size() - 16) == 0) {
    return text.size();
  }
#endif
  for (; size + 8 <= text.size(); size += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + size, 8);
    if (has_escape(word)) break;
  }
  while (size < text.size() && !needs_escape(text[size])) ++size;
  return size;
}

/// Whether all of `text` goes out as it is.
bool is_plain(std::string_view text) {
  if (text.size() >= 16) return plain_prefix(text) == text.size();
  const auto part = [text](std::size_t at, std::size_t size) {
    std::uint64_t word = kOnes * ' ';
    std::memcpy(&word, text.data() + at, size);
    return word;
  };
  // The ends of a short text overlap in its middle.
  const std::size_t size = text.size();
  if (size >= 8) return !has_escape(part(0, 8)) && !has_escape(part(size - 8, 8));
  if (size >= 4) return !has_escape(part(0, 4)) && !has_escape(part(size - 4, 4));
  return std::ranges::none_of(text, needs_escape);
}

/// Copies what is mostly short, without a call; returns where it ends.
char* copy(char* to, std::string_view text) {
  const std::size_t size = text.size();
  const auto part = [&](std::size_t at, auto word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    std::memcpy(to + at, &word, sizeof word);
  };
  if (size > 16) {
    std::memcpy(to, text.data(), size);
  } else if (size >= 8) {
    part(0, std::uint64_t{});
    part(size - 8, std::uint64_t{});
  } else if (size >= 4) {
    part(0, std::uint32_t{});
    part(size - 4, std::uint32_t{});
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = text[i];
  }
  return to + size;
}

template <std::size_t size>
char* copy_literal(char* to, const char (&literal)[size]) {
  std::memcpy(to, literal, size - 1);
  return to + size - 1;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('\\');
  switch (c) {
    case '"':
    case '\\':
      out.push_back(c);
      return;
    case '\b':
      out.push_back('b');
      return;
    case '\f':
      out.push_back('f');
      return;
    case '\n':
      out.push_back('n');
      return;
    case '\r':
      out.push_back('r');
      return;
    case '\t':
      out.push_back('t');
      return;
    default:
      out.append("u00");
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
}

void append_scalar_json(std::string& out, AttributeType type, std::string_view scalar_bytes) {
  if (type == AttributeType::kString) {
    append_json_string(out, scalar_bytes);
    return;
  }
  out.push_back('"');
  if (type == AttributeType::kNumber) {
    model::Number::append_decoded_text(scalar_bytes, out);
  } else {
    append_base64(out, scalar_bytes);
  }
  out.push_back('"');
}

void append_set_json(std::string& out, AttributeType member_type, const model::SetView& set) {
  char separator = '[';
  for (const std::string_view member : set) {
    out.push_back(separator);
    append_scalar_json(out, member_type, member);
    separator = ',';
  }
  out.push_back(']');
}

/// One attribute of a map, with what stands before it ('{' or ',').
void append_entry_json(std::string& out, char before, std::string_view name, ValueView value) {
  // Nearly all attributes are strings that need no escape: they are written at once, since each
  // growth of `out` has its price.
  const bool is_string = value.type() == AttributeType::kString;
  const std::string_view text = is_string ? value.scalar_bytes() : std::string_view{};
  if (!is_string || !is_plain(name) || !is_plain(text)) {
    out.push_back(before);
    append_json_string(out, name);
    out.push_back(':');
    append_json(out, value);
    return;
  }
  constexpr std::size_t kAround = std::string_view(R"(,"":{"S":""})").size();
  const std::size_t begin = out.size();
  const std::size_t end = begin + name.size() + text.size() + kAround;
  // The size that GCC 12 hands to the callback is what the string has grown to, not `end`.
  out.resize_and_overwrite(end, [&](char* bytes, std::size_t) {
    char* at = bytes + begin;
    *at++ = before;
    *at++ = '"';
    at = copy(at, name);
    at = copy_literal(at, R"(":{"S":")");
    at = copy(at, text);
    copy_literal(at, R"("})");
    return end;
  });
}

void append_list_json(std::string& out, const model::ListView& list) {
  out.push_back('[');
  bool first = true;
  for (const ValueView element : list) {
    if (!first) out.push_back(',');
    first = false;
    append_json(out, element);
  }
  out.push_back(']');
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out.push_back('"');
  while (true) {
    const std::size_t plain = plain_prefix(utf8);
    out.append(utf8.substr(0, plain));
    if (plain == utf8.size()) break;
    append_escape(out, utf8[plain]);
    utf8.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

void append_json(std::string& out, ValueView value) {
  switch (value.type()) {
    case AttributeType::kString:
      out.append(R"({"S":)");
      append_scalar_json(out, AttributeType::kString, value.scalar_bytes());
      break;
    case AttributeType::kNumber:
      out.append(R"({"N":)");
      append_scalar_json(out, AttributeType::kNumber, value.scalar_bytes());
      break;
    case AttributeType::kBinary:
      out.append(R"({"B":)");
      append_scalar_json(out, AttributeType::kBinary, value.scalar_bytes());
      break;
    case AttributeType::kStringSet:
      out.append(R"({"SS":)");
      append_set_json(out, AttributeType::kString, value.set());
      break;
    case AttributeType::kNumberSet:
      out.append(R"({"NS":)");
      append_set_json(out, AttributeType::kNumber, value.set());
      break;
    case AttributeType::kBinarySet:
      out.append(R"({"BS":)");
      append_set_json(out, AttributeType::kBinary, value.set());
      break;
    case AttributeType::kMap:
      out.append(R"({"M":)");
      append_json(out, value.map());
      break;
    case AttributeType::kList:
      out.append(R"({"L":)");
      append_list_json(out, value.list());
      break;
    case AttributeType::kNull:
      out.append(R"({"NULL":true)");
      break;
    case AttributeType::kBool:
      out.append(value.boolean() ? R"({"BOOL":true)" : R"({"BOOL":false)");
      break;
  }
  out.push_back('}');
}

void append_json(std::string& out, model::MapView item) {
  char before = '{';
  for (const auto& [name, value] : item) {
    append_entry_json(out, before, name, value);
    before = ',';
  }
  out.append(before == '{' ? "{}" : "}");
}

}  // namespace parley::codec
