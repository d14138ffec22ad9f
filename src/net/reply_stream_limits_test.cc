// Replies that go on: slow clients, silence, stopping, what comes too late, memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <vector>

#include "net/reply_stream.h"
#include "net/test_streaming_server.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;

TEST(ReplyStream, AClientThatDoesNotReadIsDisconnectedAtTheBound) {
  StreamingServer server({}, {}, 100'000);
  RawClient client = server.connect();
  client.shrink_receive_buffer();
  client.send(get("/a"));
  const auto held = server.take("/a");
  const std::string piece(10'000, 'x');
  std::size_t sent = 0;
  // The kernel takes a few megabytes for itself.
  while (held->stream->send(piece) && sent < (64U << 20)) sent += piece.size();
  EXPECT_LT(sent, 64U << 20);
  EXPECT_TRUE(held->has_ended());
  EXPECT_LE(client.read_to_end().size(), sent + 100'000);
}

TEST(ReplyStream, MoreThanTheBoundAtOnceDisconnectsTooAndUpToItIsSent) {
  StreamingServer server({}, {}, 1'000);
  RawClient client = server.connect();
  client.send(get("/a"));
  auto held = server.take("/a");
  EXPECT_TRUE(held->stream->send(std::string(1'000, 'x')));
  EXPECT_THAT(client.read_until(std::string(1'000, 'x') + "\r\n"), EndsWith("x\r\n"));
  EXPECT_FALSE(held->stream->send(std::string(1'001, 'y')));
  EXPECT_TRUE(held->has_ended());
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ReplyStream, AClientThatTakesNothingForTheWriteTimeoutIsDisconnected) {
  HttpServerOptions options;
  options.write_timeout = milliseconds(100);
  StreamingServer server(options, {}, std::size_t{64} << 20);
  RawClient client = server.connect();
  client.shrink_receive_buffer();
  client.send(get("/a"));
  const auto held = server.take("/a");
  EXPECT_TRUE(held->stream->send(std::string(std::size_t{32} << 20, 'x')));
  EXPECT_TRUE(held->has_ended());
}

TEST(ReplyStream, OutlivesEveryTimeoutInSilence) {
  HttpServerOptions options;
  options.header_timeout = options.body_timeout = options.idle_timeout = options.write_timeout =
      milliseconds(20);
  StreamingServer server(options);
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = server.take("/a");
  client.read_until("\r\n\r\n");
  // Idle connections of the same age are swept away meanwhile: that much time has passed.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server.connect().read_to_end(), "");
  EXPECT_TRUE(held->stream->send("still here"));
  EXPECT_THAT(client.read_until("here\r\n"), "a\r\nstill here\r\n");
}

TEST(ReplyStream, ItsClientMaySendOnlySoMuchMeanwhile) {
  StreamingServer server;
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = server.take("/a");
  client.read_until("\r\n\r\n");
  client.send(std::string(20'000, 'x'));
  EXPECT_TRUE(held->has_ended());
}

TEST(ReplyStream, StopClosesStreamsWithinItsGrace) {
  StreamingServer server;
  RawClient client = server.connect();
  client.send(get("/a"));
  const auto held = server.take("/a");
  EXPECT_TRUE(held->stream->send("last words"));
  const auto began = std::chrono::steady_clock::now();
  server.server.server->stop(seconds(60));
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(30));
  EXPECT_TRUE(held->has_ended());
  EXPECT_FALSE(held->stream->send("more"));
  EXPECT_THAT(client.read_to_end(), EndsWith("a\r\nlast words\r\n0\r\n\r\n"));
}

TEST(ReplyStream, StopDoesNotWaitForASlowClientLongerThanItsGrace) {
  StreamingServer server({}, {}, std::size_t{64} << 20);
  RawClient client = server.connect();
  client.shrink_receive_buffer();
  client.send(get("/a"));
  const auto held = server.take("/a");
  EXPECT_TRUE(held->stream->send(std::string(std::size_t{32} << 20, 'x')));
  server.server.server->stop(milliseconds(50));
  EXPECT_TRUE(held->has_ended());
}

TEST(ReplyStream, AReplyThatComesAfterTheServerHasStoppedEndsItsStream) {
  Desk desk;
  TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
    desk.put(std::string(request.path), std::move(reply));
  });
  RawClient client = server.connect();
  client.send(get("/late"));
  ReplyCallback late = desk.take("/late");
  server.server->stop(milliseconds(0));
  HeldStream held(1'000);
  HttpReply reply;
  reply.stream = held.stream;
  late(std::move(reply));
  EXPECT_TRUE(held.has_ended());
}

TEST(ReplyStream, AReplyFromAnotherThreadToAClientThatHasLeftEndsItsStream) {
  Desk desk;
  TestServer server([&](const HttpRequest& request, ReplyCallback reply) {
    desk.put(std::string(request.path), std::move(reply));
  });
  RawClient client = server.connect();
  client.send(get("/late"));
  ReplyCallback late = desk.take("/late");
  client.close();
  HeldStream held(1'000);
  HttpReply reply;
  reply.stream = held.stream;
  late(std::move(reply));
  EXPECT_TRUE(held.has_ended());
}

TEST(ReplyStream, ASilentStreamHoldsAFewKilobytesAtMost) {
  constexpr std::size_t kStreams = 400;
  StreamingServer server;
  std::vector<RawClient> clients;
  std::vector<std::unique_ptr<HeldStream>> held;
  clients.reserve(kStreams);
  const auto before = ::mallinfo2().uordblks;
  for (std::size_t i = 0; i < kStreams; ++i) {
    clients.push_back(server.connect());
    clients.back().send(get("/a"));
    held.push_back(server.take("/a"));
    EXPECT_TRUE(held.back()->stream->send(std::string(20'000, 'x')));
    clients.back().read_until("xx\r\n");
  }
  // A round trip through each loop after the last bytes went out.
  for (int i = 0; i < 8; ++i) {
    RawClient other = server.connect();
    other.send(post("/plain", ""));
    other.read_reply();
  }
  EXPECT_LT((::mallinfo2().uordblks - before) / kStreams, 6'000U);
}

}  // namespace
}  // namespace parley::net
