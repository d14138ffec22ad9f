#include "net/request_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace parley::net {
namespace {

using Progress = RequestParser::Progress;

void receive(RequestParser& parser, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto space = parser.prepare();
    const std::size_t size = std::min(space.size(), bytes.size());
    std::copy_n(bytes.data(), size, space.data());
    parser.commit(size);
    bytes.remove_prefix(size);
  }
}

Progress feed(RequestParser& parser, std::string_view bytes) {
  receive(parser, bytes);
  return parser.parse();
}

/// The status of the failure, or 0.
int failure_of(std::string_view bytes, const RequestLimits& limits = {}) {
  RequestParser parser(limits);
  return feed(parser, bytes) == Progress::kFailed ? parser.failure_status() : 0;
}

TEST(RequestParser, TakesASizedRequestApart) {
  RequestParser parser({});
  ASSERT_EQ(feed(parser,
                 "POST /a/b?c=d&e HTTP/1.1\r\nHost: here:8000\r\nX-Amz-Target:  T.Op \r\n"
                 "Content-Length: 5\r\n\r\nhello"),
            Progress::kComplete);
  const HttpRequest& request = parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query, "c=d&e");
  EXPECT_EQ(request.authority, "here:8000");
  EXPECT_EQ(request.header("x-amz-target"), "T.Op");
  EXPECT_EQ(request.header("absent"), "");
  EXPECT_EQ(request.body, "hello");
  EXPECT_TRUE(parser.keep_alive());
}

TEST(RequestParser, SomePathsMayHaveLargerBodies) {
  constexpr std::string_view kPrefixes[] = {"/code/"};
  const RequestLimits limits{
      .body_size_bytes_max = 4,
      .large_bodies = {.path_prefixes = kPrefixes, .size_bytes_max = 6},
  };
  const auto request = [](std::string_view path, std::string_view body) {
    return "PUT " + std::string(path) +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
  };
  EXPECT_EQ(failure_of(request("/code/a", "123456"), limits), 0);
  EXPECT_EQ(failure_of(request("/code/a", "1234567"), limits), 413);
  EXPECT_EQ(failure_of(request("/", "12345"), limits), 413);
  // The larger limit is that request's alone.
  RequestParser parser(limits);
  ASSERT_EQ(feed(parser, request("/code/a", "123456")), Progress::kComplete);
  parser.next();
  EXPECT_EQ(feed(parser, request("/", "12345")), Progress::kFailed);
}

TEST(RequestParser, AnyCutOfTheBytesGivesTheSameRequest) {
  const std::string text =
      "\r\nPUT /x?y HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: 1\r\n\r\n";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    RequestParser parser({});
    ASSERT_EQ(feed(parser, text.substr(0, cut)), Progress::kIncomplete) << cut;
    ASSERT_EQ(feed(parser, text.substr(cut)), Progress::kComplete) << cut;
    EXPECT_EQ(parser.request().method, "PUT");
    EXPECT_EQ(parser.request().body, "hello, world");
    EXPECT_EQ(parser.request().header("trailer"), "");
  }
}

TEST(RequestParser, OneByteAtATimeGivesTheSameRequest) {
  RequestParser parser({});
  const std::string text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  for (const char c : text.substr(0, text.size() - 1)) {
    ASSERT_EQ(feed(parser, std::string_view(&c, 1)), Progress::kIncomplete);
  }
  ASSERT_EQ(feed(parser, "c"), Progress::kComplete);
  EXPECT_EQ(parser.request().body, "abc");
}

TEST(RequestParser, ViewsFollowTheBufferWhenALargeBodyMovesIt) {
  RequestParser parser({});
  const std::string body(3'000'000, 'b');
  receive(
      parser,
      "POST /path?query HTTP/1.1\r\nHost: h\r\nX-Name: value\r\nContent-Length: 3000000\r\n\r\n");
  ASSERT_EQ(parser.parse(), Progress::kIncomplete);
  EXPECT_EQ(parser.stage(), RequestParser::Stage::kBody);
  ASSERT_EQ(feed(parser, body), Progress::kComplete);
  EXPECT_EQ(parser.request().method, "POST");
  EXPECT_EQ(parser.request().path, "/path");
  EXPECT_EQ(parser.request().query, "query");
  EXPECT_EQ(parser.request().header("x-name"), "value");
  EXPECT_EQ(parser.request().body, body);
}

