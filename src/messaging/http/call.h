// Call: one request as its route's handler sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/sign_in/rate_limit.h"
#include "net/http_server.h"

namespace parley::messaging {

struct App;

/// Valid while the request is.
struct Call {
  App& app;
  const net::HttpRequest& request;
  std::vector<std::string> parameters = {};  // of the path, decoded, in their order
  std::string asker = {};                    // person id; empty on an open route
  TimestampMicros asks_until = 0;            // the end of the asker's token

  /// The decoded value of a parameter of the query; none if it is not there. Refuses kInvalidInput
  /// for one that cannot be decoded.
  [[nodiscard]] Result<std::optional<std::string>> query(std::string_view name) const;
  /// "limit", 1 to 100, 25 if it is not there. Refuses kInvalidInput.
  [[nodiscard]] Result<std::size_t> limit() const;
};

/// Runs on a thread that may block; of a route that is tried at once first on an event loop, with
/// an app whose reads must not wait (client::must_wait()).
using RouteHandler = Result<net::HttpReply> (*)(Call& call);

enum class Access : std::uint8_t { kOpen, kPerson };

/// A row of the table of routes.
struct Route {
  std::string_view method;
  std::string_view pattern;  // "/v1/users/{handle}"
  Access access;
  RateKind rate;  // of the person who asks; an open route has none
  RouteHandler handler;
  /// Tried on the event loop. Only for what reads a page at most, and does nothing but read.
  bool at_once = false;
};

/// 200 with a Page of docs/messaging-api.md. `items`: a JSON array. `next`: where the next page
/// begins, to be sealed as a cursor of `scope` for the asker; empty: there is none.
[[nodiscard]] net::HttpReply page_reply(const Call& call, std::string_view scope,
                                        std::string_view items, std::string_view next);

/// A reply with this JSON.
[[nodiscard]] net::HttpReply json_reply(int status, std::string body);
/// 204.
[[nodiscard]] net::HttpReply empty_reply();

}  // namespace parley::messaging
