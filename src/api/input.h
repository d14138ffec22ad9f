// Reading members of a request that has passed its shape (api/shape.h). A member that is null
// counts as absent, as AWS has it.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::api {

/// The member called `name`, or nullopt when it is absent or null.
[[nodiscard]] std::optional<simdjson::dom::element> find_member(const simdjson::dom::object& input,
                                                                std::string_view name);

// The same, as what the shape says the member is; a member of another JSON type is a bug of the
// shape (PARLEY_ASSERT). Strings are views into the parsed request.
[[nodiscard]] std::optional<std::string_view> find_string(const simdjson::dom::object& input,
                                                          std::string_view name);
[[nodiscard]] std::optional<simdjson::dom::object> find_object(const simdjson::dom::object& input,
                                                               std::string_view name);
[[nodiscard]] std::optional<simdjson::dom::array> find_array(const simdjson::dom::object& input,
                                                             std::string_view name);
[[nodiscard]] std::optional<bool> find_boolean(const simdjson::dom::object& input,
                                               std::string_view name);
[[nodiscard]] std::optional<std::int64_t> find_integer(const simdjson::dom::object& input,
                                                       std::string_view name);

/// Whether `object` has no member but null ones.
[[nodiscard]] bool is_empty(const simdjson::dom::object& object);

// The same for members that the shape requires.
[[nodiscard]] std::string_view string_member(const simdjson::dom::object& input,
                                             std::string_view name);
[[nodiscard]] simdjson::dom::object object_member(const simdjson::dom::object& input,
                                                  std::string_view name);
[[nodiscard]] simdjson::dom::array array_member(const simdjson::dom::object& input,
                                                std::string_view name);

/// An element the shape says is an object, an array or a string.
[[nodiscard]] simdjson::dom::object as_object(const simdjson::dom::element& element);
[[nodiscard]] simdjson::dom::array as_array(const simdjson::dom::element& element);
[[nodiscard]] std::string_view as_string(const simdjson::dom::element& element);

}  // namespace parley::api
