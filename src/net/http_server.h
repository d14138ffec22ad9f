// HttpServer: HTTP/1.1 on loopback or wider, one event loop a core. It knows no DynamoDB: it hands
// a parsed request to an HttpHandler and writes what comes back.
//
// Keep-alive, pipelining (a connection's requests run one after the other, in order), chunked and
// sized request bodies, Expect: 100-continue, absolute-form request targets (RFC 9112,
// section 3.2.2: a client that takes us for its proxy), replies that go on (reply_stream.h), limits
// on body, header and time, so that a slow or hostile client costs only itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley::net {

class ReplyStream;  // net/reply_stream.h

struct HttpHeader {
  std::string_view name;  // as sent
  std::string_view value;
};

/// A whole request. Views are valid until the reply callback has been called.
struct HttpRequest {
  std::string_view method;
  std::string_view path;       // origin form without the query; never empty
  std::string_view query;      // after '?', without it; empty if none
  std::string_view authority;  // of an absolute-form target, else the Host header
  std::vector<HttpHeader> headers;
  std::string_view body;
  std::uint16_t local_port = 0;  // of the listener it came through

  /// The value of the first header called `name` (case-insensitive), or an empty view.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A whole reply. Content-Length, Connection, Date and Server are the server's to add.
struct HttpReply {
  int status = 200;
  std::string_view content_type = {};  // static storage; empty: no such header
  /// Names in static storage, values owned.
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  std::string body = {};
  /// A reply that goes on after `body` (net/reply_stream.h); with a status that has a body. Not to
  /// be used for another reply. Null: `body` is all.
  std::shared_ptr<ReplyStream> stream = nullptr;
};

/// To be called exactly once, from any thread; after that the request is gone. Dropped without a
/// call, it answers 500.
using ReplyCallback = std::move_only_function<void(HttpReply)>;

/// Called on an event loop's thread: it must not block. It may reply before it returns (the fast
/// path: no allocation, no hand-over) or keep the callback and reply later.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(const HttpRequest& request, ReplyCallback reply) = 0;
  /// The reply to a request that ended in the server: 400 malformed, 408 too slow, 413 body too
  /// large, 431 header too large, 505 …. `request` has what had been read of it: its method and
  /// target at least, or nothing. Without a stream. The default is plain text.
  [[nodiscard]] virtual HttpReply failure(const HttpRequest& request, int status,
                                          std::string_view reason);
  /// Told before failure(), on an event loop's thread: which listener's client it was.
  virtual void request_failed(std::uint16_t /*local_port*/, int /*status*/) {}
};

/// Paths whose requests may have larger bodies than others: those that begin with one of
/// `path_prefixes` (static storage).
struct LargeBodies {
  std::span<const std::string_view> path_prefixes = {};
  std::size_t size_bytes_max = 0;
};

struct HttpServerOptions {
  std::string bind_address = "127.0.0.1";  // or "localhost": 127.0.0.1, and ::1 if it exists
  std::uint16_t port = 8000;               // 0: any free one
  unsigned threads = 0;                    // 0: one a core
  std::size_t header_size_bytes_max = std::size_t{16} * 1024;  // request line and headers together
  std::size_t body_size_bytes_max = std::size_t{16} * 1024 * 1024;  // DynamoDB's
  LargeBodies large_bodies = {};
  // Watched by a sweep, so each may take a tenth (at most a second) longer.
  std::chrono::milliseconds header_timeout{
      10'000};                                     // from a request's first byte to its last header
  std::chrono::milliseconds body_timeout{60'000};  // from the last header to the body's last byte
  std::chrono::milliseconds idle_timeout{300'000};  // between requests of a connection
  std::chrono::milliseconds write_timeout{60'000};  // the client taking nothing of its reply
  std::size_t connections_max = 20'000;             // further ones get 503 and are closed
};

class HttpServer {
 public:
  /// Binds and listens; no request is handled before run(). `handler` is borrowed and must outlive
  /// the server. Errors: kIo with a message that names the address and says what to do about it.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(const HttpServerOptions& options,
                                                                  HttpHandler& handler);
  /// Stops without grace.
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const;

  /// Starts the event loops on threads of their own and returns.
  void start();

  /// Listens on another free port of 127.0.0.1, which it returns, until remove_listener(). Any
  /// thread, after start(). Errors: kIo; kUnavailable after stop().
  [[nodiscard]] Result<std::uint16_t> add_listener();
  /// Stops listening on a port that add_listener() gave and closes its connections soon; replies to
  /// their requests are dropped. A request that is on its way may still be handled. Any thread; it
  /// does not block.
  void remove_listener(std::uint16_t port);

  /// Stops accepting, closes reply streams, lets requests in flight finish for up to `grace`,
  /// closes the rest, joins the threads. Blocks; idempotent; not to be called by a handler.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::net
