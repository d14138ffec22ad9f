// The head of an HTTP/1.1 reply as bytes: status line and headers, ready-made where they can be.
#pragma once

#include <string>
#include <string_view>

#include "net/http_server.h"

namespace parley::net {

struct ReplyFrame {
  std::string_view fixed_lines;  // whole header lines: Server, Date
  bool keep_alive = true;
};

/// Appends everything up to and with the empty line before the body. Content-Length is that of
/// `reply.body`, also for HEAD; 204 and 304 have none. Line breaks inside header values become
/// spaces.
void append_reply_head(std::string& out, const HttpReply& reply, const ReplyFrame& frame);

/// "Not Found" for 404; empty if unknown.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace parley::net
