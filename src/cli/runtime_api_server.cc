#include "cli/runtime_api_server.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

namespace parley::cli {
namespace {

// Over what a function may answer, so that the answer to too much still comes in good order, and
// the connection lives.
constexpr std::size_t kBodySizeBytesMax = 16u << 20;
// A connection is idle while its process works, for as long as a function may take.
constexpr std::chrono::hours kIdleTimeout{24};

std::uint16_t port_of(std::string_view address) {
  const std::string_view digits = address.substr(address.rfind(':') + 1);
  std::uint16_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

net::HttpReply no_such_address() {
  return {.status = 404, .content_type = "text/plain", .headers = {}, .body = "No such process\n"};
}

}  // namespace

RuntimeApiServer::~RuntimeApiServer() {
  if (server_ != nullptr) server_->stop(std::chrono::milliseconds(0));
}

Status RuntimeApiServer::start() {
  if (server_ != nullptr) return {};
  net::HttpServerOptions options;
  options.port = 0;
  options.threads = 1;
  options.body_size_bytes_max = kBodySizeBytesMax;
  options.idle_timeout = kIdleTimeout;
  server_ = PARLEY_TRY(net::HttpServer::listen(options, *this));
  server_->start();
  return {};
}

Result<std::string> RuntimeApiServer::open(Handler handler) {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->handler = std::move(handler);
  const std::scoped_lock lock(mutex_);
  PARLEY_TRY(start());
  const std::uint16_t port = PARLEY_TRY(server_->add_listener());
  endpoints_.insert_or_assign(port, std::move(endpoint));
  return fmt::format("127.0.0.1:{}", port);
}

void RuntimeApiServer::close(const std::string& address) {
  const std::uint16_t port = port_of(address);
  std::shared_ptr<Endpoint> endpoint;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = endpoints_.find(port);
    if (found == endpoints_.end()) return;
    endpoint = std::move(found->second);
    endpoints_.erase(found);
    server_->remove_listener(port);
  }
  const std::scoped_lock lock(endpoint->mutex);
  endpoint->handler = nullptr;
}

std::shared_ptr<RuntimeApiServer::Endpoint> RuntimeApiServer::endpoint_at(std::uint16_t port) {
  const std::scoped_lock lock(mutex_);
  const auto found = endpoints_.find(port);
  return found == endpoints_.end() ? nullptr : found->second;
}

void RuntimeApiServer::handle(const net::HttpRequest& request, net::ReplyCallback reply) {
  const auto endpoint = endpoint_at(request.local_port);
  if (endpoint == nullptr) return reply(no_such_address());
  const trigger::RuntimeEndpoints::Request call{
      .method = request.method,
      .path = request.path,
      .header = [&request](std::string_view name) { return request.header(name); },
      .body = request.body};
  const std::scoped_lock lock(endpoint->mutex);
  if (endpoint->handler == nullptr) return reply(no_such_address());
  endpoint->handler(call, [reply = std::move(reply)](Reply answer) mutable {
    reply({.status = answer.status,
           .content_type = {},
           .headers = std::move(answer.headers),
           .body = std::move(answer.body)});
  });
}

void RuntimeApiServer::request_failed(std::uint16_t local_port, int status) {
  constexpr int kBodyTooLarge = 413;
  const auto endpoint = status == kBodyTooLarge ? endpoint_at(local_port) : nullptr;
  if (endpoint == nullptr) return;
  trigger::RuntimeEndpoints::Request call;
  call.body_too_large = true;
  const std::scoped_lock lock(endpoint->mutex);
  // The server answers the client itself.
  if (endpoint->handler != nullptr) endpoint->handler(call, [](const Reply&) {});
}

}  // namespace parley::cli
