// The web app's files as replies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"

namespace parley::messaging {

/// What a GET of `path` gives that no route took: a file, 304 if the client has it, or 404.
/// `connect_origins` as content_security_policy() has them.
[[nodiscard]] net::HttpReply web_reply(const net::HttpRequest& request,
                                       const std::vector<std::string>& connect_origins);

}  // namespace parley::messaging
