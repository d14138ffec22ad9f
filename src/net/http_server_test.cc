#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "net/raw_client.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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

HttpReply text_reply(std::string body) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(body)};
}

void echo(const HttpRequest& request, ReplyCallback reply) {
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

std::string post(std::string_view path, std::string_view body) {
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

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
  const TestServer server(echo);
  RawClient client = server.connect();
  for (int i = 0; i < 3; ++i) {
    client.send(post("/p", std::to_string(i)));
    const std::string reply = client.read_reply();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(reply, HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_THAT(reply, HasSubstr("\r\nContent-Type: text/plain\r\n"));
    EXPECT_THAT(reply, HasSubstr(" GMT\r\n"));
    EXPECT_THAT(reply, EndsWith("\r\n\r\nPOST /p " + std::to_string(i)));
  }
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
  const TestServer server(echo);
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  const TestServer server(echo);
  RawClient client = server.connect();
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post("/p", std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(client.read_reply(), EndsWith("\r\n\r\nPOST /p " + std::to_string(i)));
  }
}

TEST(HttpServer, APipelinedRequestRunsOnlyAfterTheReplyBeforeIt) {
  Desk desk;
  const TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
    if (request.path == "/now") return echo(request, std::move(reply));
    desk.put(std::string(request.path), std::move(reply));
  });
  RawClient client = server.connect();
  RawClient other = server.connect();
  client.send(post("/now", "") + post("/first", "") + post("/second", "") + post("/now", "x"));
  EXPECT_THAT(client.read_reply(), EndsWith("POST /now ")) << "not held back by the next one";
  ReplyCallback first = desk.take("/first");
  other.send(post("/other", ""));
  desk.take("/other")(text_reply("other"));
  EXPECT_THAT(other.read_reply(), EndsWith("other")) << "other connections go on";
  EXPECT_EQ(desk.size(), 0U) << "/second has not been handed over";
  first(text_reply("first"));
  desk.take("/second")(text_reply("second"));
  EXPECT_THAT(client.read_reply(), EndsWith("first"));
  EXPECT_THAT(client.read_reply(), EndsWith("second"));
  EXPECT_THAT(client.read_reply(), EndsWith("POST /now x"));
}

