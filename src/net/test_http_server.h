// A running HttpServer for tests, and a handler that keeps its callbacks.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "net/http_server.h"
#include "net/test_raw_client.h"

namespace parley::net {

/// Answers with a function of the test's.
class FunctionHandler final : public HttpHandler {
 public:
  using Function = std::function<void(const HttpRequest&, ReplyCallback)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  void handle(const HttpRequest& request, ReplyCallback reply) override {
    function_(request, std::move(reply));
  }

 private:
  Function function_;
};

inline HttpReply text_reply(std::string body) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(body)};
}

inline void echo(const HttpRequest& request, ReplyCallback reply) {
  reply(text_reply(std::string(request.method) + " " + std::string(request.path) + " " +
                   std::string(request.body)));
}

/// A running server on a free port.
struct TestServer {
  explicit TestServer(FunctionHandler::Function function, HttpServerOptions options = {})
      : handler(std::move(function)) {
    options.port = 0;
    if (options.threads == 0) options.threads = 2;
    auto listening = HttpServer::listen(options, handler);
    EXPECT_TRUE(listening.has_value());
    server = std::move(*listening);
    server->start();
  }
  [[nodiscard]] RawClient connect() const { return RawClient(server->port()); }

  FunctionHandler handler;
  std::unique_ptr<HttpServer> server;
};

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

/// Keeps reply callbacks for the test to call, in any order and on its own thread.
class Desk {
 public:
  void put(std::string path, ReplyCallback reply) {
    const std::scoped_lock lock(mutex_);
    waiting_.emplace(std::move(path), std::move(reply));
    changed_.notify_all();
  }
  ReplyCallback take(const std::string& path) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.contains(path); });
    return std::move(waiting_.extract(path).mapped());
  }
  [[nodiscard]] std::size_t size() {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, ReplyCallback> waiting_;
};

}  // namespace parley::net
