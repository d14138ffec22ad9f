// The HTTP request parser: however a stream of bytes is cut, the same requests come out, and every
// view of them can be read.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "net/request_parser.h"

namespace {

using parley::net::RequestParser;

void append(std::string& out, std::string_view text) {
  out += text;
  out += '\n';
}

/// The requests in `bytes` up to the first that is malformed, written out; fed in pieces of
/// `piece_size`.
std::string requests_of(std::string_view bytes, std::size_t piece_size) {
  RequestParser parser({.header_size_bytes_max = 512, .body_size_bytes_max = 4096});
  std::string out;
  while (!bytes.empty()) {
    const auto space = parser.prepare();
    const std::size_t size = std::min({space.size(), bytes.size(), piece_size});
    std::copy_n(bytes.data(), size, space.data());
    parser.commit(size);
    bytes.remove_prefix(size);
    while (parser.parse() == RequestParser::Progress::kComplete) {
      const parley::net::HttpRequest& request = parser.request();
      append(out, request.method);
      append(out, request.path);
      append(out, request.query);
      append(out, request.authority);
      for (const auto& header : request.headers) {
        append(out, header.name);
        append(out, header.value);
      }
      append(out, request.body);
      append(out, parser.keep_alive() ? "kept" : "closed");
      parser.next();
    }
    if (parser.parse() == RequestParser::Progress::kFailed) {
      return out;
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t piece_size = data[0] % 64 + std::size_t{1};
  if (requests_of(bytes, bytes.size() + 1) != requests_of(bytes, piece_size)) std::abort();
  return 0;
}
