#include "net/reply_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace parley::net {
namespace {

// RFC 9110, section 15.
constexpr std::array<std::pair<int, std::string_view>, 26> kReasonPhrases{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const std::size_t begin = out.size();
  out += value;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
      [](char c) { return c == '\r' || c == '\n'; }, ' ');
  out += "\r\n";
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* found =
      std::ranges::find(kReasonPhrases, status, [](const auto& row) { return row.first; });
  return found == kReasonPhrases.end() ? std::string_view{} : found->second;
}

void append_reply_head(std::string& out, const HttpReply& reply, const ReplyFrame& frame) {
  if (reply.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(reply.status));
    out += ' ';
    out += reason_phrase(reply.status);
    out += "\r\n";
  }
  out += frame.fixed_lines;
  out += frame.keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  if (!reply.content_type.empty()) append_header(out, "Content-Type", reply.content_type);
  for (const auto& [name, value] : reply.headers) append_header(out, name, value);
  if (reply.status == 204 || reply.status == 304) {
    out += "\r\n";
    return;
  }
  if (frame.end == BodyEnd::kLength) {
    out += "Content-Length: ";
    append_number(out, reply.body.size());
    out += "\r\n";
  } else if (frame.end == BodyEnd::kChunks) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  out += "\r\n";
}

void append_chunk(std::string& out, std::string_view bytes) {
  std::array<char, 16> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
  out.append(digits.data(), end);
  out += "\r\n";
  out += bytes;
  out += "\r\n";
}

}  // namespace parley::net
