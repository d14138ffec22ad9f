// Replies that go on, as clients see them.
#include "net/reply_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "net/test_streaming_server.h"

namespace parley::net {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ReplyStream, SendsChunksAsTheyComeAndAnEmptyOneAtTheEnd) {
  StreamingServer server;
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = server.take("/a");
  EXPECT_THAT(client.read_until("\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"),
                    HasSubstr("Content-Type: text/event-stream\r\n"),
                    HasSubstr("Connection: keep-alive\r\n"), Not(HasSubstr("Content-Length"))));
  EXPECT_TRUE(held->stream->send("one"));
  EXPECT_EQ(client.read_until("one\r\n"), "3\r\none\r\n");
  EXPECT_TRUE(held->stream->send("twice two, sixteen"));
  EXPECT_EQ(client.read_until("sixteen\r\n"), "12\r\ntwice two, sixteen\r\n");
  held->stream->close();
  EXPECT_EQ(client.read_until("\r\n\r\n"), "0\r\n\r\n");
  EXPECT_TRUE(held->has_ended());
  EXPECT_FALSE(held->stream->send("more"));
}

TEST(ReplyStream, ItsConnectionServesTheNextRequestAfterIt) {
  StreamingServer server;
  RawClient client = server.connect();
  for (int i = 0; i < 3; ++i) {
    client.send(get("/a"));
    const auto held = server.take("/a");
    client.read_until("\r\n\r\n");
    held->stream->close();
    EXPECT_EQ(client.read_until("\r\n\r\n"), "0\r\n\r\n");
    EXPECT_TRUE(held->has_ended());
    client.send(post("/plain", "talk"));
    EXPECT_THAT(client.read_reply(), EndsWith("plain talk"));
  }
}

TEST(ReplyStream, WhatIsSentBeforeTheReplyGoesOutAfterItsBody) {
  StreamingServer* running = nullptr;
  StreamingServer server({}, "body,");
  running = &server;
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = running->take("/a");
  EXPECT_TRUE(held->stream->send("sent"));
  held->stream->close();
  EXPECT_THAT(client.read_until("0\r\n\r\n"), EndsWith("5\r\nbody,\r\n4\r\nsent\r\n0\r\n\r\n"));
}

TEST(ReplyStream, AnHttp10ClientReadsUntilTheConnectionEnds) {
  StreamingServer server({}, "body,");
  RawClient client = server.connect();
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto held = server.take("/a");
  EXPECT_TRUE(held->stream->send("sent"));
  held->stream->close();
  EXPECT_THAT(client.read_to_end(),
              AllOf(HasSubstr("Connection: close\r\n"), Not(HasSubstr("chunked")),
                    EndsWith("\r\n\r\nbody,sent")));
  EXPECT_TRUE(held->has_ended());
}

TEST(ReplyStream, AClientThatAsksForItIsClosedAfterTheStream) {
  StreamingServer server;
  RawClient client = server.connect();
  client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto held = server.take("/a");
  held->stream->close();
  EXPECT_THAT(client.read_to_end(),
              AllOf(HasSubstr("Connection: close\r\n"), EndsWith("\r\n\r\n0\r\n\r\n")));
}

TEST(ReplyStream, HeadGetsTheHeadAloneAndEndsTheStream) {
  StreamingServer server({}, "body");
  RawClient client = server.connect();
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto held = server.take("/a");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(held->has_ended());
  client.send(post("/plain", "on"));
  EXPECT_THAT(client.read_reply(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("plain on")));
}

TEST(ReplyStream, APipelinedRequestWaitsForItsEnd) {
  StreamingServer server;
  RawClient client = server.connect();
  client.send(post("/plain", "before") + get("/a") + post("/plain", "after"));
  EXPECT_THAT(client.read_reply(), EndsWith("plain before"));
  const auto held = server.take("/a");
  client.read_until("\r\n\r\n");
  EXPECT_TRUE(held->stream->send("flow"));
  EXPECT_EQ(client.read_until("flow\r\n"), "4\r\nflow\r\n");
  // The rest of a request that began before the stream ends comes while it runs.
  client.send("POST /plain HTTP/1.1\r\nHost: h\r\nContent-Le");
  EXPECT_TRUE(held->stream->send("still"));
  EXPECT_THAT(client.read_until("still\r\n"), "5\r\nstill\r\n");
  held->stream->close();
  client.read_until("0\r\n\r\n");
  EXPECT_THAT(client.read_reply(), EndsWith("plain after"));
  client.send("ngth: 2\r\n\r\nhi");
  EXPECT_THAT(client.read_reply(), EndsWith("plain hi"));
}

TEST(ReplyStream, ADepartureIsNoticedAtOnceWhileNothingIsSent) {
  StreamingServer server;
  RawClient closing = server.connect();
  RawClient resetting = server.connect();
  RawClient half_closing = server.connect();
  closing.send(get("/closing"));
  resetting.send(get("/resetting"));
  half_closing.send(get("/half"));
  const auto closed = server.take("/closing");
  const auto was_reset = server.take("/resetting");
  const auto half_closed = server.take("/half");
  for (RawClient* client : {&closing, &resetting, &half_closing}) client->read_until("\r\n\r\n");
  closing.close();
  resetting.reset();
  half_closing.shut_down_sending();
  EXPECT_TRUE(closed->has_ended());
  EXPECT_TRUE(was_reset->has_ended());
  EXPECT_TRUE(half_closed->has_ended());
  EXPECT_FALSE(closed->stream->send("hello?"));
}

TEST(ReplyStream, ManyThreadsSendToOneStreamAndEachOnesOrderHolds) {
  StreamingServer server({}, {}, std::size_t{16} << 20);
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = server.take("/a");
  std::vector<std::thread> threads;
  for (char name = 'a'; name < 'e'; ++name) {
    threads.emplace_back([&held, name] {
      for (int i = 1000; i < 3000; ++i) {
        EXPECT_TRUE(held->stream->send(name + std::to_string(i) + ";"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  held->stream->close();
  client.read_until("\r\n\r\n");
  std::string chunks = client.read_until("\r\n0\r\n\r\n");
  std::map<char, int> next;
  std::string body;
  for (std::size_t at = 0; chunks.compare(at, 3, "0\r\n") != 0;) {
    const std::size_t size = std::strtoul(chunks.c_str() + at, nullptr, 16);
    at = chunks.find("\r\n", at) + 2;
    body += chunks.substr(at, size);
    at += size + 2;
  }
  ASSERT_EQ(body.size(), 4U * 2000 * 6);
  for (std::size_t at = 0; at < body.size(); at += 6) {
    EXPECT_EQ(std::stoi(body.substr(at + 1, 4)), 1000 + next[body[at]]++);
  }
}

TEST(ReplyStream, OnEndAfterTheEndIsCalledAtOnce) {
  StreamingServer server;
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = server.take("/a");
  held->stream->close();
  EXPECT_TRUE(held->has_ended());
  bool called = false;
  held->stream->on_end([&] { called = true; });
  EXPECT_TRUE(called);
}

}  // namespace
}  // namespace parley::net
