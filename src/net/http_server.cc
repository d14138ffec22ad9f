#include "net/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "net/ascii.h"
#include "net/connection.h"
#include "net/event_loop.h"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using LoopExecutor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<tcp, LoopExecutor>;
using Task = Connection::Task<>;

constexpr asio::as_tuple_t<asio::use_awaitable_t<LoopExecutor>> kTupleToken{};
// Refused connections that are still being told so.
constexpr std::size_t kRefusalsMax = 64;
// How long to wait before accepting again when the process is out of file descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{50};

/// A port and whoever waits for it.
struct Listener {
  explicit Listener(Acceptor opened)
      : acceptor(std::move(opened)), port(acceptor.local_endpoint().port()) {}
  Acceptor acceptor;  // touched on the first loop only, once it accepts
  const std::uint16_t port;
};
using ListenerPointer = std::shared_ptr<Listener>;

Result<std::vector<asio::ip::address>> addresses_of(const std::string& bind_address) {
  if (bind_address == "localhost") {
    return std::vector<asio::ip::address>{asio::ip::address_v4::loopback(),
                                          asio::ip::address_v6::loopback()};
  }
  error_code error;
  const auto address = asio::ip::make_address(bind_address, error);
  if (error) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is no IP address to listen on; 127.0.0.1 and 0.0.0.0 are",
                            bind_address));
  }
  return std::vector<asio::ip::address>{address};
}

Status open_acceptor(Acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6() && endpoint.address().is_loopback()) {
    acceptor.set_option(asio::ip::v6_only(true), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  const std::string address = endpoint.address().to_string();
  const std::string place = fmt::format(
      "{}:{}", endpoint.address().is_v6() ? "[" + address + "]" : address, endpoint.port());
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::kLocked,
                fmt::format("Cannot listen on {}: another program is using this port. "
                            "Stop it or choose another port",
                            place));
  }
  if (error == asio::error::access_denied) {
    return fail(ErrorCode::kIo,
                fmt::format("Cannot listen on {}: ports below 1024 need privileges. "
                            "Choose another port",
                            place));
  }
  return fail(ErrorCode::kIo, fmt::format("Cannot listen on {}: {}", place, error.message()));
}

}  // namespace

struct HttpServer::State {
  State(const HttpServerOptions& server_options, HttpHandler& handler) : options(server_options) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned count = options.threads == 0 ? cores : options.threads;
    for (unsigned i = 0; i < count; ++i) {
      loops.push_back(std::make_shared<EventLoop>(options, handler));
    }
  }

  /// Holds the listener until it is closed.
  Task accept_connections(ListenerPointer listener);
  void begin_accepting(const ListenerPointer& listener);
  void close_listener(const ListenerPointer& listener);
  void admit(const std::shared_ptr<EventLoop>& loop, Socket socket, std::uint16_t local_port);
  [[nodiscard]] const std::shared_ptr<EventLoop>& least_busy_loop();

  const HttpServerOptions options;
  std::vector<std::shared_ptr<EventLoop>> loops;
  std::uint16_t port = 0;
  std::size_t next_loop = 0;               // breaks ties between loops in turn
  std::mutex mutex;                        // guards what follows
  std::vector<ListenerPointer> listeners;  // all on the first loop
  std::condition_variable accepting_changed;
  std::size_t accepting = 0;  // coroutines in accept_connections
  bool started = false;
  bool stopped = false;
};

const std::shared_ptr<EventLoop>& HttpServer::State::least_busy_loop() {
  std::size_t best = next_loop;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    const std::size_t candidate = (next_loop + i) % loops.size();
    if (loops[candidate]->connection_count < loops[best]->connection_count) best = candidate;
  }
  next_loop = (best + 1) % loops.size();
  return loops[best];
}

Task HttpServer::State::accept_connections(ListenerPointer listener) {
  Acceptor& acceptor = listener->acceptor;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>
      pause(acceptor.get_executor());
  while (acceptor.is_open()) {
    const std::shared_ptr<EventLoop> loop = least_busy_loop();
    const LoopExecutor executor = loop->context().get_executor();
    auto [error, socket] = co_await acceptor.async_accept(executor, kTupleToken);
    if (!error) {
      admit(loop, std::move(socket), listener->port);
    } else if (error != asio::error::operation_aborted &&
               error != asio::error::connection_aborted) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kTupleToken);
    }
  }
  const std::scoped_lock lock(mutex);
  --accepting;
  accepting_changed.notify_all();
}

