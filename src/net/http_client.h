// HttpClient: one request, one reply, over plain TCP or TLS, with connections kept alive between
// calls. For the command line, for the database client on AWS, and for tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley::net {

/// "http://localhost:8000/path" taken apart. Errors: kInvalidArgument for any other scheme or a
/// malformed address.
struct Url {
  bool tls = false;
  std::string host = {};
  std::uint16_t port = 80;
  std::string path = "/";
  std::string query = {};
  [[nodiscard]] static Result<Url> parse(std::string_view text);
  /// host, or host:port where the port is not the scheme's own: the Host header.
  [[nodiscard]] std::string authority() const;
};

struct HttpClientRequest {
  std::string method = "POST";
  std::string path = "/";
  std::string query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct HttpClientReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  [[nodiscard]] std::string_view header(std::string_view name) const;  // case-insensitive
};

struct HttpClientOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds request_timeout{60'000};
  std::size_t body_size_bytes_max = 64u << 20;
  std::string ca_file = {};  // PEM with the authorities to trust; empty: the system's
};

/// Thread-safe; each call blocks its thread. TLS verifies the certificate and the host name against
/// the system's authorities.
class HttpClient {
 public:
  HttpClient(Url endpoint, const HttpClientOptions& options);
  ~HttpClient();

  /// Errors: kIo (refused, reset, name not found, TLS), kTimeout; the message names the endpoint. A
  /// kept connection that the server closed meanwhile is replaced once, silently.
  [[nodiscard]] Result<HttpClientReply> send(const HttpClientRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::net
