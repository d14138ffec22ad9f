#include "net/http_client.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <mutex>
#include <optional>
#include <type_traits>

#include "net/ascii.h"

namespace parley::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using TimePoint = std::chrono::steady_clock::time_point;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::size_t kKeptConnectionsMax = 16;

/// A connection to the endpoint; its asynchronous operations are run to their end or to a deadline
/// by the thread that calls.
class Channel {
 public:
  virtual ~Channel() = default;
  [[nodiscard]] virtual error_code open(const Url& endpoint, TimePoint deadline) = 0;
  [[nodiscard]] virtual error_code exchange(const http::request<http::string_body>& request,
                                            http::response_parser<http::string_body>& reply,
                                            TimePoint deadline) = 0;
};

template <class Stream>
class StreamChannel final : public Channel {
 public:
  template <class... Arguments>
  explicit StreamChannel(Arguments&... arguments) : stream_(context_, arguments...) {}

  error_code open(const Url& endpoint, TimePoint deadline) override {
    tcp::resolver resolver(context_);
    tcp::resolver::results_type addresses;
    error_code error = run(deadline, [&](auto done) {
      resolver.async_resolve(endpoint.host, std::to_string(endpoint.port),
                             [&, done](error_code result, tcp::resolver::results_type found) {
                               addresses = std::move(found);
                               done(result);
                             });
    });
    if (error) return error;
    error = run(deadline, [&](auto done) {
      asio::async_connect(socket(), addresses,
                          [done](error_code result, const tcp::endpoint&) { done(result); });
    });
    if (error) return error;
    socket().set_option(tcp::no_delay(true), error);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      set_server_name(endpoint.host);
      stream_.set_verify_callback(asio::ssl::host_name_verification(endpoint.host), error);
      if (error) return error;
      error = run(deadline, [&](auto done) {
        stream_.async_handshake(asio::ssl::stream_base::client, done);
      });
    }
    return error;
  }

  error_code exchange(const http::request<http::string_body>& request,
                      http::response_parser<http::string_body>& reply,
                      TimePoint deadline) override {
    const error_code error = run(deadline, [&](auto done) {
      http::async_write(stream_, request, [done](error_code result, std::size_t) { done(result); });
    });
    // A server may answer and close without reading the whole request: its answer counts.
    const bool closed_on_us =
        error == asio::error::broken_pipe || error == asio::error::connection_reset;
    if (error && !closed_on_us) return error;
    return run(deadline, [&](auto done) {
      http::async_read(stream_, buffer_, reply,
                       [done](error_code result, std::size_t) { done(result); });
    });
  }

 private:
  /// Starts an operation with a callback and runs it to its end; past `deadline` it is broken off,
  /// the channel is of no further use, and the error is timed_out.
  template <class Start>
  error_code run(TimePoint deadline, Start start) {
    std::optional<error_code> result;
    start([&result](error_code error) { result = error; });
    context_.restart();
    context_.run_until(deadline);
    if (result) return *result;
    error_code ignored;
    socket().close(ignored);
    context_.restart();
    context_.run();
    return asio::error::timed_out;
  }

  /// Tells the server which host is meant (RFC 6066, section 3); IP addresses are not to be named.
  void set_server_name(const std::string& host) {
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return;
    // SSL_set_tlsext_host_name() spelled out: the macro casts in the old style.
    SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
  }

  tcp::socket& socket() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  asio::io_context context_{1};
  Stream stream_;
  boost::beast::flat_buffer buffer_;
};

http::request<http::string_body> to_beast(const HttpClientRequest& request,
                                          const std::string& authority) {
  http::request<http::string_body> out;
  out.version(11);
  out.method_string(request.method);
  out.target(request.query.empty() ? request.path : request.path + "?" + request.query);
  out.set(http::field::host, authority);
  for (const auto& [name, value] : request.headers) out.insert(name, value);
  out.body() = request.body;
  out.prepare_payload();
  return out;
}

HttpClientReply from_beast(http::response<http::string_body>&& message) {
  HttpClientReply reply;
  reply.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    reply.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  reply.body = std::move(message.body());
  return reply;
}

bool is_peer_gone(const error_code& error) {
  return error == http::error::end_of_stream || error == asio::error::connection_reset ||
         error == asio::error::broken_pipe || error == asio::error::eof ||
         error == asio::ssl::error::stream_truncated;
}

}  // namespace

struct HttpClient::State {
  State(Url url, const HttpClientOptions& client_options)
      : endpoint(std::move(url)), options(client_options) {}

