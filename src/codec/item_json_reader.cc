// JSON to stored values. The way of a correct value is short; whatever is wrong is worded as AWS
// words it: a JSON type that its parser refuses is a SerializationException named after the Java
// type, what parses but means nothing is a ValidationException.
#include <simdjson.h>

#include <array>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "codec/item_json.h"
#include "model/limits.h"

namespace parley::codec {
namespace {

using model::AttributeType;
using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::string_view kInvalidParameter = "One or more parameter values were invalid: ";

std::unexpected<Error> wrong_type(std::string message) {
  return fail(ErrorCode::kSerialization, std::move(message));
}

std::unexpected<Error> invalid_parameter(std::string_view what) {
  return invalid(std::string(kInvalidParameter).append(what));
}

std::unexpected<Error> no_type() {
  return invalid(
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

std::unexpected<Error> unexpected_structure() {
  return wrong_type("Start of structure or map found where not expected");
}

std::unexpected<Error> unexpected_collection(std::string_view java_type) {
  return wrong_type(std::string("Unrecognized collection type ").append(java_type));
}

/// A number or boolean where a `java_type` ("String", "Boolean") is wanted.
std::unexpected<Error> not_convertible(const element& json, std::string_view java_type) {
  std::string_view token = "NUMBER_VALUE";
  if (json.type() == element_type::DOUBLE) token = "DECIMAL_VALUE";
  bool boolean = false;
  if (json.get(boolean) == simdjson::SUCCESS) token = boolean ? "TRUE_VALUE" : "FALSE_VALUE";
  return wrong_type(std::string(token).append(" cannot be converted to ").append(java_type));
}

std::unexpected<Error> not_a_string(const element& json) {
  if (json.is_object()) return unexpected_structure();
  if (json.is_array()) return unexpected_collection("class java.lang.String");
  return not_convertible(json, "String");
}

std::unexpected<Error> not_a_blob(const element& json) {
  if (json.is_object()) return unexpected_structure();
  if (json.is_array()) return unexpected_collection("class java.nio.ByteBuffer");
  return wrong_type("only base-64-encoded strings are convertible to bytes");
}

std::unexpected<Error> not_a_list(const element& json) {
  if (json.is_object()) return unexpected_structure();
  return wrong_type("Unexpected field type");
}

std::unexpected<Error> not_an_attribute_value(const element& json) {
  if (json.is_null()) return no_type();
  if (json.is_array()) {
    return unexpected_collection("class com.amazonaws.dynamodb.v20120810.AttributeValue");
  }
  return wrong_type("Unexpected value type in payload");
}

std::unexpected<Error> nesting_too_deep() {
  return invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

/// The type named `name`; a switch, since it runs for every attribute of every request.
std::optional<AttributeType> type_named(std::string_view name) {
  if (name.size() == 1) {
    switch (name.front()) {
      case 'S':
        return AttributeType::kString;
      case 'N':
        return AttributeType::kNumber;
      case 'B':
        return AttributeType::kBinary;
      case 'M':
        return AttributeType::kMap;
      case 'L':
        return AttributeType::kList;
      default:
        return std::nullopt;
    }
  }
  return model::parse_attribute_type(name);
}

Result<std::string> decode_blob(const element& json) {
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) return not_a_blob(json);
  if (text.size() % 4 != 0) {
    return wrong_type("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                      std::to_string(text.size()));
  }
  auto bytes = decode_base64(text);
  if (!bytes) return wrong_type("Invalid last non-pad Base64 character dectected");  // AWS's own
  return *std::move(bytes);
}

/// AWS's parser takes some words for booleans too.
Result<bool> read_boolean(const element& json) {
  bool value = false;
  if (json.get(value) == simdjson::SUCCESS) return value;
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) {
    if (json.is_object()) return unexpected_structure();
    if (json.is_array()) return unexpected_collection("class java.lang.Boolean");
    return not_convertible(json, "Boolean");
  }
  std::string word;
  for (const char c : text) word.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  if (word == "true" || word == "yes" || word == "1") return true;
  if (word == "false" || word == "no" || word == "0") return false;
  return wrong_type("Unexpected token received from parser");
}

/// "[a, b, a]": the texts of a set as the request gave them.
std::string echo(const simdjson::dom::array& members) {
  std::string text = "[";
  std::string_view separator;
  for (const element member : members) {
    text.append(separator).append(member.get_string().value_unsafe());
    separator = ", ";
  }
  return text.append("]");
}

Status append_string_set(const simdjson::dom::array& json, std::string& out) {
  std::vector<std::string_view> members;
  members.reserve(json.size());
  for (const element member : json) {
    std::string_view text;
    if (member.get(text) != simdjson::SUCCESS) {
      if (!member.is_null()) return not_a_string(member);
      return invalid_parameter("An string set may not have a null string as a member");
    }
    members.push_back(text);
  }
  if (members.empty()) return invalid_parameter("An string set  may not be empty");  // two spaces
  if (!model::append_set(out, AttributeType::kStringSet, std::move(members))) {
    return invalid_parameter("Input collection " + echo(json) + " contains duplicates.");
  }
  return {};
}

Status append_number_set(const simdjson::dom::array& json, std::string& out) {
  std::string encoded;
  std::vector<std::size_t> ends;
  ends.reserve(json.size());
  for (const element member : json) {
    std::string_view text;
    if (member.get(text) != simdjson::SUCCESS) {
      if (!member.is_null()) return not_a_string(member);
      return std::unexpected(model::Number::parse("").error());
    }
    PARLEY_TRY(model::Number::append_encoded_text(text, encoded));
    ends.push_back(encoded.size());
  }
  if (ends.empty()) return invalid_parameter("An number set  may not be empty");  // two spaces
  std::vector<std::string_view> members;
  members.reserve(ends.size());
  std::size_t start = 0;
  for (const std::size_t end : ends) {
    members.push_back(std::string_view(encoded).substr(start, end - start));
    start = end;
  }
  if (!model::append_set(out, AttributeType::kNumberSet, std::move(members))) {
    return invalid("Input collection contains duplicates");
  }
  return {};
}

Status append_binary_set(const simdjson::dom::array& json, std::string& out) {
  std::vector<std::string> decoded;
  decoded.reserve(json.size());
  for (const element member : json) {
    if (member.is_null()) {
      return invalid_parameter("Binary sets may not contain null or empty values");
    }
    decoded.push_back(PARLEY_TRY(decode_blob(member)));
  }
  if (decoded.empty()) return invalid_parameter("Binary sets should not be empty");
  if (!model::append_set(out, AttributeType::kBinarySet, {decoded.begin(), decoded.end()})) {
    return invalid_parameter("Input collection " + echo(json) + "of type BS contains duplicates.");
  }
  return {};
}

Status append_list(const simdjson::dom::array& json, std::string& out, std::size_t depth) {
  model::ListBuilder list(out);
  for (const element member : json) {
    PARLEY_TRY(append_value(member, out, depth + 1));
    list.element_added();
  }
  list.finish();
  return {};
}

Status append_entries(const simdjson::dom::object& json, std::string& out,
                      model::MapBuilder& builder, std::size_t depth) {
  for (const auto field : json) {
    if (field.key.empty()) return invalid("Empty attribute name");
    if (field.key.size() > model::kAttributeNameSizeBytesMax) {
      return invalid("Attribute name is too large, must be less than 65536 bytes");
    }
    builder.begin_entry(field.key);
    PARLEY_TRY(append_value(field.value, out, depth));
  }
  builder.finish();
  return {};
}

Status append_map(const element& json, std::string& out, std::size_t depth) {
  simdjson::dom::object object;
  if (json.get(object) != simdjson::SUCCESS) {
    if (!json.is_array()) return wrong_type("Unexpected field type");
    return unexpected_collection(
        "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>");
  }
  if (depth + 1 >= model::kNestingDepthMax) return nesting_too_deep();
  model::MapBuilder map(out);
  return append_entries(object, out, map, depth + 1);
}

/// S, N, B, BOOL and NULL.
Status append_simple(AttributeType type, const element& json, std::string& out) {
  std::string_view text;
  switch (type) {
    case AttributeType::kString:
      if (json.get(text) != simdjson::SUCCESS) return not_a_string(json);
      model::append_string(out, text);
      return {};
    case AttributeType::kNumber:
      if (json.get(text) != simdjson::SUCCESS) return not_a_string(json);
      return model::append_number_text(out, text);
    case AttributeType::kBinary: {
      const auto bytes = decode_blob(json);
      if (!bytes) return std::unexpected(bytes.error());
      model::append_binary(out, *bytes);
      return {};
    }
    default: {
      const bool value = PARLEY_TRY(read_boolean(json));
      if (type == AttributeType::kBool) {
        model::append_bool(out, value);
      } else if (value) {
        model::append_null(out);
      } else {
        return invalid_parameter("Null attribute value types must have the value of true");
      }
      return {};
    }
  }
}

Status append_typed(AttributeType type, const element& json, std::string& out, std::size_t depth) {
  if (type == AttributeType::kMap) return append_map(json, out, depth);
  if (type != AttributeType::kList && !model::is_set(type)) return append_simple(type, json, out);
  simdjson::dom::array array;
  if (json.get(array) != simdjson::SUCCESS) return not_a_list(json);
  switch (type) {
    case AttributeType::kStringSet:
      return append_string_set(array, out);
    case AttributeType::kNumberSet:
      return append_number_set(array, out);
    case AttributeType::kBinarySet:
      return append_binary_set(array, out);
    default:
      if (depth + 1 >= model::kNestingDepthMax) return nesting_too_deep();
      return append_list(array, out, depth);
  }
}

/// A value with several members: nulls and unknown names do not count, the others are checked in
/// AWS's order before their number is.
Status append_one_of_many(const simdjson::dom::object& json, std::string& out, std::size_t depth) {
  constexpr std::array kOrder = {AttributeType::kString,    AttributeType::kBinary,
                                 AttributeType::kNumber,    AttributeType::kBool,
                                 AttributeType::kNull,      AttributeType::kBinarySet,
                                 AttributeType::kNumberSet, AttributeType::kStringSet,
                                 AttributeType::kList,      AttributeType::kMap};
  int count = 0;
  for (const AttributeType type : kOrder) {
    std::optional<element> given;
    for (const auto field : json) {  // of equal names the last counts
      if (type_named(field.key) == type) given = field.value;
    }
    if (!given || given->is_null()) continue;
    ++count;
    PARLEY_TRY(append_typed(type, *given, out, depth));
  }
  if (count == 0) return no_type();
  if (count == 1) return {};
  return invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported datatypes");
}

}  // namespace

Status append_value(const element& json, std::string& out, std::size_t depth) {
  simdjson::dom::object object;
  if (json.get(object) != simdjson::SUCCESS) return not_an_attribute_value(json);
  if (object.size() != 1) return append_one_of_many(object, out, depth);
  const auto field = *object.begin();
  const auto type = type_named(field.key);
  if (!type || field.value.is_null()) return no_type();
  return append_typed(*type, field.value, out, depth);
}

Result<model::Item> parse_item(const simdjson::dom::object& json) {
  // Built where an earlier item has left room, then copied once: growing by doubling costs more.
  constexpr std::size_t kKeptSizeMax = 65'536;
  thread_local std::string bytes;
  bytes.clear();
  if (bytes.capacity() > kKeptSizeMax) bytes.shrink_to_fit();
  model::MapBuilder builder(bytes, model::MapBuilder::Kind::kItem);
  PARLEY_TRY(append_entries(json, bytes, builder, 0));
  return model::Item(bytes);
}

Result<model::Item> parse_item(std::string_view json_text) {
  simdjson::dom::parser parser;
  element document;
  const auto error = parser.parse(json_text.data(), json_text.size()).get(document);
  simdjson::dom::object object;
  if (error != simdjson::SUCCESS || document.get(object) != simdjson::SUCCESS) {
    return wrong_type("The text is not a JSON object");
  }
  return parse_item(object);
}

}  // namespace parley::codec
