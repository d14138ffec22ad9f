#include "client/remote_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "base/checksum.h"
#include "net/http_server.h"

namespace parley::client {
namespace {

using testing::HasSubstr;

/// Answers with the given replies in turn, the last one for ever, and keeps what it was asked.
class ScriptedServer final : public net::HttpHandler {
 public:
  explicit ScriptedServer(std::vector<net::HttpReply> replies) : replies_(std::move(replies)) {
    net::HttpServerOptions options;
    options.port = 0;
    options.threads = 1;
    server = std::move(*net::HttpServer::listen(options, *this));
    server->start();
  }
  ~ScriptedServer() override { server->stop(std::chrono::milliseconds(0)); }

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override {
    const std::scoped_lock lock(mutex);
    targets.emplace_back(request.header("X-Amz-Target"));
    authorization = request.header("Authorization");
    body = request.body;
    reply(replies_[std::min(targets.size(), replies_.size()) - 1]);
  }

  std::mutex mutex;
  std::vector<std::string> targets;
  std::string authorization;
  std::string body;
  std::unique_ptr<net::HttpServer> server;

 private:
  std::vector<net::HttpReply> replies_;
};

net::HttpReply error_reply(int status, std::string_view type) {
  return {.status = status,
          .body = R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + std::string(type) +
                  R"(","message":"why"})"};
}

struct Client {
  explicit Client(const ScriptedServer& server)
      : database({.endpoint = {.host = "127.0.0.1", .port = server.server->port()},
                  .region = "ca-central-1",
                  .credentials = {.access_key_id = "AKID",
                                  .secret_access_key = "s",
                                  .session_token = ""},
                  .attempts_max = 4},
                 clock, random,
                 [this](std::chrono::milliseconds time) { pauses.push_back(time); }) {}
  ManualClock clock{1'440'938'160'000'000};
  SeededRandom random{1};
  std::vector<std::chrono::milliseconds> pauses;
  RemoteDatabase database;
};

TEST(RemoteDatabase, SignsAndSendsTheOperation) {
  ScriptedServer server({{.status = 200, .body = R"({"TableNames":[]})"}});
  Client client(server);
  const auto reply = client.database.call("ListTables", R"({"Limit":1})");
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(*reply, R"({"TableNames":[]})");
  EXPECT_EQ(server.targets, std::vector<std::string>{"DynamoDB_20120810.ListTables"});
  EXPECT_EQ(server.body, R"({"Limit":1})");
  EXPECT_THAT(server.authorization,
              HasSubstr("Credential=AKID/20150830/ca-central-1/dynamodb/aws4_request, "
                        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="));
}

TEST(RemoteDatabase, CallsTheStreamsByTheirOwnTarget) {
  ScriptedServer server({{.status = 200, .body = R"({"Streams":[]})"}});
  Client client(server);
  for (const std::string_view operation :
       {"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords", "Query"}) {
    EXPECT_TRUE(client.database.call(operation, "{}").has_value());
  }
  EXPECT_EQ(server.targets,
            (std::vector<std::string>{
                "DynamoDBStreams_20120810.ListStreams", "DynamoDBStreams_20120810.DescribeStream",
                "DynamoDBStreams_20120810.GetShardIterator", "DynamoDBStreams_20120810.GetRecords",
                "DynamoDB_20120810.Query"}));
  EXPECT_THAT(server.authorization, HasSubstr("/ca-central-1/dynamodb/aws4_request"));
}

TEST(RemoteDatabase, AwsHasAHostOfItsOwnForStreamsAndNobodyElseHas) {
  const auto host_for = [](std::string_view url) {
    return streams_endpoint(*net::Url::parse(url)).authority();
  };
  EXPECT_EQ(host_for("https://dynamodb.eu-west-1.amazonaws.com"),
            "streams.dynamodb.eu-west-1.amazonaws.com");
  EXPECT_EQ(host_for("https://dynamodb.cn-north-1.amazonaws.com.cn"),
            "streams.dynamodb.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(host_for("https://dynamodb-fips.us-east-1.amazonaws.com"),
            "streams.dynamodb-fips.us-east-1.amazonaws.com");
  EXPECT_EQ(host_for("http://localhost:8000"), "localhost:8000");
  EXPECT_EQ(host_for("https://dynamodb.example.org"), "dynamodb.example.org");
  EXPECT_EQ(host_for("https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com"),
            "vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com");
}

TEST(RemoteDatabase, RetriesThrottlingAndServerFaultsWithGrowingPauses) {
  ScriptedServer server({error_reply(400, "ProvisionedThroughputExceededException"),
                         error_reply(500, "InternalServerError"),
                         {.status = 503, .body = "<html>"},
                         {.status = 200, .body = "{}"}});
  Client client(server);
  EXPECT_TRUE(client.database.call("PutItem", "{}").has_value());
  EXPECT_EQ(server.targets.size(), 4U);
  ASSERT_EQ(client.pauses.size(), 3U);
  EXPECT_LE(client.pauses[0].count(), 50);
  EXPECT_LE(client.pauses[1].count(), 100);
  EXPECT_LE(client.pauses[2].count(), 200);
}

TEST(RemoteDatabase, GivesUpAfterTheLastAttemptWithTheServersError) {
  ScriptedServer server({error_reply(400, "ThrottlingException")});
  Client client(server);
  const auto reply = client.database.call("PutItem", "{}");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(server.targets.size(), 4U);
  EXPECT_TRUE(is_service_error(reply.error(), "ThrottlingException"));
}

TEST(RemoteDatabase, DoesNotRetryWhatWillFailAgain) {
  ScriptedServer server({error_reply(400, "ResourceNotFoundException")});
  Client client(server);
  const auto reply = client.database.call("PutItem", "{}");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(server.targets.size(), 1U);
  EXPECT_EQ(reply.error().code, ErrorCode::kRemote);
  EXPECT_EQ(reply.error().message, "ResourceNotFoundException: why");
  EXPECT_FALSE(is_service_error(reply.error(), "ThrottlingException"));
}

TEST(RemoteDatabase, ADamagedReplyIsAnError) {
  const std::string body = "{}";
  ScriptedServer good(
      {{.status = 200, .headers = {{"x-amz-crc32", std::to_string(crc32(body))}}, .body = body}});
  EXPECT_TRUE(Client(good).database.call("ListTables", "{}").has_value());
  ScriptedServer bad({{.status = 200, .headers = {{"x-amz-crc32", "1"}}, .body = body}});
  const auto reply = Client(bad).database.call("ListTables", "{}");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kIo);
}

TEST(RemoteDatabase, ReadsErrorsThatAreNoJson) {
  const Error error = service_error(502, "<html>Bad Gateway</html>");
  EXPECT_THAT(error.message, testing::StartsWith("HTTP status 502: this is no answer of DynamoDB"));
}

TEST(Backoff, StaysUnderItsCeiling) {
  SeededRandom random(7);
  for (int attempt = 1; attempt < 100; ++attempt) {
    EXPECT_LE(backoff(attempt, random).count(), 5'000);
  }
}

}  // namespace
}  // namespace parley::client
