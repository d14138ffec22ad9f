// A running server whose handler answers every path with a stream that the test holds, but for
// "/plain", which it answers with its body.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "net/reply_stream.h"
#include "net/test_http_server.h"

namespace parley::net {

/// A stream, and the news of its end.
struct HeldStream {
  explicit HeldStream(std::size_t unsent_size_bytes_max)
      : stream(std::make_shared<ReplyStream>(unsent_size_bytes_max)) {
    auto end = std::make_shared<std::promise<void>>();  // which may come after this is gone
    end_ = end->get_future();
    stream->on_end([end] { end->set_value(); });
  }
  /// Whether it has ended; waits ten seconds for it at most.
  [[nodiscard]] bool has_ended() {
    return end_.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  }
  std::shared_ptr<ReplyStream> stream;

 private:
  std::future<void> end_;
};

struct StreamingServer {
  explicit StreamingServer(HttpServerOptions options = {}, std::string first = {},
                           std::size_t unsent_size_bytes_max = ReplyStream::kUnsentSizeBytesMax)
      : server(
            [this, first, unsent_size_bytes_max](const HttpRequest& request, ReplyCallback reply) {
              if (request.path == "/plain") {
                reply(text_reply("plain " + std::string(request.body)));
                return;
              }
              auto held = std::make_unique<HeldStream>(unsent_size_bytes_max);
              HttpReply answer{.content_type = "text/event-stream", .body = first};
              answer.stream = held->stream;
              streams_.put(std::string(request.path), std::move(held));
              reply(std::move(answer));
            },
            options) {}

  /// The stream that answers the request of `path`; waits for the request.
  std::unique_ptr<HeldStream> take(const std::string& path) { return streams_.take(path); }
  [[nodiscard]] RawClient connect() const { return server.connect(); }

 private:
  class Streams {
   public:
    void put(std::string path, std::unique_ptr<HeldStream> held) {
      const std::scoped_lock lock(mutex_);
      held_.emplace(std::move(path), std::move(held));
      changed_.notify_all();
    }
    std::unique_ptr<HeldStream> take(const std::string& path) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return held_.contains(path); });
      return std::move(held_.extract(path).mapped());
    }

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::unique_ptr<HeldStream>> held_;
  };
  Streams streams_;

 public:
  TestServer server;  // last: its threads use the rest
};

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

}  // namespace parley::net
