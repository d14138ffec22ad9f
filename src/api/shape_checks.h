// What the three walks of a request share (api/shape.cc, shape_types.cc, shape_constraints.cc).
// Nobody else includes this, but for kModelPackage.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/shape.h"

namespace parley::api {

/// Before the name of a structure, where AWS's words on a wrong type have a class's.
inline constexpr std::string_view kModelPackage = "com.amazonaws.dynamodb.v20120810.";

/// The constraints alone, in a request whose types are right. Errors: kValidation.
[[nodiscard]] Status check_constraints(const Shape& shape, const simdjson::dom::element& input);

/// What AWS's parser takes for a boolean when it is a string; nullopt: it does not.
[[nodiscard]] std::optional<bool> boolean_text(std::string_view text);

/// A JSON number as kInteger or kLong; nullopt when it is none or does not fit.
[[nodiscard]] std::optional<std::int64_t> checked_integer(ShapeKind kind,
                                                          const simdjson::dom::element& value);

/// Java's String.length(): a character beyond the basic plane counts twice.
[[nodiscard]] std::int64_t utf16_length(std::string_view utf8);

[[nodiscard]] bool pattern_keeps(Pattern pattern, std::string_view text);
/// An ARN where `pattern` lets one stand for a name.
[[nodiscard]] bool is_arn(Pattern pattern, std::string_view text);
/// Pattern, length and enum of a string shape.
[[nodiscard]] bool string_keeps(const Shape& shape, std::string_view text);

}  // namespace parley::api
