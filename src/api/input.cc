#include "api/input.h"

#include "api/shape.h"
#include "base/assert.h"

namespace parley::api {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::optional<element> find_member(const object& input, std::string_view name) {
  for (auto field = input.begin(); field != input.end(); ++field) {
    if (!field.key_equals(name)) continue;
    const element value = field.value();
    if (value.is_null()) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

object as_object(const element& element) {
  object value;
  PARLEY_ASSERT(element.get_object().get(value) == simdjson::SUCCESS);
  return value;
}

array as_array(const element& element) {
  array value;
  PARLEY_ASSERT(element.get_array().get(value) == simdjson::SUCCESS);
  return value;
}

std::string_view as_string(const element& element) {
  std::string_view value;
  PARLEY_ASSERT(element.get_string().get(value) == simdjson::SUCCESS);
  return value;
}

std::optional<std::string_view> find_string(const object& input, std::string_view name) {
  const auto member = find_member(input, name);
  if (!member) return std::nullopt;
  return as_string(*member);
}

std::optional<object> find_object(const object& input, std::string_view name) {
  const auto member = find_member(input, name);
  if (!member) return std::nullopt;
  return as_object(*member);
}

std::optional<array> find_array(const object& input, std::string_view name) {
  const auto member = find_member(input, name);
  if (!member) return std::nullopt;
  return as_array(*member);
}

std::optional<bool> find_boolean(const object& input, std::string_view name) {
  const auto member = find_member(input, name);
  if (!member) return std::nullopt;
  return boolean_of(*member);
}

std::optional<std::int64_t> find_integer(const object& input, std::string_view name) {
  const auto member = find_member(input, name);
  if (!member) return std::nullopt;
  return integer_of(*member);
}

bool is_empty(const simdjson::dom::object& object) {
  for (const auto field : object) {
    if (!field.value.is_null()) return false;
  }
  return true;
}

std::string_view string_member(const object& input, std::string_view name) {
  const auto value = find_string(input, name);
  PARLEY_ASSERT(value.has_value());
  return *value;
}

object object_member(const object& input, std::string_view name) {
  const auto value = find_object(input, name);
  PARLEY_ASSERT(value.has_value());
  return *value;
}

array array_member(const object& input, std::string_view name) {
  const auto value = find_array(input, name);
  PARLEY_ASSERT(value.has_value());
  return *value;
}

}  // namespace parley::api
