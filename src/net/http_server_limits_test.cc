// Time-outs, the connection cap, spreading over loops, stopping, and what keeps it from starting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>
#include <vector>

#include "net/http_server.h"
#include "net/test_http_server.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

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

TEST(HttpServer, APortInUseOnEitherLoopbackAddressIsAClearErrorForLocalhost) {
  FunctionHandler handler(echo);
  HttpServerOptions options;
  options.bind_address = "::1";
  options.port = 0;
  const auto first = HttpServer::listen(options, handler);
  if (!first) return;  // a machine without IPv6 has nothing that could be in the way
  options.bind_address = "localhost";
  options.port = (*first)->port();
  const auto second = HttpServer::listen(options, handler);
  ASSERT_FALSE(second.has_value()) << "clients of localhost would reach the first";
  EXPECT_EQ(second.error().code, ErrorCode::kLocked);
  EXPECT_THAT(second.error().message, HasSubstr("[::1]:"));
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
