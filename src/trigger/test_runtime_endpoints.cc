#include "trigger/test_runtime_endpoints.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <set>
#include <utility>

namespace parley::trigger {
namespace {

constexpr std::size_t kBodySizeBytesMax = 16u << 20;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

struct ParsedRequest {
  std::string head;
  std::string body;
  bool body_too_large = false;
  [[nodiscard]] std::string_view header(std::string_view name) const {
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 2 < head.size()) {
      const std::size_t end = std::min(head.find("\r\n", at + 2), head.size());
      const std::string_view line = std::string_view(head).substr(at + 2, end - at - 2);
      const std::size_t colon = line.find(':');
      if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
        const std::string_view value = line.substr(colon + 1);
        return value.substr(std::min(value.find_first_not_of(' '), value.size()));
      }
      at = end;
    }
    return {};
  }
};

/// One connection's bytes.
class Stream {
 public:
  explicit Stream(int socket) : socket_(socket) {}
  bool read(ParsedRequest& request) {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return false;
    }
    request.head = unread_.substr(0, end);
    unread_.erase(0, end + 4);
    if (!request.header("Transfer-Encoding").empty()) return false;
    const std::size_t size =
        std::strtoul(std::string(request.header("Content-Length")).c_str(), nullptr, 10);
    if (!request.header("Expect").empty()) send("HTTP/1.1 100 Continue\r\n\r\n");
    request.body_too_large = size > kBodySizeBytesMax;
    while (unread_.size() < size) {
      if (!receive()) return false;
    }
    request.body = unread_.substr(0, size);
    unread_.erase(0, size);
    return true;
  }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

 private:
  bool receive() {
    char bytes[std::size_t{64} * 1024];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    unread_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }
  int socket_;
  std::string unread_;
};

/// Hands the reply over even if the callback is dropped: then it is nothing.
class ReplyPromise {
 public:
  explicit ReplyPromise(std::promise<RuntimeEndpoints::Reply> promise)
      : promise_(std::make_unique<std::promise<RuntimeEndpoints::Reply>>(std::move(promise))) {}
  ReplyPromise(ReplyPromise&&) noexcept = default;
  ReplyPromise& operator=(ReplyPromise&&) = delete;
  ~ReplyPromise() {
    if (promise_ != nullptr) promise_->set_value({.status = 0});
  }
  void operator()(RuntimeEndpoints::Reply reply) {
    std::exchange(promise_, nullptr)->set_value(std::move(reply));
  }

 private:
  std::unique_ptr<std::promise<RuntimeEndpoints::Reply>> promise_;
};

}  // namespace

struct TestRuntimeEndpoints::Listener {
  int socket = -1;
  std::mutex mutex;  // guards what follows
  Handler handler;
  std::set<int> connections;
  std::vector<std::thread> threads;
  bool closed = false;

  void accept_all(const std::shared_ptr<Listener>& self) {
    for (;;) {
      const int connection = ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      const int on = 1;
      ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const std::scoped_lock lock(mutex);
      if (closed) {
        ::close(connection);
        return;
      }
      connections.insert(connection);
      threads.emplace_back([self, connection] { self->serve(connection); });
    }
  }

  void serve(int connection) {
    Stream stream(connection);
    for (ParsedRequest parsed; stream.read(parsed);) {
      std::promise<Reply> promise;
      auto future = promise.get_future();
      const std::size_t space = parsed.head.find(' ');
      const std::string_view head = parsed.head;
      Request request{.method = head.substr(0, space),
                      .path = head.substr(space + 1, head.find(' ', space + 1) - space - 1),
                      .header = [&parsed](std::string_view name) { return parsed.header(name); },
                      .body = parsed.body};
      if (parsed.body_too_large) {
        request = {};
        request.body_too_large = true;
      }
      {
        const std::scoped_lock lock(mutex);
        if (handler == nullptr) break;
        handler(request, ReplyPromise(std::move(promise)));
      }
      const Reply reply = future.get();
      if (reply.status == 0) break;
      std::string text =
          fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", reply.status, reply.body.size());
      for (const auto& [name, value] : reply.headers)
        text += fmt::format("{}: {}\r\n", name, value);
      stream.send(text + "\r\n" + reply.body);
    }
    ::shutdown(connection, SHUT_RDWR);
  }
};

Result<std::string> TestRuntimeEndpoints::open(Handler handler) {
  if (on_open) on_open(handler);
  auto listener = std::make_shared<Listener>();
  listener->handler = std::move(handler);
  listener->socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener->socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener->socket, 16) != 0 ||
      ::getsockname(listener->socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    ::close(listener->socket);
    return fail(ErrorCode::kIo, "Cannot listen");
  }
  std::string name = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
  {
    const std::scoped_lock lock(listener->mutex);
    listener->threads.emplace_back([listener] { listener->accept_all(listener); });
  }
  const std::scoped_lock lock(mutex_);
  listeners_.emplace(name, std::move(listener));
  return name;
}

void TestRuntimeEndpoints::close(const std::string& address) {
  std::shared_ptr<Listener> listener;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = listeners_.find(address);
    if (found == listeners_.end()) return;
    listener = found->second;
    listeners_.erase(found);
  }
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(listener->mutex);
    listener->closed = true;
    listener->handler = nullptr;
    ::shutdown(listener->socket, SHUT_RDWR);
    for (const int connection : listener->connections) ::shutdown(connection, SHUT_RDWR);
    threads.swap(listener->threads);
  }
  // A thread may wait for a poll that is dropped only after this returns.
  for (std::thread& thread : threads) thread.detach();
}

std::size_t TestRuntimeEndpoints::open_count() {
  const std::scoped_lock lock(mutex_);
  return listeners_.size();
}

TestRuntimeEndpoints::~TestRuntimeEndpoints() {
  while (open_count() > 0) close(std::string(listeners_.begin()->first));
}

}  // namespace parley::trigger
