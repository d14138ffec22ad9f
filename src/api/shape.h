// Shape: what DynamoDB's service model says of an operation's input, as constexpr data; and the
// check of a request against it.
//
// AWS checks a request's shape twice. First every JSON type in it (SerializationException, the
// first wrong one). Then every constraint (ValidationException, all violations together: "2
// validation errors detected: Value 'x' at 'tableName' failed to satisfy constraint: Member must …;
// …"). A member that is null counts as absent, one the shape does not know is ignored.
//
// How a shape is declared:
//   constexpr Shape kTag = structure("Tag", kTagMembers) and so on, see api/common_shapes.h. The
//   order of members, of enum values and of a structure's name is AWS's: it shows in error
//   messages.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "base/result.h"

namespace simdjson::dom {
class element;
}

namespace parley::api {

enum class ShapeKind : std::uint8_t {
  kString,
  kBlob,     // base64 text
  kInteger,  // 32 bits
  kLong,     // 64 bits
  kBoolean,
  kList,
  kMap,
  kStructure,
  // An AttributeValue: a leaf to validate(), since its parser checks it (codec/item_json.h).
  // check_types() descends into it.
  kAttributeValue,
};

enum class Pattern : std::uint8_t {
  kNone,
  kName,       // [a-zA-Z0-9_.-]+
  kNameOrArn,  // the same, or an ARN of a table, which is free of the length limits
};

/// A pattern that a shape brings along: of Lambda's model, in api/lambda/.
struct TextPattern {
  std::string_view text;  // as error messages show it
  bool (*matches)(std::string_view) = nullptr;
};

/// How AWS words the absence of a member.
enum class Presence : std::uint8_t {
  kOptional,
  kRequired,  // "Value null at '…' failed to satisfy constraint: Member must not be null"
  // "The parameter 'TableName' is required but was not present in the request", alone and before
  // all else; and a string too short or too long is "TableName must be at least 3 characters long
  // and at most 255 characters long". Members of the outermost structure only.
  kParameter,
  // Its absence like kParameter, its length like any constraint.
  kParameterName,
};

struct Member;

struct Shape {
  static constexpr std::int64_t kNoMin = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kNoMax = std::numeric_limits<std::int64_t>::max();

  ShapeKind kind = ShapeKind::kString;
  std::string_view name = {};  // of a structure, in the service model
  /// Inclusive. Of the value for numbers; of the length for strings (UTF-16 units), lists and maps.
  std::int64_t min = kNoMin;
  std::int64_t max = kNoMax;
  Pattern pattern = Pattern::kNone;
  std::span<const std::string_view> values = {};  // enum; empty: any
  const Shape* key = nullptr;                     // map: constraints of its keys, or nullptr
  const Shape* element = nullptr;                 // list, map
  std::span<const Member> members = {};           // structure, at most 64
  /// AWS's newer wording, of lists and maps: a length is told by the members' own names and without
  /// the value ("Value at 'RequestItems' failed …"), a map with a wrong key is shown as JSON.
  bool plain = false;
  const TextPattern* text_pattern = nullptr;  // string: beside `pattern`
};

struct Member {
  std::string_view name;
  const Shape* shape;
  Presence presence = Presence::kOptional;
};

[[nodiscard]] constexpr Shape string_of(std::int64_t min, std::int64_t max,
                                        Pattern pattern = Pattern::kNone) {
  return {.kind = ShapeKind::kString, .min = min, .max = max, .pattern = pattern};
}
[[nodiscard]] constexpr Shape enumeration(std::span<const std::string_view> values) {
  return {.kind = ShapeKind::kString, .values = values};
}
[[nodiscard]] constexpr Shape integer(std::int64_t min = Shape::kNoMin,
                                      std::int64_t max = Shape::kNoMax) {
  return {.kind = ShapeKind::kInteger, .min = min, .max = max};
}
[[nodiscard]] constexpr Shape long_integer(std::int64_t min = Shape::kNoMin,
                                           std::int64_t max = Shape::kNoMax) {
  return {.kind = ShapeKind::kLong, .min = min, .max = max};
}
[[nodiscard]] constexpr Shape list_of(const Shape& element, std::int64_t min = Shape::kNoMin,
                                      std::int64_t max = Shape::kNoMax) {
  return {.kind = ShapeKind::kList, .min = min, .max = max, .element = &element};
}
[[nodiscard]] constexpr Shape map_of(const Shape& element, const Shape* key = nullptr,
                                     std::int64_t min = Shape::kNoMin,
                                     std::int64_t max = Shape::kNoMax) {
  return {.kind = ShapeKind::kMap, .min = min, .max = max, .key = key, .element = &element};
}
[[nodiscard]] constexpr Shape plain(Shape shape) {
  shape.plain = true;
  return shape;
}
[[nodiscard]] constexpr Shape structure(std::string_view name, std::span<const Member> members) {
  return {.kind = ShapeKind::kStructure, .name = name, .members = members};
}

/// Whether `input` has `shape`, AttributeValues excepted. Allocates nothing when it has.
/// Errors: kSerialization, kValidation, as AWS orders and words them; when there are any, the types
/// inside AttributeValues are checked too, so that a SerializationException goes first.
/// Once it has succeeded, every member that the shape knows is null or has its JSON type, with
/// these liberties of AWS's parser: read booleans with boolean_of and numbers with integer_of.
[[nodiscard]] Status validate(const Shape& shape, const simdjson::dom::element& input);

/// The types alone, AttributeValues included. Errors: kSerialization. The service calls it after a
/// handler has failed with kValidation, since AWS finds wrong types first.
[[nodiscard]] Status check_types(const Shape& shape, const simdjson::dom::element& input);

/// A kBoolean that validate() has let pass: true, or the strings "true", "1", "yes" in any case.
[[nodiscard]] bool boolean_of(const simdjson::dom::element& value);

/// A kInteger or kLong that validate() has let pass; fractions are rounded down.
[[nodiscard]] std::int64_t integer_of(const simdjson::dom::element& value);

}  // namespace parley::api
