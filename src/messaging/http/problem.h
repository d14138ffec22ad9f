// Errors as replies.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http_server.h"

namespace parley::messaging {

/// Problem details (RFC 9457). What is not a Refusal becomes a 503 or 500 that tells nothing of the
/// inside.
[[nodiscard]] net::HttpReply problem_reply(const Error& error);

/// The same for a request that no route took. `detail` may be of any bytes: it cites the path.
[[nodiscard]] net::HttpReply problem_reply(int status, std::string_view type,
                                           std::string_view title, std::string_view detail);

/// As the founding document's application: an array of codes; an empty object with 401.
[[nodiscard]] net::HttpReply original_error_reply(const Error& error);

}  // namespace parley::messaging
