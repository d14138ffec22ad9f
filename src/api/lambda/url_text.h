// Percent-encoded text of URLs: path segments and query parameters.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::api {

/// %XX becomes its byte; a percent sign that begins no such triple stays. In a query '+' is a
/// space.
[[nodiscard]] std::string percent_decoded(std::string_view text, bool plus_is_space = false);

/// "a=1&b" as pairs, decoded, in order.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

}  // namespace parley::api
