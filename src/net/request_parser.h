// RequestParser: HTTP/1.x requests taken apart where they lie, in one buffer per connection.
//
// The reader writes received bytes into prepare(), says how many with commit(), and calls parse()
// until it is kComplete or kFailed; next() forgets the request and keeps what followed it
// (pipelining).
//
// Layout of the buffer, offsets ascending:
//   [begin_, header end)        the request line and headers that the views point into
//   [body_begin_, +body_size_)  the body; chunks are moved together here as they arrive
//   [parsed_, end_)             received, not parsed yet: the rest of this request, or further ones
// A request's bytes stay where they are from kComplete until next().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace parley::net {

struct RequestLimits {
  std::size_t header_size_bytes_max = std::size_t{16} * 1024;
  std::size_t body_size_bytes_max = std::size_t{16} * 1024 * 1024;
  LargeBodies large_bodies = {};
};

/// One thread at a time. No sockets: the fuzzer drives it with bytes.
class RequestParser {
 public:
  enum class Progress : std::uint8_t { kIncomplete, kComplete, kFailed };
  /// Where an incomplete request stands: nothing of it received, in its header, in its body.
  enum class Stage : std::uint8_t { kIdle, kHeader, kBody };

  /// `local_port` is what every request is given.
  explicit RequestParser(const RequestLimits& limits, std::uint16_t local_port = 0);
  ~RequestParser();

  /// Free space to receive into, never empty; grows by doubling as bytes arrive, so that a client
  /// pays for the memory it claims. Valid until the next call of any other member.
  [[nodiscard]] std::span<char> prepare();
  void commit(std::size_t size_bytes);

  /// Goes as far as the received bytes do. After kFailed only failure_status() and failure_reason()
  /// mean anything, and the connection cannot be used for another request.
  [[nodiscard]] Progress parse();
  [[nodiscard]] Stage stage() const;

  /// The request, once parse() said kComplete; before that and after kFailed, what has been read of
  /// it. Views are valid until next().
  [[nodiscard]] const HttpRequest& request() const { return request_; }
  /// Whether the client wants the connection kept: HTTP/1.1 without "close", 1.0 with "keep-alive".
  [[nodiscard]] bool keep_alive() const;
  /// HTTP/1.1; false: 1.0.
  [[nodiscard]] bool is_http11() const;
  /// True once per request, when its client waits for "100 Continue" before it sends its body.
  [[nodiscard]] bool take_expect_continue();
  /// A HEAD request: its reply carries no body.
  [[nodiscard]] bool is_head() const { return request_.method == "HEAD"; }

  [[nodiscard]] int failure_status() const { return failure_status_; }
  [[nodiscard]] std::string_view failure_reason() const { return failure_reason_; }

  /// Forgets the request; bytes after it stay.
  void next();
  /// Gives back the memory that only a request needs. Precondition: nothing was received since
  /// next(); otherwise it does nothing.
  void release_memory();
  /// Bytes received that parse() has not seen.
  [[nodiscard]] std::size_t unparsed_size_bytes() const { return end_ - parsed_; }

 private:
  class Grammar;  // Beast's basic_parser

  Progress fail(int status, std::string_view reason);
  [[nodiscard]] std::size_t header_size_bytes() const;
  [[nodiscard]] bool take_target(std::string_view target);
  void rebase(const char* old_base);
  void grow();

  const RequestLimits limits_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t body_begin_ = 0;
  std::size_t body_size_ = 0;
  std::size_t parsed_ = 0;
  std::size_t end_ = 0;
  bool header_done_ = false;
  bool expect_continue_ = false;
  int failure_status_ = 0;
  std::string_view failure_reason_;  // static storage
  HttpRequest request_;
  std::unique_ptr<Grammar> grammar_;
};

}  // namespace parley::net
