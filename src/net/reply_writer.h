// The head of an HTTP/1.1 reply as bytes: status line and headers, ready-made where they can be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace parley::net {

/// How the client learns where the body ends.
enum class BodyEnd : std::uint8_t {
  kLength,      // Content-Length: that of `body`
  kChunks,      // Transfer-Encoding: chunked
  kConnection,  // with the connection
};

struct ReplyFrame {
  std::string_view fixed_lines;  // whole header lines: Server, Date
  bool keep_alive = true;
  BodyEnd end = BodyEnd::kLength;
};

/// Appends everything up to and with the empty line before the body. Content-Length is that of
/// `reply.body`, also for HEAD; 204 and 304 have none. Line breaks inside header values become
/// spaces.
void append_reply_head(std::string& out, const HttpReply& reply, const ReplyFrame& frame);

/// Appends `bytes`, which must not be empty, as one chunk (RFC 9112, section 7.1).
void append_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// "Not Found" for 404; empty if unknown.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace parley::net