void HttpServer::State::begin_accepting(const ListenerPointer& listener) {
  auto accepting_there = accept_connections(listener);
  asio::co_spawn(loops.front()->context(), std::move(accepting_there), asio::detached);
}

void HttpServer::State::close_listener(const ListenerPointer& listener) {
  asio::post(loops.front()->context(), [this, listener] {
    error_code ignored;
    listener->acceptor.close(ignored);
    // After what it has admitted: both went through this thread.
    for (const auto& loop : loops) loop->abandon(listener->port);
  });
}

void HttpServer::State::admit(const std::shared_ptr<EventLoop>& loop, Socket socket,
                              std::uint16_t local_port) {
  std::size_t total = 0;
  for (const auto& each : loops) total += each->connection_count;
  if (total >= options.connections_max + kRefusalsMax) return;  // closed without a word
  ++loop->connection_count;
  auto connection = std::make_shared<Connection>(loop, std::move(socket), local_port);
  asio::co_spawn(loop->context(),
                 total < options.connections_max ? Connection::serve(std::move(connection))
                                                 : Connection::refuse(std::move(connection)),
                 asio::detached);
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const HttpServerOptions& options,
                                                       HttpHandler& handler) {
  const auto addresses = PARLEY_TRY(addresses_of(options.bind_address));
  auto state = std::make_unique<State>(options, handler);
  state->port = options.port;
  for (const auto& address : addresses) {
    Acceptor acceptor(state->loops.front()->context().get_executor());
    const Status opened = open_acceptor(acceptor, {address, state->port});
    // No IPv6 here is no fault, 127.0.0.1 is enough; but another program at ::1 would get what
    // clients send to localhost.
    const bool needed = state->listeners.empty() ||
                        (options.port != 0 && !opened && opened.error().code == ErrorCode::kLocked);
    if (!opened && needed) return std::unexpected(opened.error());
    if (!opened) continue;
    state->port = acceptor.local_endpoint().port();
    state->listeners.push_back(std::make_shared<Listener>(std::move(acceptor)));
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

std::uint16_t HttpServer::port() const {
  return state_->port;
}

void HttpServer::start() {
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->started || state_->stopped) return;
    state_->started = true;
    state_->accepting = state_->listeners.size();
    for (const auto& listener : state_->listeners) state_->begin_accepting(listener);
  }
  for (const auto& loop : state_->loops) loop->start();
}

Result<std::uint16_t> HttpServer::add_listener() {
  Acceptor acceptor(state_->loops.front()->context().get_executor());
  PARLEY_TRY(open_acceptor(acceptor, {asio::ip::address_v4::loopback(), 0}));
  auto listener = std::make_shared<Listener>(std::move(acceptor));
  const std::scoped_lock lock(state_->mutex);
  if (state_->stopped || !state_->started) {
    return fail(ErrorCode::kUnavailable, "The server is not running");
  }
  state_->listeners.push_back(listener);
  ++state_->accepting;
  state_->begin_accepting(listener);
  return listener->port;
}

void HttpServer::remove_listener(std::uint16_t port) {
  const std::scoped_lock lock(state_->mutex);
  if (state_->stopped || port == state_->port) return;
  const auto found = std::ranges::find(state_->listeners, port, &Listener::port);
  if (found == state_->listeners.end()) return;
  const ListenerPointer listener = *found;
  state_->listeners.erase(found);
  state_->close_listener(listener);
}

void HttpServer::stop(std::chrono::milliseconds grace) {
  std::unique_lock lock(state_->mutex);
  if (std::exchange(state_->stopped, true) || !state_->started) return;
  // First no connection may come any more; only then may the loops end when they have none.
  asio::post(state_->loops.front()->context(), [listeners = state_->listeners] {
    error_code ignored;
    for (const auto& listener : listeners) listener->acceptor.close(ignored);
  });
  state_->accepting_changed.wait(lock, [this] { return state_->accepting == 0; });
  const auto deadline = EventLoop::Clock::now() + grace;
  for (const auto& loop : state_->loops) loop->drain();
  for (const auto& loop : state_->loops) {
    if (!loop->wait_until_ended(deadline)) loop->abandon();
  }
  for (const auto& loop : state_->loops) loop->join();
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const HttpHeader& each : headers) {
    if (equals_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

HttpReply HttpHandler::failure(const HttpRequest& /*request*/, int status,
                               std::string_view reason) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .headers = {},
          .body = fmt::format("{}\n", reason)};
}

}  // namespace parley::net