TEST(HttpServer, RequestStaysReadableUntilALateReply) {
  Desk desk;
  const HttpRequest* seen = nullptr;
  const TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
    seen = &request;
    desk.put("it", std::move(reply));
  });
  RawClient client = server.connect();
  client.send(post("/late", std::string(100'000, 'x')));
  ReplyCallback reply = desk.take("it");
  EXPECT_EQ(seen->path, "/late");
  EXPECT_EQ(seen->body, std::string(100'000, 'x'));
  reply(text_reply("done"));
  EXPECT_THAT(client.read_reply(), EndsWith("done"));
}

TEST(HttpServer, ADroppedCallbackAnswers500) {
  const TestServer server([](const HttpRequest&, ReplyCallback) {});
  RawClient client = server.connect();
  client.send(post("/", ""));
  EXPECT_THAT(client.read_reply(), StartsWith("HTTP/1.1 500 "));
  client.send(post("/", ""));
  EXPECT_THAT(client.read_reply(), StartsWith("HTTP/1.1 500 ")) << "the connection lives on";
}

TEST(HttpServer, SendsContinueBeforeABodyThatWaitsForIt) {
  const TestServer server(echo);
  RawClient client = server.connect();
  client.send("POST /c HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_reply(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_THAT(client.read_reply(), EndsWith("POST /c ok"));
}

TEST(HttpServer, HeadHasALengthButNoBody) {
  const TestServer server(echo);
  RawClient client = server.connect();
  client.send("HEAD /h HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string reply = client.read_to_end();
  EXPECT_THAT(reply, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(reply, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, AnEmptyReplyOf204HasNoLength) {
  const TestServer server([](const HttpRequest&, ReplyCallback reply) { reply({.status = 204}); });
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), Not(HasSubstr("Content-Length")));
}

TEST(HttpServer, LineBreaksInAHeaderValueCannotSplitTheReply) {
  const TestServer server([](const HttpRequest&, ReplyCallback reply) {
    reply({.status = 200, .headers = {{"X-Echo", "a\r\nSet-Cookie: b"}}});
  });
  RawClient client = server.connect();
  client.send(post("/", ""));
  EXPECT_THAT(client.read_reply(), HasSubstr("X-Echo: a  Set-Cookie: b\r\n"));
}

TEST(HttpServer, LargeBodiesGoBothWays) {
  const TestServer server([](const HttpRequest& request, ReplyCallback reply) {
    reply(text_reply(std::string(request.body)));
  });
  RawClient client = server.connect();
  std::string body(16 * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7919 >> 8);
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(client.send(post("/", body)));
    const std::string reply = client.read_reply();
    EXPECT_TRUE(reply.ends_with(body));
  }
  client.send(post("/", "small again"));
  EXPECT_THAT(client.read_reply(), EndsWith("small again"));
}

TEST(HttpServer, AMalformedRequestGets400AndTheServerGoesOn) {
  const TestServer server(echo);
  RawClient bad = server.connect();
  bad.send("nonsense\r\n\r\n");
  const std::string reply = bad.read_to_end();
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
  RawClient good = server.connect();
  good.send(post("/", "still here"));
  EXPECT_THAT(good.read_reply(), EndsWith("still here"));
}

TEST(HttpServer, ATooLargeBodyGets413AlthoughTheClientGoesOnSending) {
  const TestServer server(echo);
  RawClient client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n");
  client.send(std::string(20'000'000, 'x'));
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, TooLargeHeadersGet431) {
  const TestServer server(echo);
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'x'));
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 431 "));
}

TEST(HttpServer, ATruncatedRequestGets400AtTheEndOfTheStream) {
  const TestServer server(echo);
  for (const std::string_view text :
       {"POST / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"}) {
    RawClient client = server.connect();
    client.send(text);
    client.shut_down_sending();
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 400 "));
  }
}

TEST(HttpServer, AHalfClosedClientStillGetsItsReply) {
  Desk desk;
  const TestServer server(
      [&](const HttpRequest&, ReplyCallback reply) { desk.put("it", std::move(reply)); });
  RawClient client = server.connect();
  client.send(post("/", ""));
  client.shut_down_sending();
  desk.take("it")(text_reply("late but here"));
  EXPECT_THAT(client.read_to_end(), EndsWith("late but here"));
}

TEST(HttpServer, SlowHeadersAndBodiesGet408AndIdleOnesAreClosedSilently) {
  HttpServerOptions options;
  options.header_timeout = options.body_timeout = options.idle_timeout = milliseconds(50);
  const TestServer server(echo, options);
  RawClient slow_header = server.connect();
  RawClient slow_body = server.connect();
  RawClient silent = server.connect();
  RawClient idle = server.connect();
  slow_header.send("POST / HTTP/1.1\r\nHo");
  slow_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12");
  idle.send(post("/", ""));
  EXPECT_THAT(slow_header.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(slow_body.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_THAT(idle.read_to_end(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, AClientThatTakesNothingOfItsReplyIsClosed) {
  HttpServerOptions options;
  options.write_timeout = milliseconds(50);
  std::promise<void> handled;
  const TestServer server(
      [&](const HttpRequest&, ReplyCallback reply) {
        reply(text_reply(std::string(32 << 20, 'x')));
        handled.set_value();
      },
      options);
  RawClient client = server.connect();
  client.send(post("/", ""));
  handled.get_future().get();
  // Were the connection not given up, its reply would hold stop() for all of the grace.
  const auto began = std::chrono::steady_clock::now();
  server.server->stop(std::chrono::seconds(60));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
  EXPECT_LT(client.read_to_end().size(), 32U << 20);
}

TEST(HttpServer, AHandlerMayTakeLongerThanAnyTimeout) {
  HttpServerOptions options;
  options.header_timeout = options.body_timeout = options.idle_timeout = options.write_timeout =
      milliseconds(20);
  Desk desk;
  const TestServer server(
      [&](const HttpRequest& request, ReplyCallback reply) {
        desk.put(std::string(request.path), std::move(reply));
      },
      options);
  RawClient waiting = server.connect();
  waiting.send(post("/slow", ""));
  ReplyCallback slow = desk.take("/slow");
  // An idle connection of the same age is swept away meanwhile: that much time has passed.
  EXPECT_EQ(server.connect().read_to_end(), "");
  EXPECT_EQ(server.connect().read_to_end(), "");
  slow(text_reply("at last"));
  EXPECT_THAT(waiting.read_reply(), EndsWith("at last"));
}

TEST(HttpServer, ConnectionsOverTheCapGet503) {
  HttpServerOptions options;
  options.connections_max = 2;
  const TestServer server(echo, options);
  RawClient first = server.connect();
  first.send(post("/", "1"));
  first.read_reply();
  {
    RawClient second = server.connect();
    second.send(post("/", "2"));
    second.read_reply();
    EXPECT_THAT(server.connect().read_to_end(), StartsWith("HTTP/1.1 503 "));
    second.send(post("/", "2"));
    EXPECT_THAT(second.read_reply(), EndsWith("2"));
  }
  // The place is free again once the server has noticed that the second one left.
  std::string reply;
  for (int i = 0; i < 1000 && !reply.ends_with("3"); ++i) {
    RawClient third = server.connect();
    third.send(post("/", "3"));
    reply = third.read_reply();
  }
  EXPECT_THAT(reply, EndsWith("3"));
}

TEST(HttpServer, ConnectionsAreSpreadEvenlyOverTheLoops) {
  std::mutex mutex;
  std::map<std::thread::id, int> requests;
  HttpServerOptions options;
  options.threads = 4;
  const TestServer server(
      [&](const HttpRequest& request, ReplyCallback reply) {
        {
          const std::scoped_lock lock(mutex);
          ++requests[std::this_thread::get_id()];
        }
        echo(request, std::move(reply));
      },
      options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(server.connect());
    clients.back().send(post("/", ""));
    clients.back().read_reply();
  }
  ASSERT_EQ(requests.size(), 4U);
  for (const auto& [thread, count] : requests) EXPECT_EQ(count, 10);
}

TEST(HttpServer, AHundredConcurrentConnectionsWithRepliesFromAnotherThread) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<std::string, ReplyCallback>> queue;
  bool ended = false;
  // One thread answers whole batches, as a committer does.
  std::thread committer([&] {
    std::unique_lock lock(mutex);
    while (!ended) {
      changed.wait(lock, [&] { return ended || !queue.empty(); });
      auto batch = std::exchange(queue, {});
      lock.unlock();
      for (auto& [body, reply] : batch) reply(text_reply(body));
      lock.lock();
    }
  });
  {
    const TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
      const std::scoped_lock lock(mutex);
      queue.emplace_back(std::string(request.body), std::move(reply));
      changed.notify_all();
    });
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 100; ++t) {
      threads.emplace_back([&, t] {
        RawClient client = server.connect();
        for (int i = 0; i < 50; ++i) {
          const std::string body = std::to_string(t) + "/" + std::to_string(i);
          client.send(post("/", body));
          if (client.read_reply().ends_with("\r\n\r\n" + body)) ++right;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 5000);
  }
  {
    const std::scoped_lock lock(mutex);
    ended = true;
    changed.notify_all();
  }
  committer.join();
}

TEST(HttpServer, StopLetsRequestsInFlightFinish) {
  Desk desk;
  const TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
    desk.put(std::string(request.path), std::move(reply));
  });
  RawClient idle = server.connect();
  RawClient busy = server.connect();
  busy.send(post("/busy", ""));
  ReplyCallback reply = desk.take("/busy");
  auto stopped =
      std::async(std::launch::async, [&] { server.server->stop(std::chrono::seconds(30)); });
  EXPECT_EQ(idle.read_to_end(), "");
  reply(text_reply("finished"));
  EXPECT_THAT(busy.read_to_end(), EndsWith("finished"));
  stopped.get();
  EXPECT_FALSE(server.connect().connected());
}

TEST(HttpServer, StopWithoutGraceDoesNotWaitAndALateReplyIsHarmless) {
  Desk desk;
  ReplyCallback late;
  const HttpRequest* request_of_late = nullptr;
  {
    const TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
      request_of_late = &request;
      desk.put("it", std::move(reply));
    });
    RawClient client = server.connect();
    client.send(post("/late", "body"));
    late = desk.take("it");
    server.server->stop(milliseconds(0));
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_EQ(request_of_late->body, "body") << "still readable after the server is gone";
  late(text_reply("nobody reads this"));
}

TEST(HttpServer, StopsUnderLoad) {
  for (int round = 0; round < 5; ++round) {
    TestServer server(echo);
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (;;) {
          RawClient client = server.connect();
          if (!client.connected()) return;
          while (client.send(post("/", "x")) && !client.read_reply().empty()) ++answered;
        }
      });
    }
    while (answered < 200) std::this_thread::yield();
    server.server->stop(std::chrono::seconds(10));
    for (auto& thread : threads) thread.join();
  }
}

TEST(HttpServer, APortInUseIsAClearError) {
  const TestServer server(echo);
  FunctionHandler handler(echo);
  HttpServerOptions options;
  options.port = server.server->port();
  const auto second = HttpServer::listen(options, handler);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kLocked);
  EXPECT_THAT(second.error().message, HasSubstr("another program is using this port"));
}

TEST(HttpServer, ABindAddressThatIsNoneIsAClearError) {
  FunctionHandler handler(echo);
  HttpServerOptions options;
  options.bind_address = "example.invalid";
  const auto server = HttpServer::listen(options, handler);
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
}

TEST(HttpServer, LocalhostMeansBothLoopbackAddresses) {
  HttpServerOptions options;
  options.bind_address = "localhost";
  const TestServer server(echo, options);
  RawClient client = server.connect();
  client.send(post("/", "four"));
  EXPECT_THAT(client.read_reply(), EndsWith("four"));
}

TEST(HttpServer, AServerNeverStartedStops) {
  FunctionHandler handler(echo);
  HttpServerOptions options;
  options.port = 0;
  auto server = HttpServer::listen(options, handler);
  ASSERT_TRUE(server.has_value());
  (*server)->stop(milliseconds(0));
}

}  // namespace
}  // namespace parley::net
