// The last walk: every constraint of a request whose types are right, in the order of the shape's
// members; at most kViolationsMax of them are told.
#include <fmt/format.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "api/shape.h"
#include "api/shape_checks.h"
#include "base/checksum.h"

namespace parley::api {
namespace {

using simdjson::dom::element;

constexpr std::size_t kViolationsMax = 10;
constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";

std::string member_path(std::string_view parent, std::string_view name);

/// `value` as Java's toString prints it in AWS's messages, without the members that are null.
/// AttributeValues show as AWS's do, by class and a hash that means nothing.
void append_text(std::string& out, const Shape& shape, const element& value);

void append_structure(std::string& out, const Shape& shape, const simdjson::dom::object& object) {
  out += shape.name;
  std::string_view separator = "(";
  for (const Member& member : shape.members) {
    const auto value = object[member.name];
    if (value.error() != simdjson::SUCCESS || value.is_null()) continue;
    out += separator;
    out += member_path("", member.name);
    out += '=';
    append_text(out, *member.shape, value.value_unsafe());
    separator = ", ";
  }
  if (separator == "(") out += '(';
  out += ')';
}

void append_text(std::string& out, const Shape& shape, const element& value) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  std::string_view text;
  simdjson::dom::array array;
  simdjson::dom::object object;
  if (shape.kind == ShapeKind::kStructure && value.get(object) == simdjson::SUCCESS) {
    append_structure(out, shape, object);
  } else if (shape.kind == ShapeKind::kAttributeValue) {
    fmt::format_to(std::back_inserter(out), "{}{}@{:x}", kModelPackage, shape.name,
                   crc32(simdjson::minify(value)));
  } else if (value.get(array) == simdjson::SUCCESS) {
    out += '[';
    std::string_view separator;
    for (const element entry : array) {
      out += separator;
      append_text(out, *shape.element, entry);
      separator = ", ";
    }
    out += ']';
  } else if (value.get(object) == simdjson::SUCCESS) {
    out += '{';
    std::string_view separator;
    for (const auto field : object) {
      out += separator;
      out += field.key;
      out += '=';
      append_text(out, *shape.element, field.value);
      separator = ", ";
    }
    out += '}';
  } else if (value.get(text) == simdjson::SUCCESS) {
    out += text;
  } else if (shape.kind == ShapeKind::kBoolean) {
    out += boolean_of(value) ? "true" : "false";
  } else {
    out += std::to_string(integer_of(value));
  }
}

/// The texts of a string's or collection's constraints as a list of them prints them.
std::string constraint_list(const Shape& shape) {
  std::vector<std::string> texts;
  if (shape.max != Shape::kNoMax) {
    texts.push_back(fmt::format("Member must have length less than or equal to {}", shape.max));
  }
  if (shape.min != Shape::kNoMin) {
    texts.push_back(fmt::format("Member must have length greater than or equal to {}", shape.min));
  }
  if (shape.pattern != Pattern::kNone) {
    texts.push_back(
        fmt::format("Member must satisfy regular expression pattern: {}", kNamePattern));
  }
  if (shape.text_pattern != nullptr) {
    texts.push_back(fmt::format("Member must satisfy regular expression pattern: {}",
                                shape.text_pattern->text));
  }
  if (!shape.values.empty()) {
    texts.push_back(
        fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
  }
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

/// Whether a list's or map's element is told as a constraint of the collection itself: its own text
/// or length, and not that of a member inside it.
bool constrains_collection(const Shape& element_shape) {
  return element_shape.kind == ShapeKind::kString || element_shape.kind == ShapeKind::kList;
}

std::string member_path(std::string_view parent, std::string_view name) {
  std::string path(parent);
  if (!path.empty()) path += '.';
  const std::size_t start = path.size();
  path += name;
  if (path[start] >= 'A' && path[start] <= 'Z') {
    path[start] = static_cast<char>(path[start] - 'A' + 'a');
  }
  return path;
}

/// `path` as AWS's newer wording has it: its first and its last name as the request spells them.
std::string plain_path(std::string_view path) {
  std::string plain(path);
  for (const std::size_t start : {std::size_t{0}, plain.rfind('.') + 1}) {
    if (plain[start] >= 'a' && plain[start] <= 'z') {
      plain[start] = static_cast<char>(plain[start] - 'a' + 'A');
    }
  }
  return plain;
}

class Violations {
 public:
  void check(const Shape& shape, const element& value, const std::string& path);
  void check_members(const Shape& shape, const simdjson::dom::object& object,
                     const std::string& path);
  void missing(const std::string& path) { add_text(path, "null", "Member must not be null"); }
  [[nodiscard]] Status status() const;

 private:
  void add(const Shape& shape, const element& value, std::string_view path,
           std::string_view constraint);
  void add_text(std::string_view path, std::string_view value, std::string_view constraint);
  void check_length(const Shape& shape, const element& value, std::int64_t length,
                    std::string_view path);
  void check_string(const Shape& shape, const element& value, const std::string& path);
  void check_number(const Shape& shape, const element& value, const std::string& path);
  void check_list(const Shape& shape, const element& value, const std::string& path);
  void check_map(const Shape& shape, const element& value, const std::string& path);
  [[nodiscard]] static bool keeps(const Shape& shape, const element& value);

  std::vector<std::string> texts_;
};

void Violations::add_text(std::string_view path, std::string_view value,
                          std::string_view constraint) {
  if (texts_.size() == kViolationsMax) return;
  texts_.push_back(
      fmt::format("Value {} at '{}' failed to satisfy constraint: {}", value, path, constraint));
}

void Violations::add(const Shape& shape, const element& value, std::string_view path,
                     std::string_view constraint) {
  if (texts_.size() == kViolationsMax) return;
  std::string text = "'";
  append_text(text, shape, value);
  text += '\'';
  add_text(path, text, constraint);
}

Status Violations::status() const {
  if (texts_.empty()) return {};
  return invalid(fmt::format("{} validation error{} detected: {}", texts_.size(),
                             texts_.size() == 1 ? "" : "s", fmt::join(texts_, "; ")));
}

void Violations::check_length(const Shape& shape, const element& value, std::int64_t length,
                              std::string_view path) {
  if (shape.plain && (length < shape.min || length > shape.max)) {
    texts_.push_back(fmt::format(
        "Value at '{}' failed to satisfy constraint: Member must have length {} than or equal to "
        "{}",
        plain_path(path), length < shape.min ? "greater" : "less",
        length < shape.min ? shape.min : shape.max));
    return;
  }
  if (length < shape.min) {
    add(shape, value, path,
        fmt::format("Member must have length greater than or equal to {}", shape.min));
  }
  if (length > shape.max) {
    add(shape, value, path,
        fmt::format("Member must have length less than or equal to {}", shape.max));
  }
}

void Violations::check_string(const Shape& shape, const element& value, const std::string& path) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return;
  if (shape.pattern == Pattern::kNameOrArn && text.empty()) {
    add(shape, value, path, "Member must have length greater than or equal to 1");
    return;
  }
  if (!pattern_keeps(shape.pattern, text)) {
    add(shape, value, path,
        fmt::format("Member must satisfy regular expression pattern: {}", kNamePattern));
  }
  if (shape.text_pattern != nullptr && !shape.text_pattern->matches(text)) {
    add(shape, value, path,
        fmt::format("Member must satisfy regular expression pattern: {}",
                    shape.text_pattern->text));
  }
  if (!is_arn(shape.pattern, text)) check_length(shape, value, utf16_length(text), path);
  for (const std::string_view allowed : shape.values) {
    if (allowed == text) return;
  }
  if (shape.values.empty()) return;
  add(shape, value, path,
      fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
}

void Violations::check_number(const Shape& shape, const element& value, const std::string& path) {
  const std::int64_t number = integer_of(value);
  if (number < shape.min) {
    add(shape, value, path,
        fmt::format("Member must have value greater than or equal to {}", shape.min));
  }
  if (number > shape.max) {
    add(shape, value, path,
        fmt::format("Member must have value less than or equal to {}", shape.max));
  }
}

/// The own constraints of a string or list that stands in a list or map.
bool Violations::keeps(const Shape& shape, const element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return string_keeps(shape, text);
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return true;
  std::int64_t count = 0;
  for ([[maybe_unused]] const element entry : array) ++count;
  return count >= shape.min && count <= shape.max;
}

void Violations::check_list(const Shape& shape, const element& value, const std::string& path) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return;
  std::int64_t count = 0;
  for ([[maybe_unused]] const element entry : array) ++count;
  check_length(shape, value, count, path);
  const Shape& inner = *shape.element;
  if (constrains_collection(inner)) {
    for (const element entry : array) {
      if (keeps(inner, entry)) continue;
      add(shape, value, path,
          fmt::format("Member must satisfy constraint: {}", constraint_list(inner)));
      break;
    }
  }
  std::size_t position = 0;
  for (const element entry : array) {
    ++position;
    if (inner.kind != ShapeKind::kString) {
      check(inner, entry, fmt::format("{}.{}.member", path, position));
    } else if (entry.is_null()) {
      missing(fmt::format("{}.{}.member", path, position));
    }
  }
}

void Violations::check_map(const Shape& shape, const element& value, const std::string& path) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return;
  check_length(shape, value, static_cast<std::int64_t>(object.size()), path);
  if (shape.key != nullptr) {
    for (const auto field : object) {
      if (string_keeps(*shape.key, field.key)) continue;
      const auto constraint =
          fmt::format("Map keys must satisfy constraint: {}", constraint_list(*shape.key));
      if (shape.plain) {
        add_text(path, fmt::format("'{}'", std::string(simdjson::minify(value))), constraint);
      } else {
        add(shape, value, path, constraint);
      }
      break;
    }
  }
  const Shape& inner = *shape.element;
  if (constrains_collection(inner)) {
    for (const auto field : object) {
      if (keeps(inner, field.value)) continue;
      add(shape, value, path,
          fmt::format("Map value must satisfy constraint: {}", constraint_list(inner)));
      break;
    }
  }
  for (const auto field : object) {
    const std::string entry_path = fmt::format("{}.{}.member", path, field.key);
    if (inner.kind == ShapeKind::kList && !field.value.is_null()) {
      Shape unbounded = inner;  // its own length has been told above
      unbounded.min = Shape::kNoMin;
      unbounded.max = Shape::kNoMax;
      check_list(unbounded, field.value, entry_path);
    } else if (inner.kind != ShapeKind::kString) {
      check(inner, field.value, entry_path);
    } else if (field.value.is_null()) {
      missing(entry_path);
    }
  }
}

void Violations::check_members(const Shape& shape, const simdjson::dom::object& object,
                               const std::string& path) {
  for (const Member& member : shape.members) {
    const std::string inner_path = member_path(path, member.name);
    bool present = false;
    for (const auto field : object) {
      if (field.key != member.name) continue;
      present = !field.value.is_null();
      if (present) check(*member.shape, field.value, inner_path);
      break;
    }
    if (!present && member.presence != Presence::kOptional) missing(inner_path);
  }
}

void Violations::check(const Shape& shape, const element& value, const std::string& path) {
  if (texts_.size() == kViolationsMax || shape.kind == ShapeKind::kAttributeValue) return;
  if (value.is_null()) return missing(path);
  simdjson::dom::object object;
  switch (shape.kind) {
    case ShapeKind::kString:
      return check_string(shape, value, path);
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      return check_number(shape, value, path);
    case ShapeKind::kList:
      return check_list(shape, value, path);
    case ShapeKind::kMap:
      return check_map(shape, value, path);
    case ShapeKind::kStructure:
      if (value.get(object) == simdjson::SUCCESS) check_members(shape, object, path);
      return;
    default:
      return;
  }
}

/// The members whose absence or length AWS tells alone, before all constraints.
Status check_parameters(const Shape& shape, const simdjson::dom::object& object) {
  for (const Member& member : shape.members) {
    const bool by_name = member.presence == Presence::kParameterName;
    if (!by_name && member.presence != Presence::kParameter) continue;
    std::string_view text;
    if (object[member.name].get(text) != simdjson::SUCCESS) {
      return invalid(fmt::format(
          "The parameter '{}' is required but was not present in the request", member.name));
    }
    const std::int64_t length = utf16_length(text);
    if (by_name || is_arn(member.shape->pattern, text)) continue;
    if (length < member.shape->min || length > member.shape->max) {
      return invalid(
          fmt::format("{} must be at least {} characters long and at most {} characters long",
                      member.name, member.shape->min, member.shape->max));
    }
  }
  return {};
}

}  // namespace

Status check_constraints(const Shape& shape, const element& input) {
  simdjson::dom::object object;
  if (input.get(object) != simdjson::SUCCESS) {
    return fail(ErrorCode::kSerialization, "Unexpected value type in payload");
  }
  PARLEY_TRY(check_parameters(shape, object));
  Violations violations;
  violations.check_members(shape, object, "");
  return violations.status();
}

}  // namespace parley::api