TEST(RequestParser, PipelinedRequestsComeOneByOne) {
  RequestParser parser({});
  receive(
      parser,
      "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHo");
  ASSERT_EQ(parser.parse(), Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/1");
  EXPECT_EQ(parser.request().body, "a");
  parser.next();
  ASSERT_EQ(parser.parse(), Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/2");
  EXPECT_EQ(parser.request().body, "");
  parser.next();
  ASSERT_EQ(parser.parse(), Progress::kIncomplete);
  EXPECT_EQ(parser.stage(), RequestParser::Stage::kHeader);
  ASSERT_EQ(feed(parser, "st: h\r\n\r\n"), Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/3");
  parser.next();
  EXPECT_EQ(parser.stage(), RequestParser::Stage::kIdle);
}

TEST(RequestParser, ALargeBufferIsGivenBackAfterItsRequest) {
  RequestParser parser({});
  receive(parser, "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  receive(parser, std::string(1'000'000, 'x') + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(parser.parse(), Progress::kComplete);
  parser.next();
  EXPECT_LT(parser.prepare().size(), 10'000U);
  ASSERT_EQ(parser.parse(), Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/2");
}

TEST(RequestParser, ReleasedMemoryComesBackWithTheNextRequest) {
  RequestParser parser({});
  ASSERT_EQ(feed(parser, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"), Progress::kComplete);
  parser.next();
  parser.release_memory();
  EXPECT_EQ(parser.stage(), RequestParser::Stage::kIdle);
  ASSERT_EQ(parser.parse(), Progress::kIncomplete);
  receive(parser, "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  ASSERT_EQ(feed(parser, std::string(100'000, 'x')), Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/2");
  EXPECT_EQ(parser.request().header("Host"), "h");
  EXPECT_EQ(parser.request().body, std::string(100'000, 'x'));
}

TEST(RequestParser, MemoryThatHoldsPartOfARequestIsNotReleased) {
  RequestParser parser({});
  ASSERT_EQ(feed(parser, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HT"), Progress::kComplete);
  parser.next();
  parser.release_memory();
  ASSERT_EQ(feed(parser, "TP/1.1\r\nHost: h\r\n\r\n"), Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/2");
}

TEST(RequestParser, AbsoluteFormGivesPathAndAuthority) {
  RequestParser parser({});
  ASSERT_EQ(
      feed(parser,
           "POST http://dynamodb.ca-central-1.amazonaws.com/ HTTP/1.1\r\nHost: other\r\n\r\n"),
      Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/");
  EXPECT_EQ(parser.request().authority, "dynamodb.ca-central-1.amazonaws.com");
  parser.next();
  ASSERT_EQ(feed(parser, "GET http://host:81?q=1 HTTP/1.1\r\nHost: other\r\n\r\n"),
            Progress::kComplete);
  EXPECT_EQ(parser.request().path, "/");
  EXPECT_EQ(parser.request().query, "q=1");
  EXPECT_EQ(parser.request().authority, "host:81");
}

TEST(RequestParser, Http10ClosesUnlessItAsksOtherwise) {
  RequestParser closing({});
  ASSERT_EQ(feed(closing, "GET / HTTP/1.0\r\n\r\n"), Progress::kComplete);
  EXPECT_FALSE(closing.keep_alive());
  RequestParser keeping({});
  ASSERT_EQ(feed(keeping, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Progress::kComplete);
  EXPECT_TRUE(keeping.keep_alive());
}

TEST(RequestParser, ExpectContinueIsReportedOnceAndOnlyBeforeTheBody) {
  RequestParser parser({});
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(feed(parser, head), Progress::kIncomplete);
  EXPECT_TRUE(parser.take_expect_continue());
  EXPECT_FALSE(parser.take_expect_continue());
  ASSERT_EQ(feed(parser, "ab"), Progress::kComplete);
  parser.next();
  ASSERT_EQ(feed(parser, head + "a"), Progress::kIncomplete);
  EXPECT_FALSE(parser.take_expect_continue());
}

TEST(RequestParser, MalformedRequestsAre400) {
  EXPECT_EQ(failure_of("\x16\x03\x01\x02 TLS to a plain port\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET / FTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET relative HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\nHost: h\r\nBad Name: v\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\n"), 400);
  EXPECT_EQ(
      failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n"),
      400);
}

TEST(RequestParser, AmbiguousBodyLengthsAreRefusedForTheyInviteSmuggling) {
  EXPECT_EQ(
      failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
      400);
  EXPECT_EQ(
      failure_of(
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
      400);
  EXPECT_EQ(
      failure_of(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
      400);
  EXPECT_EQ(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
            501);
  EXPECT_EQ(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n"), 501);
  EXPECT_EQ(failure_of("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400);
}

TEST(RequestParser, BadChunksAre400) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(failure_of(head + "xyz\r\n"), 400);
  EXPECT_EQ(failure_of(head + "3\r\nabcd\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(head + "11111111111111111\r\n"), 400);
  EXPECT_EQ(failure_of(head + "1;" + std::string(17'000, 'e')), 400) << "an endless extension";
  EXPECT_EQ(failure_of(head + "0\r\n" + std::string(17'000, 'T')), 400) << "endless trailers";
}

TEST(RequestParser, OtherVersionsMethodsAndExpectationsHaveTheirOwnStatus) {
  EXPECT_EQ(failure_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(failure_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(failure_of("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\nHost: h\r\nExpect: coffee\r\n\r\n"), 417);
}

TEST(RequestParser, HeadersUpToTheLimitPassAndAByteMoreIs431) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string end = "\r\n\r\n";
  const std::size_t fill = 16 * 1024 - start.size() - end.size();
  EXPECT_EQ(failure_of(start + std::string(fill, 'x') + end), 0);
  EXPECT_EQ(failure_of(start + std::string(fill + 1, 'x') + end), 431);
  EXPECT_EQ(failure_of("GET /" + std::string(20'000, 'x')), 431) << "without an end";
}

TEST(RequestParser, HeadersThatTrickleInAreLimitedAsWell) {
  RequestParser parser({});
  receive(parser, "GET / HTTP/1.1\r\nHost: h\r\n");
  int lines = 0;
  while (feed(parser, "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n") == Progress::kIncomplete) ++lines;
  EXPECT_EQ(parser.failure_status(), 431);
  EXPECT_EQ(lines, (16 * 1024 - 25) / 33);
}

TEST(RequestParser, BodiesUpToTheLimitPassAndAByteMoreIs413) {
  const RequestLimits limits{.body_size_bytes_max = 10};
  const std::string sized = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ";
  EXPECT_EQ(failure_of(sized + "10\r\n\r\n0123456789", limits), 0);
  EXPECT_EQ(failure_of(sized + "11\r\n\r\n", limits), 413);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(failure_of(chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", limits), 0);
  EXPECT_EQ(failure_of(chunked + "5\r\n01234\r\n6\r\n", limits), 413);
}

TEST(RequestParser, TinyChunksTakeNoMoreMemoryThanTheirBody) {
  RequestParser parser({});
  receive(parser, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::size_t space_max = 0;
  for (int i = 0; i < 100'000; ++i) {
    receive(parser, "1;x=yyyyyyyyyyyyyyyyyyyyyy\r\nb\r\n");
    ASSERT_EQ(parser.parse(), Progress::kIncomplete);
    space_max = std::max(space_max, parser.prepare().size());
  }
  ASSERT_EQ(feed(parser, "0\r\n\r\n"), Progress::kComplete);
  EXPECT_EQ(parser.request().body, std::string(100'000, 'b'));
  EXPECT_LE(space_max, 512U * 1024);
}

}  // namespace
}  // namespace parley::net
