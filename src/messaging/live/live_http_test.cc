// The whole way, with threads: a write to the table, its stream, the follower, the hub, HTTP, a
// client.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "client/stream_follower.h"
#include "messaging/live/live_hub.h"
#include "messaging/live/test_live_hub.h"
#include "net/http_server.h"
#include "net/reply_stream.h"
#include "net/test_raw_client.h"

namespace parley::messaging {
namespace {

/// Serves `GET /PERSON`.
class EventsHandler final : public net::HttpHandler {
 public:
  explicit EventsHandler(Hub& hub) : hub_(hub) {}
  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override {
    auto stream = std::make_shared<net::ReplyStream>();
    const Status connected =
        hub_.connect(request.path.substr(1), request.header("Last-Event-ID"), stream, 0);
    net::HttpReply answer{.status = connected ? 200 : 429, .content_type = "text/event-stream"};
    if (connected) answer.stream = std::move(stream);
    reply(std::move(answer));
  }

 private:
  Hub& hub_;
};

struct Service {
  explicit Service(TestLiveTable& live_table, const HubSettings& settings = {})
      : table(live_table),
        hub(sources_of(table), settings),
        handler(hub),
        follower(table.database, table.database.clock(), hub,
                 {.walk = {.table = "cruddur-messages"},
                  .announcer =
                      [this](std::function<void()> listener) {
                        return table.database.announce_records(std::move(listener));
                      }}),
        server(*net::HttpServer::listen({.port = 0, .threads = 2}, handler)) {
    server->start();
    hub.start();
    follower.start();
  }
  ~Service() {
    follower.stop();
    hub.stop();
    server->stop(std::chrono::seconds(5));
  }
  TestLiveTable& table;
  LiveHub hub;
  EventsHandler handler;
  client::StreamFollower follower;
  std::unique_ptr<net::HttpServer> server;
};

/// One event stream of a person.
class Screen {
 public:
  Screen(const Service& service, std::string_view person, std::string_view after)
      : client_(service.server->port()) {
    client_.send(
        fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\nLast-Event-ID: {}\r\n\r\n", person, after));
    client_.read_until("\r\n\r\n");
  }
  /// The next event; its id is remembered.
  std::string next() {
    std::string event = client_.read_until("\n\n");
    const std::size_t id = event.find("\nid: ");
    if (id != std::string::npos) last_id = event.substr(id + 5, event.find('\n', id + 1) - id - 5);
    return event;
  }
  /// Until the hub follows the stream; before that nothing has an id.
  void await_ready() {
    while (last_id.empty()) next();
  }
  void reset() { client_.reset(); }
  std::string last_id;

 private:
  net::RawClient client_;
};

std::string text_in(std::string_view event) {
  const std::size_t at = event.find(R"("text":")");
  if (at == std::string_view::npos) return {};
  return std::string(event.substr(at + 8, event.find('"', at + 8) - at - 8));
}

struct Conversations : TestLiveTable {
  Conversations() {
    for (int i = 0; i < 6; ++i) members[fmt::format("g{}", i)] = {"ann", "bob", "cat"};
  }
};

TEST(LiveHttp, EveryScreenSeesEveryMessageOnce) {
  constexpr int kMessages = 200;
  Conversations table;
  Service service(table);
  std::vector<std::unique_ptr<Screen>> screens;
  for (int i = 0; i < 12; ++i) {
    constexpr std::array<std::string_view, 3> kPeople{"ann", "bob", "cat"};
    screens.push_back(
        std::make_unique<Screen>(service, kPeople[static_cast<std::size_t>(i) % 3], ""));
    screens.back()->await_ready();
  }
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&table, writer] {
      for (int n = writer; n < kMessages; n += 2) table.say(fmt::format("g{}", n % 6), "ann", n);
    });
  }
  for (const auto& screen : screens) {
    std::multiset<std::string> seen;
    while (seen.size() < kMessages) {
      const std::string event = screen->next();
      ASSERT_FALSE(event.empty());
      if (event.find("event: message") != std::string::npos) seen.insert(text_in(event));
    }
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  }
  for (std::thread& writer : writers) writer.join();
}

TEST(LiveHttp, WhoeverBreaksOffAndComesBackMissesNothing) {
  constexpr int kMessages = 300;
  Conversations table;
  Service service(table, {.ring_events_max = 20});
  std::vector<std::unique_ptr<Screen>> first;
  for (int i = 0; i < 4; ++i) {
    first.push_back(std::make_unique<Screen>(service, "bob", ""));
    first.back()->await_ready();
  }
  std::thread writer([&table] {
    for (int n = 0; n < kMessages; ++n) table.say(fmt::format("g{}", n % 6), "ann", n);
  });
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&service, &first, reader] {
      auto screen = std::move(first[static_cast<std::size_t>(reader)]);
      std::set<std::string> seen;
      for (int events = 1; seen.size() < kMessages; ++events) {
        const std::string event = screen->next();
        ASSERT_FALSE(event.empty());
        ASSERT_EQ(event.find(R"("resumed":false)"), std::string::npos);
        if (event.find("event: message") != std::string::npos) seen.insert(text_in(event));
        if (events % (17 + reader) != 0) continue;
        screen->reset();
        std::string last_id = screen->last_id;
        screen = std::make_unique<Screen>(service, "bob", last_id);
        screen->last_id = std::move(last_id);
      }
    });
  }
  writer.join();
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace parley::messaging
