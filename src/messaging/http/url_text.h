// Percent-encoding of paths and queries.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::messaging {

/// A path segment decoded; none if a % is not followed by two hexadecimal digits, or if the outcome
/// is no UTF-8 or has control characters.
[[nodiscard]] std::optional<std::string> path_decoded(std::string_view text);
/// The same for a value of a query, where + is a space.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);

}  // namespace parley::messaging
