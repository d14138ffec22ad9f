// The fast check of a request against its shape: one walk, no allocation, yes or no. What is wrong,
// and in which words, is found by a second and third walk (api/shape_types.cc,
// api/shape_constraints.cc) only when there is something to say.
#include "api/shape.h"

#include <simdjson.h>

#include <cmath>

#include "api/shape_checks.h"
#include "base/assert.h"

namespace parley::api {
namespace {

using simdjson::dom::element;

bool number_fits(const Shape& shape, const element& value) {
  if (!value.is_number()) return false;
  const auto number = checked_integer(shape.kind, value);
  return number && *number >= shape.min && *number <= shape.max;
}

bool fits(const Shape& shape, const element& value);

bool list_fits(const Shape& shape, const element& value) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return false;
  std::int64_t count = 0;
  const bool opaque = shape.element->kind == ShapeKind::kAttributeValue;
  for (const element entry : array) {
    ++count;
    if (!opaque && (entry.is_null() || !fits(*shape.element, entry))) return false;
  }
  return count >= shape.min && count <= shape.max;
}

bool map_fits(const Shape& shape, const element& value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return false;
  if (shape.element->kind == ShapeKind::kAttributeValue && shape.key == nullptr && shape.min <= 0 &&
      shape.max == Shape::kNoMax) {
    return true;  // an item: its parser looks at every entry
  }
  std::int64_t count = 0;
  const bool opaque = shape.element->kind == ShapeKind::kAttributeValue;
  for (const auto field : object) {
    ++count;
    if (shape.key != nullptr && !string_keeps(*shape.key, field.key)) return false;
    if (!opaque && (field.value.is_null() || !fits(*shape.element, field.value))) return false;
  }
  return count >= shape.min && count <= shape.max;
}

bool structure_fits(const Shape& shape, const element& value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return false;
  std::uint64_t met = 0;  // of a name that comes twice, the first counts, as for a look-up
  std::uint64_t present = 0;
  for (const auto field : object) {
    for (std::size_t i = 0; i < shape.members.size(); ++i) {
      const Member& member = shape.members[i];
      if (member.name != field.key) continue;
      const std::uint64_t bit = std::uint64_t{1} << i;
      if ((met & bit) != 0) break;
      met |= bit;
      if (field.value.is_null()) break;
      if (!fits(*member.shape, field.value)) return false;
      present |= bit;
      break;
    }
  }
  for (std::size_t i = 0; i < shape.members.size(); ++i) {
    if (shape.members[i].presence != Presence::kOptional && (present >> i & 1) == 0) return false;
  }
  return true;
}

bool fits(const Shape& shape, const element& value) {
  switch (shape.kind) {
    case ShapeKind::kString: {
      std::string_view text;
      return value.get(text) == simdjson::SUCCESS && string_keeps(shape, text);
    }
    case ShapeKind::kBlob:
      return value.is_string();
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      return number_fits(shape, value);
    case ShapeKind::kBoolean: {
      std::string_view text;
      return value.is_bool() ||
             (value.get(text) == simdjson::SUCCESS && boolean_text(text).has_value());
    }
    case ShapeKind::kList:
      return list_fits(shape, value);
    case ShapeKind::kMap:
      return map_fits(shape, value);
    case ShapeKind::kStructure:
      return structure_fits(shape, value);
    case ShapeKind::kAttributeValue:
      return true;
  }
  PARLEY_ASSERT(false);
  return false;
}

/// [a-zA-Z0-9_.-]+
bool is_name(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.' || c == '-';
    if (!ok) return false;
  }
  return true;
}

/// Letters compare without regard to case; `upper` is in capitals.
bool equals_ignoring_case(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c =
        text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    if (c != upper[i]) return false;
  }
  return true;
}

}  // namespace

Status validate(const Shape& shape, const element& input) {
  if (fits(shape, input)) return {};
  PARLEY_TRY(check_types(shape, input));
  return check_constraints(shape, input);
}

bool boolean_of(const element& value) {
  bool boolean = false;
  if (value.get(boolean) == simdjson::SUCCESS) return boolean;
  std::string_view text;
  const auto error = value.get(text);
  PARLEY_ASSERT(error == simdjson::SUCCESS);
  return boolean_text(text).value_or(false);
}

std::int64_t integer_of(const element& value) {
  const auto number = checked_integer(ShapeKind::kLong, value);
  PARLEY_ASSERT(number.has_value());
  return *number;
}

std::optional<bool> boolean_text(std::string_view text) {
  for (const std::string_view yes : {"TRUE", "1", "YES"}) {
    if (equals_ignoring_case(text, yes)) return true;
  }
  for (const std::string_view no : {"FALSE", "0", "NO"}) {
    if (equals_ignoring_case(text, no)) return false;
  }
  return std::nullopt;
}

std::optional<std::int64_t> checked_integer(ShapeKind kind, const element& value) {
  std::int64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS) {
    double real = 0;
    if (value.get(real) != simdjson::SUCCESS) return std::nullopt;
    real = std::floor(real);
    if (!(real >= -0x1p63 && real < 0x1p63)) return std::nullopt;
    number = static_cast<std::int64_t>(real);
  }
  if (kind == ShapeKind::kInteger && (number < std::numeric_limits<std::int32_t>::min() ||
                                      number > std::numeric_limits<std::int32_t>::max())) {
    return std::nullopt;
  }
  return number;
}

std::int64_t utf16_length(std::string_view utf8) {
  std::int64_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

bool pattern_keeps(Pattern pattern, std::string_view text) {
  return pattern == Pattern::kNone || is_name(text) || is_arn(pattern, text);
}

bool is_arn(Pattern pattern, std::string_view text) {
  constexpr std::string_view kTable = ":table/";
  if (pattern != Pattern::kNameOrArn || !text.starts_with("arn:")) return false;
  const std::size_t table = text.find(kTable);
  if (table == std::string_view::npos) return false;
  const std::string_view name = text.substr(table + kTable.size());
  return name.size() >= 3 && name.size() <= 255 && is_name(name);
}

bool string_keeps(const Shape& shape, std::string_view text) {
  if (!pattern_keeps(shape.pattern, text)) return false;
  if (shape.text_pattern != nullptr && !shape.text_pattern->matches(text)) return false;
  if (!is_arn(shape.pattern, text) && (shape.min > 0 || shape.max != Shape::kNoMax)) {
    const std::int64_t length = utf16_length(text);
    if (length < shape.min || length > shape.max) return false;
  }
  if (shape.values.empty()) return true;
  for (const std::string_view allowed : shape.values) {
    if (allowed == text) return true;
  }
  return false;
}

}  // namespace parley::api
