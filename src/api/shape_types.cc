// The first walk that words errors: every JSON type, AttributeValues included, in the order of the
// shape's members. The texts are AWS's own, down to the names of its Java classes: clients match
// them.
#include <fmt/format.h>
#include <simdjson.h>

#include <string>

#include "api/shape.h"
#include "api/shape_checks.h"
#include "base/base64.h"

namespace parley::api {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

/// Where a value stands: AWS's parser words a wrong scalar by it.
enum class Place : bool { kMember, kElement };

Status check(const Shape& shape, const element& value, Place place);

std::unexpected<Error> wrong_type(std::string message) {
  return fail(ErrorCode::kSerialization, std::move(message));
}

std::unexpected<Error> unexpected_structure() {
  return wrong_type("Start of structure or map found where not expected");
}

std::unexpected<Error> unexpected_collection(std::string_view java_type) {
  return wrong_type(fmt::format("Unrecognized collection type {}", java_type));
}

std::string_view scalar_name(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kInteger:
      return "Integer";
    case ShapeKind::kLong:
      return "Long";
    case ShapeKind::kBoolean:
      return "Boolean";
    default:
      return "String";
  }
}

std::string_view token_name(element_type type) {
  switch (type) {
    case element_type::DOUBLE:
      return "DECIMAL_VALUE";
    case element_type::STRING:
      return "STRING_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

std::unexpected<Error> not_convertible(ShapeKind kind, const element& value) {
  bool boolean = false;
  if (value.get(boolean) == simdjson::SUCCESS) {
    return wrong_type(fmt::format("{} cannot be converted to {}",
                                  boolean ? "TRUE_VALUE" : "FALSE_VALUE", scalar_name(kind)));
  }
  return wrong_type(
      fmt::format("{} cannot be converted to {}", token_name(value.type()), scalar_name(kind)));
}

/// The generic Java type of `shape` as a type argument.
std::string java_type(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::kList:
      return fmt::format("java.util.List<{}>", java_type(*shape.element));
    case ShapeKind::kMap:
      return fmt::format("java.util.Map<java.lang.String, {}>", java_type(*shape.element));
    case ShapeKind::kStructure:
    case ShapeKind::kAttributeValue:
      return fmt::format("{}{}", kModelPackage, shape.name);
    case ShapeKind::kBlob:
      return "java.nio.ByteBuffer";
    default:
      return fmt::format("java.lang.{}", scalar_name(shape.kind));
  }
}

Status check_scalar(const Shape& shape, const element& value) {
  if (value.is_object()) return unexpected_structure();
  if (value.is_array()) {
    return unexpected_collection(fmt::format("class java.lang.{}", scalar_name(shape.kind)));
  }
  std::string_view text;
  switch (shape.kind) {
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      if (!checked_integer(shape.kind, value)) return not_convertible(shape.kind, value);
      return {};
    case ShapeKind::kBoolean:
      if (value.is_bool()) return {};
      if (value.get(text) != simdjson::SUCCESS) return not_convertible(shape.kind, value);
      if (!boolean_text(text)) return wrong_type("Unexpected token received from parser");
      return {};
    default:
      if (!value.is_string()) return not_convertible(shape.kind, value);
      return {};
  }
}

Status check_blob(const element& value) {
  if (value.is_object()) return unexpected_structure();
  if (value.is_array()) return unexpected_collection("class java.nio.ByteBuffer");
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    return wrong_type("only base-64-encoded strings are convertible to bytes");
  }
  if (text.size() % 4 != 0) {
    return wrong_type(fmt::format(
        "Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.size()));
  }
  if (!decode_base64(text)) return wrong_type("Invalid last non-pad Base64 character dectected");
  return {};
}

/// A scalar where a list, map or structure should be.
std::unexpected<Error> unexpected_scalar(const Shape& shape, Place place) {
  const bool structure =
      shape.kind == ShapeKind::kStructure || shape.kind == ShapeKind::kAttributeValue;
  if (place == Place::kMember) return wrong_type("Unexpected field type");
  if (structure) return wrong_type("Unexpected value type in payload");
  return wrong_type(
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
      "java.lang.Class are in module java.base of loader 'bootstrap')");
}

Status check_list(const Shape& shape, const element& value, Place place) {
  if (value.is_object()) return unexpected_structure();
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return unexpected_scalar(shape, place);
  for (const element entry : array) PARLEY_TRY(check(*shape.element, entry, Place::kElement));
  return {};
}

Status check_map(const Shape& shape, const element& value, Place place) {
  if (value.is_array()) return unexpected_collection(java_type(shape));
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return unexpected_scalar(shape, place);
  for (const auto field : object) PARLEY_TRY(check(*shape.element, field.value, Place::kElement));
  return {};
}

Status check_structure(const Shape& shape, const element& value, Place place) {
  if (value.is_array()) {
    return unexpected_collection(fmt::format("class {}", java_type(shape)));
  }
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return unexpected_scalar(shape, place);
  for (const Member& member : shape.members) {
    for (const auto field : object) {
      if (field.key != member.name) continue;
      PARLEY_TRY(check(*member.shape, field.value, Place::kMember));
      break;
    }
  }
  return {};
}

Status check(const Shape& shape, const element& value, Place place) {
  if (value.is_null()) return {};
  switch (shape.kind) {
    case ShapeKind::kBlob:
      return check_blob(value);
    case ShapeKind::kList:
      return check_list(shape, value, place);
    case ShapeKind::kMap:
      return check_map(shape, value, place);
    case ShapeKind::kStructure:
    case ShapeKind::kAttributeValue:
      return check_structure(shape, value, place);
    default:
      return check_scalar(shape, value);
  }
}

}  // namespace

Status check_types(const Shape& shape, const element& input) {
  if (input.is_null()) return wrong_type("Unexpected value type in payload");
  return check(shape, input, Place::kElement);
}

}  // namespace parley::api
