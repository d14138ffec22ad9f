#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "api/lambda/test_lambda.h"

namespace parley::api {
namespace {

using testing::HasSubstr;

constexpr std::string_view kMappings = "/2015-03-31/event-source-mappings";

/// A stream, a function and requests about a mapping between them.
struct MappingTest {
  MappingTest() { lambda.create("f"); }

  TestReply create(std::string_view more = R"(,"StartingPosition":"LATEST")") {
    return lambda.call(
        "POST", kMappings,
        fmt::format(R"({{"EventSourceArn":"{}","FunctionName":"f","Enabled":false{}}})", arn,
                    more));
  }

  TestLambda lambda;
  std::string arn = lambda.create_stream("Music");
};

TEST(CreateEventSourceMapping, AnswersAsAwsDoes) {
  MappingTest test;
  const TestReply reply = test.create();
  ASSERT_EQ(reply.status(), 202) << reply.body();
  EXPECT_EQ(reply.text("/State"), "Creating");
  EXPECT_EQ(reply.text("/LastProcessingResult"), "No records processed");
  EXPECT_EQ(reply.text("/StateTransitionReason"), "User action");
  EXPECT_EQ(reply.text("/EventSourceArn"), test.arn);
  EXPECT_EQ(reply.text("/FunctionArn"), "arn:aws:lambda:us-east-1:000000000001:function:f");
  EXPECT_EQ(reply.text("/BatchSize"), "100");
  EXPECT_EQ(reply.text("/MaximumRetryAttempts"), "-1");
  EXPECT_EQ(reply.json("/DestinationConfig"), R"({"OnFailure":{}})");
  EXPECT_EQ(reply.json("/FunctionResponseTypes"), "[]");
  EXPECT_EQ(reply.json("/LastModified"), "1767323045.678");
  EXPECT_EQ(reply.json("/FilterCriteria"), "");
}

TEST(CreateEventSourceMapping, RefusesInAwssWords) {
  MappingTest test;
  EXPECT_EQ(test.create("").message(),
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null.");
  EXPECT_EQ(test.create(R"(,"StartingPosition":"AT_TIMESTAMP")").message(),
            "Unsupported starting position for arn type: " + test.arn);
  const TestReply unknown = test.create(R"(,"StartingPosition":"0")");
  EXPECT_EQ(unknown.header("x-amzn-ErrorType"), "ValidationException");
  EXPECT_EQ(unknown.message(),
            "1 validation error detected: Value '0' at 'startingPosition' failed to satisfy "
            "constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]");
  EXPECT_EQ(
      test.create(R"(,"StartingPosition":"LATEST","Topics":["t"])").header("x-amzn-ErrorType"),
      "InvalidParameterValueException");
  EXPECT_EQ(test.create(R"(,"StartingPosition":"LATEST","DestinationConfig":)"
                        R"({"OnSuccess":{"Destination":"arn:aws:sqs:us-east-1:1:q"}})")
                .status(),
            400);
  ASSERT_EQ(test.create().status(), 202);
  const TestReply again = test.create();
  EXPECT_EQ(again.status(), 409);
  EXPECT_EQ(again.header("x-amzn-ErrorType"), "ResourceConflictException");
}

TEST(UpdateEventSourceMapping, KeepsWhatIsNotGiven) {
  MappingTest test;
  const TestReply made =
      test.create(R"(,"StartingPosition":"LATEST","BatchSize":7,"MaximumRetryAttempts":2,)"
                  R"("FilterCriteria":{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]})");
  ASSERT_EQ(made.status(), 202) << made.body();
  const std::string path = fmt::format("{}/{}", kMappings, made.text("/UUID"));
  EXPECT_EQ(test.lambda.call("PUT", path, R"({"BatchSize":8})").status(), 202);
  const TestReply found = test.lambda.call("GET", path);
  EXPECT_EQ(found.text("/BatchSize"), "8");
  EXPECT_EQ(found.text("/MaximumRetryAttempts"), "2");
  EXPECT_EQ(found.json("/FilterCriteria"),
            R"({"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]})");
  EXPECT_EQ(test.lambda.call("PUT", path, R"({"FilterCriteria":{}})").status(), 202);
  EXPECT_EQ(test.lambda.call("GET", path).json("/FilterCriteria"), "");
  EXPECT_EQ(test.lambda.call("PUT", path, R"({"FunctionName":"nobody"})").status(), 404);
  EXPECT_EQ(test.lambda.call("DELETE", path).text("/State"), "Deleting");
  EXPECT_EQ(test.lambda.call("GET", path).message(), "The resource you requested does not exist.");
}

TEST(UpdateEventSourceMapping, TwoAtOnceBothCount) {
  MappingTest test;
  const std::string path = fmt::format("{}/{}", kMappings, test.create().text("/UUID"));
  constexpr int kRounds = 100;
  std::barrier round(2);
  const auto update = [&](std::string_view member) {
    for (int i = 1; i <= kRounds; ++i) {
      round.arrive_and_wait();
      EXPECT_EQ(test.lambda.call("PUT", path, fmt::format(R"({{"{}":{}}})", member, i)).status(),
                202);
      round.arrive_and_wait();
      const TestReply found = test.lambda.call("GET", path);
      EXPECT_EQ(found.text("/BatchSize"), std::to_string(i));
      EXPECT_EQ(found.text("/MaximumRetryAttempts"), std::to_string(i));
    }
  };
  std::jthread other([&] { update("BatchSize"); });
  update("MaximumRetryAttempts");
}

TEST(ListEventSourceMappings, FiltersByStreamAndFunction) {
  MappingTest test;
  test.lambda.create("g");
  const TestReply made = test.create();
  const auto count = [&](const std::string& query) {
    const TestReply reply = test.lambda.call("GET", fmt::format("{}/?{}", kMappings, query));
    EXPECT_EQ(reply.status(), 200) << reply.body();
    return reply.json("/EventSourceMappings/0") == "" ? 0 : 1;
  };
  EXPECT_EQ(count(""), 1);
  EXPECT_EQ(count("FunctionName=f"), 1);
  EXPECT_EQ(count("FunctionName=function:f"), 1);
  EXPECT_EQ(count("FunctionName=g"), 0);
  EXPECT_EQ(count("EventSourceArn=" + test.arn), 1);
  EXPECT_EQ(count("EventSourceArn=" + test.arn + "x"), 0);
}

TEST(Triggers, ShowTheirProgressAndCanBeMovedBack) {
  MappingTest test;
  const TestReply made = test.create();
  const std::string path = fmt::format("/_parley/triggers/{}", made.text("/UUID"));
  const TestReply status = test.lambda.call("GET", path);
  EXPECT_EQ(status.text("/Mapping/UUID"), made.text("/UUID"));
  EXPECT_NE(status.json("/Shards/0"), "");
  EXPECT_EQ(status.text("/RecordsDone"), "0");
  EXPECT_EQ(test.lambda.call("GET", "/_parley/triggers").text("/Triggers/0/Mapping/UUID"),
            made.text("/UUID"));
  for (const char* wrong : {"{}", R"({"TimeMicros":1,"SequenceNumber":"000000000000000000001"})",
                            R"({"SequenceNumber":"one"})", R"({"TimeMicros":-1})"}) {
    EXPECT_EQ(test.lambda.call("POST", path + "/replay", wrong).status(), 400) << wrong;
  }
  EXPECT_EQ(test.lambda.call("GET", "/_parley/triggers/none").status(), 404);
  EXPECT_EQ(test.lambda.call("GET", "/_parley/dead-letters").body(),
            R"({"DeadLetters":[],"Dropped":0})");
  EXPECT_EQ(test.lambda.call("GET", "/_parley/dead-letters/none").status(), 404);
}

}  // namespace
}  // namespace parley::api