  [[nodiscard]] Result<std::unique_ptr<Channel>> open_channel();
  [[nodiscard]] std::unique_ptr<Channel> take_kept_channel();
  void keep(std::unique_ptr<Channel> channel);
  [[nodiscard]] Status prepare_tls();
  [[nodiscard]] std::unexpected<Error> failure(const error_code& error) const;
  [[nodiscard]] Result<HttpClientReply> send(const HttpClientRequest& request);

  const Url endpoint;
  const HttpClientOptions options;
  std::mutex mutex;  // guards what follows
  std::vector<std::unique_ptr<Channel>> kept;
  std::optional<asio::ssl::context> tls;  // not changed once made
};

std::unexpected<Error> HttpClient::State::failure(const error_code& error) const {
  const std::string place =
      fmt::format("{}://{}", endpoint.tls ? "https" : "http", endpoint.authority());
  if (error == asio::error::timed_out) {
    return fail(ErrorCode::kTimeout, fmt::format("No answer from {} in time", place));
  }
  std::string why = error.message();
  if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again) {
    why = "there is no host of that name";
  } else if (error == asio::error::connection_refused) {
    why = "nothing is listening there (connection refused)";
  } else if (is_peer_gone(error)) {
    why = "the server closed the connection";
  } else if (error.category() == asio::error::get_ssl_category()) {
    const bool not_tls =
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER;
    why = not_tls ? "no TLS is spoken there; is it http:// without the s?"
                  : fmt::format("TLS: {}", why);
  }
  return fail(ErrorCode::kIo, fmt::format("Cannot reach {}: {}", place, why));
}

Status HttpClient::State::prepare_tls() {
  const std::scoped_lock lock(mutex);
  if (tls) return {};
  asio::ssl::context context(asio::ssl::context::tls_client);
  error_code error;
  context.set_verify_mode(asio::ssl::verify_peer, error);
  if (!error && options.ca_file.empty()) context.set_default_verify_paths(error);
  if (!error && !options.ca_file.empty()) context.load_verify_file(options.ca_file, error);
  if (error) {
    return fail(ErrorCode::kIo, fmt::format("Cannot read the certificate authorities {}: {}",
                                            options.ca_file, error.message()));
  }
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  tls.emplace(std::move(context));
  return {};
}

Result<std::unique_ptr<Channel>> HttpClient::State::open_channel() {
  std::unique_ptr<Channel> channel;
  if (endpoint.tls) {
    PARLEY_TRY(prepare_tls());
    channel = std::make_unique<StreamChannel<TlsStream>>(*tls);
  } else {
    channel = std::make_unique<StreamChannel<tcp::socket>>();
  }
  const auto deadline = std::chrono::steady_clock::now() + options.connect_timeout;
  if (const error_code error = channel->open(endpoint, deadline)) return failure(error);
  return channel;
}

std::unique_ptr<Channel> HttpClient::State::take_kept_channel() {
  const std::scoped_lock lock(mutex);
  if (kept.empty()) return nullptr;
  auto channel = std::move(kept.back());
  kept.pop_back();
  return channel;
}

void HttpClient::State::keep(std::unique_ptr<Channel> channel) {
  const std::scoped_lock lock(mutex);
  if (kept.size() < kKeptConnectionsMax) kept.push_back(std::move(channel));
}

Result<HttpClientReply> HttpClient::State::send(const HttpClientRequest& request) {
  const auto message = to_beast(request, endpoint.authority());
  for (;;) {
    auto channel = take_kept_channel();
    const bool was_kept = channel != nullptr;
    if (!was_kept) channel = PARLEY_TRY(open_channel());
    http::response_parser<http::string_body> reply;
    reply.body_limit(options.body_size_bytes_max);
    if (request.method == "HEAD") reply.skip(true);
    const auto deadline = std::chrono::steady_clock::now() + options.request_timeout;
    const error_code error = channel->exchange(message, reply, deadline);
    // A kept connection that the server closed meanwhile has answered nothing: the next one, at
    // last a new one, takes its place.
    if (was_kept && is_peer_gone(error) && !reply.got_some()) continue;
    if (error) return failure(error);
    if (reply.keep_alive()) keep(std::move(channel));
    return from_beast(reply.release());
  }
}

HttpClient::HttpClient(Url endpoint, const HttpClientOptions& options)
    : state_(std::make_unique<State>(std::move(endpoint), options)) {}

HttpClient::~HttpClient() = default;

Result<HttpClientReply> HttpClient::send(const HttpClientRequest& request) {
  try {
    return state_->send(request);
  } catch (const std::exception& exception) {  // Beast and Asio throw when memory is short
    return fail(ErrorCode::kIo, exception.what());
  }
}

std::string_view HttpClientReply::header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (equals_ignoring_case(each, name)) return value;
  }
  return {};
}

}  // namespace parley::net
