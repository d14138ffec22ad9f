// The table of routes: a new one is a handler in the file of its subject, and a row here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/http/call.h"

namespace parley::messaging {

[[nodiscard]] std::span<const Route> routes();

/// What a request's method and path lead to.
struct RouteMatch {
  const Route* route = nullptr;              // null: none, with this method at least
  std::vector<std::string> parameters = {};  // decoded
  std::string allowed_methods = {};  // "GET, POST": the path has others; empty: unknown path
};

/// HEAD finds what GET does. A segment that is not well encoded matches nothing.
[[nodiscard]] RouteMatch match_route(std::string_view method, std::string_view path);

/// Whether the path is of the founding document's application ("/api/…"), whose errors are arrays.
[[nodiscard]] bool is_original(std::string_view path);
/// Whether a path is the API's and not the web app's.
[[nodiscard]] bool is_api(std::string_view path);

}  // namespace parley::messaging
