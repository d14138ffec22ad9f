#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_http_server.h"

namespace parley::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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

// As SDKs do, which read no reply before they have sent everything.
TEST(HttpServer, ABodyFarOverTheLimitIsSentToItsEndBeforeTheReplyIsRead) {
  const TestServer server(echo);
  RawClient client = server.connect();
  constexpr std::size_t kPieces = 100;
  const std::string piece(std::size_t{1} << 20, 'x');
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " +
              std::to_string(kPieces * piece.size()) + "\r\n\r\n");
  for (std::size_t i = 0; i < kPieces; ++i) ASSERT_TRUE(client.send(piece)) << i;
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

TEST(HttpServer, AddedListenerTellsItsRequestsApart) {
  TestServer server([](const HttpRequest& request, ReplyCallback reply) {
    reply(text_reply(std::to_string(request.local_port)));
  });
  const auto first = server.server->add_listener();
  const auto second = server.server->add_listener();
  ASSERT_TRUE(first && second);
  for (const std::uint16_t port : {server.server->port(), *first, *second}) {
    RawClient client(port);
    client.send(post("/", ""));
    EXPECT_THAT(client.read_reply(), testing::EndsWith("\r\n\r\n" + std::to_string(port)));
  }
}

TEST(HttpServer, RemovedListenerClosesItsConnectionsAndNoOthers) {
  Desk desk;
  TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
    if (request.path == "/poll") return desk.put("/poll", std::move(reply));
    echo(request, std::move(reply));
  });
  const auto port = server.server->add_listener();
  ASSERT_TRUE(port);
  RawClient staying = server.connect();
  RawClient idle(*port);
  idle.send(post("/a", ""));
  EXPECT_NE(idle.read_reply(), "");
  RawClient polling(*port);
  polling.send(post("/poll", ""));
  ReplyCallback poll = desk.take("/poll");
  server.server->remove_listener(*port);
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(polling.read_to_end(), "");
  EXPECT_FALSE(RawClient(*port).connected());
  poll(text_reply("nobody waits"));
  staying.send(post("/b", ""));
  EXPECT_NE(staying.read_reply(), "");
  EXPECT_FALSE(desk.size());
}

}  // namespace
}  // namespace parley::net
