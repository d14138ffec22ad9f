#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/lambda/test_lambda.h"

namespace parley::api {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFunctions = "/2015-03-31/functions";
constexpr std::string_view kArn = "arn:aws:lambda:us-east-1:000000000001:function:";

std::string path(std::string_view rest) {
  return fmt::format("{}/{}", kFunctions, rest);
}

TEST(CreateFunction, AnswersAsAwsDoes) {
  TestLambda lambda;
  const TestReply reply = lambda.create("f");
  EXPECT_EQ(reply.content_type(), "application/json");
  EXPECT_EQ(reply.text("/FunctionArn"), std::string(kArn) + "f");
  EXPECT_EQ(reply.text("/State"), "Pending");
  EXPECT_EQ(reply.text("/StateReasonCode"), "Creating");
  EXPECT_EQ(reply.json("/LastUpdateStatus"), "");
  EXPECT_EQ(reply.text("/LastModified"), "2026-01-02T03:04:05.678+0000");
  EXPECT_EQ(reply.text("/Timeout"), "3");
  EXPECT_EQ(reply.text("/MemorySize"), "128");
  EXPECT_EQ(reply.json("/Architectures"), R"(["x86_64"])");
  EXPECT_EQ(reply.json("/TracingConfig"), R"({"Mode":"PassThrough"})");
  EXPECT_EQ(reply.json("/LoggingConfig"), R"({"LogFormat":"Text","LogGroup":"/aws/lambda/f"})");
  EXPECT_EQ(reply.text("/Version"), "$LATEST");
  EXPECT_EQ(reply.json("/Environment"), "");
}

TEST(CreateFunction, ErrorsHaveLambdasShape) {
  TestLambda lambda;
  lambda.create("f");
  const TestReply missing = lambda.call("GET", path("g"));
  EXPECT_EQ(missing.status(), 404);
  EXPECT_EQ(missing.header("x-amzn-ErrorType"), "ResourceNotFoundException");
  EXPECT_EQ(missing.body(),
            fmt::format(R"({{"Type":"User","Message":"Function not found: {}g"}})", kArn));
  const TestReply invalid_value = lambda.call("POST", std::string(kFunctions), R"({"Timeout":0})");
  EXPECT_EQ(invalid_value.status(), 400);
  EXPECT_EQ(invalid_value.header("x-amzn-ErrorType"), "ValidationException");
  EXPECT_THAT(invalid_value.message(), HasSubstr("4 validation errors detected: "));
  EXPECT_THAT(invalid_value.message(),
              HasSubstr("Value '0' at 'timeout' failed to satisfy constraint: Member must have "
                        "value greater than or equal to 1"));
  EXPECT_THAT(invalid_value.message(), HasSubstr("Value null at 'functionName' failed"));
  const TestReply no_json = lambda.call("POST", std::string(kFunctions), "{");
  EXPECT_EQ(no_json.header("x-amzn-ErrorType"), "InvalidRequestContentException");
  EXPECT_THAT(no_json.body(), HasSubstr(R"("Type":"User","message":"Could not parse)"));
}

TEST(LambdaErrors, NameNoClassOfAnotherService) {
  TestLambda lambda;
  lambda.create("f");
  for (const char* body : {"[]", "5", "\"text\""}) {
    const TestReply reply = lambda.call("PUT", "/2017-10-31/functions/f/concurrency", body);
    EXPECT_EQ(reply.status(), 400);
    EXPECT_EQ(reply.header("x-amzn-ErrorType"), "SerializationException");
    EXPECT_EQ(reply.message(), "The body must be a JSON object") << body;
  }
  const TestReply nested = lambda.call("POST", std::string(kFunctions), R"({"Code":[]})");
  EXPECT_EQ(nested.header("x-amzn-ErrorType"), "SerializationException");
  EXPECT_EQ(nested.message(), "Unrecognized collection type class FunctionCode");
}

TEST(LambdaErrors, CiteBytesOfThePathAsText) {
  TestLambda lambda;
  const TestReply reply = lambda.call("GET", path("%ff"));
  EXPECT_EQ(reply.status(), 400);
  EXPECT_THAT(reply.message(), HasSubstr("Value '\uFFFD' at 'functionName' failed"));
}

TEST(LambdaErrors, OfABodyThatIsTooLargeNameTheOperationAndItsLimit) {
  TestLambda lambda;
  const auto refused = [&](std::string_view method, std::string_view request_path, int status) {
    return TestReply(lambda.service().unreadable_request({.method = method, .path = request_path},
                                                         status, "The reason"));
  };
  const TestReply mapping = refused("POST", "/2015-03-31/event-source-mappings/", 413);
  EXPECT_EQ(mapping.status(), 413);
  EXPECT_EQ(mapping.header("x-amzn-ErrorType"), "RequestEntityTooLargeException");
  EXPECT_EQ(mapping.message(),
            "Request must be smaller than 16777216 bytes for the CreateEventSourceMapping "
            "operation");
  EXPECT_EQ(refused("POST", kFunctions, 413).message(),
            "Request must be smaller than 70167211 bytes for the CreateFunction operation");
  EXPECT_EQ(refused("PATCH", kFunctions, 413).message(),
            "Request must be smaller than 70167211 bytes");
  const TestReply slow = refused("POST", kFunctions, 408);
  EXPECT_EQ(slow.status(), 408);
  EXPECT_EQ(slow.header("x-amzn-ErrorType"), "InvalidRequestContentException");
  EXPECT_EQ(slow.message(), "The reason");
  EXPECT_EQ(refused("POST", kFunctions, 503).header("x-amzn-ErrorType"),
            "ServiceUnavailableException");
}

// The server of these tests runs 16 at once.
TEST(PutFunctionConcurrency, ReservesNoMoreThanThereIs) {
  TestLambda lambda;
  lambda.create("f");
  lambda.create("g");
  const auto reserve = [&](std::string_view name, int count) {
    return lambda.call("PUT", fmt::format("/2017-10-31/functions/{}/concurrency", name),
                       fmt::format(R"({{"ReservedConcurrentExecutions":{}}})", count));
  };
  EXPECT_EQ(reserve("f", 17).status(), 400);
  EXPECT_EQ(reserve("f", 16).status(), 200);
  EXPECT_EQ(reserve("f", 10).status(), 200);
  EXPECT_EQ(reserve("g", 6).status(), 200);
  const TestReply refused = reserve("g", 7);
  EXPECT_EQ(refused.header("x-amzn-ErrorType"), "InvalidParameterValueException");
  EXPECT_EQ(refused.message(),
            "Specified ReservedConcurrentExecutions for function decreases account's "
            "UnreservedConcurrentExecution below its minimum value of [0].");
  EXPECT_EQ(lambda.call("GET", "/2019-09-30/functions/g/concurrency")
                .text("/ReservedConcurrentExecutions"),
            "6");
}

TEST(CreateFunction, PatternsOfTheModelAreToldWithTheirText) {
  TestLambda lambda;
  const TestReply reply =
      lambda.call("POST", std::string(kFunctions),
                  R"({"FunctionName":"a b","Role":"me","Runtime":"python3.12","Code":{}})");
  EXPECT_EQ(reply.header("x-amzn-ErrorType"), "ValidationException");
  EXPECT_THAT(reply.message(), HasSubstr("Value 'a b' at 'functionName' failed to satisfy "
                                         "constraint: Member must satisfy regular expression "
                                         "pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?"));
  EXPECT_THAT(reply.message(), HasSubstr("at 'role' failed to satisfy constraint: Member must "
                                         "satisfy regular expression pattern: "
                                         R"(arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?)"));
}

TEST(UpdateFunctionConfiguration, ChangesWhatIsGivenAndNothingElse) {
  TestLambda lambda;
  lambda.create("f", R"(,"Description":"old","Environment":{"Variables":{"AB":"1"}})");
  const TestReply reply =
      lambda.call("PUT", path("f/configuration"), R"({"Timeout":9,"VpcConfig":{}})");
  EXPECT_EQ(reply.status(), 200) << reply.body();
  EXPECT_EQ(reply.text("/LastUpdateStatus"), "InProgress");
  EXPECT_EQ(reply.text("/Timeout"), "9");
  EXPECT_EQ(reply.text("/Description"), "old");
  EXPECT_EQ(reply.json("/Environment/Variables"), R"({"AB":"1"})");
  const TestReply emptied =
      lambda.call("PUT", path("f/configuration"), R"({"Environment":{"Variables":{}}})");
  EXPECT_EQ(emptied.json("/Environment"), "");
  const TestReply stale =
      lambda.call("PUT", path("f/configuration"), R"({"RevisionId":"old","Timeout":1})");
  EXPECT_EQ(stale.status(), 412);
  EXPECT_EQ(stale.header("x-amzn-ErrorType"), "PreconditionFailedException");
}

TEST(UpdateFunctionCode, ADirectoryIsNamedByConvention) {
  TestLambda lambda;
  lambda.create("f");
  const TestReply relative =
      lambda.call("PUT", path("f/code"), R"({"S3Bucket":"hot-reload","S3Key":"here"})");
  EXPECT_EQ(relative.header("x-amzn-ErrorType"), "InvalidParameterValueException");
  const TestReply bucket = lambda.call("PUT", path("f/code"), R"({"S3Bucket":"b","S3Key":"/"})");
  EXPECT_THAT(bucket.message(), HasSubstr("Parley has no S3"));
  const TestReply both = lambda.call(
      "PUT", path("f/code"), R"({"ZipFile":"UEs=","S3Bucket":"hot-reload","S3Key":"/tmp"})");
  EXPECT_EQ(both.header("x-amzn-ErrorType"), "InvalidParameterValueException");
  const TestReply directory =
      lambda.call("PUT", path("f/code"), R"({"S3Bucket":"hot-reload","S3Key":"/"})");
  EXPECT_NE(directory.status(), 404);
}

TEST(GetFunction, SaysWhereItsArchiveIs) {
  TestLambda lambda;
  lambda.create("f");
  const TestReply reply = lambda.call("GET", path("f"));
  EXPECT_EQ(reply.text("/Configuration/State"), "Active");
  EXPECT_EQ(reply.text("/Configuration/LastUpdateStatus"), "Successful");
  EXPECT_EQ(reply.text("/Code/Location"), "http://localhost:8000/_parley/functions/f/code");
  const TestReply archive = lambda.call("GET", "/_parley/functions/f/code");
  EXPECT_EQ(archive.content_type(), "application/zip");
  EXPECT_TRUE(archive.body().starts_with("PK"));
  const TestReply latest = lambda.call("GET", path("f?Qualifier=%24LATEST"));
  EXPECT_EQ(latest.text("/Configuration/FunctionArn"), std::string(kArn) + "f:$LATEST");
}

TEST(FunctionLogs, BytesThatAreNoUtf8AreReplaced) {
  TestLambda lambda;
  lambda.functions().add_native("f", "", [](std::string_view) -> Result<std::string> {
    return fail(ErrorCode::kInternal, "a\xFFz");
  });
  EXPECT_EQ(lambda.call("POST", path("f/invocations"), "{}").status(), 200);
  const TestReply logs = lambda.call("GET", "/_parley/functions/f/logs");
  EXPECT_EQ(logs.text("/Lines/1/Text"), "[ERROR] a\uFFFDz");
}

TEST(Qualifiers, AreLatestOrNotFound) {
  TestLambda lambda;
  lambda.create("f");
  for (const char* which : {"f/configuration?Qualifier=1", "f%3A1/configuration"}) {
    const TestReply reply = lambda.call("GET", path(which));
    EXPECT_EQ(reply.status(), 404) << which;
    EXPECT_EQ(reply.message(), fmt::format("Function not found: {}f:1", kArn)) << which;
  }
  const TestReply two = lambda.call("GET", path("f%3A1?Qualifier=2"));
  EXPECT_EQ(two.message(),
            "The derived qualifier from the function name does not match the specified "
            "qualifier.");
}

TEST(Invoke, GivesWhatTheFunctionGives) {
  TestLambda lambda;
  lambda.functions().add_native("echo", "", [](std::string_view payload) -> Result<std::string> {
    return std::string(payload);
  });
  const TestReply reply = lambda.call("POST", path("echo/invocations"), R"({"a":1})");
  EXPECT_EQ(reply.status(), 200);
  EXPECT_EQ(reply.body(), R"({"a":1})");
  EXPECT_EQ(reply.header("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(reply.header("X-Amz-Function-Error"), "");
  EXPECT_EQ(lambda.call("POST", path("echo/invocations")).body(), "{}");
}

TEST(Invoke, ChecksBeforeItRuns) {
  TestLambda lambda;
  int runs = 0;
  lambda.functions().add_native("f", "", [&](std::string_view) -> Result<std::string> {
    ++runs;
    return "1";
  });
  const std::string invocations = path("f/invocations");
  EXPECT_EQ(lambda.call("POST", invocations, "{").header("x-amzn-ErrorType"),
            "InvalidRequestContentException");
  EXPECT_EQ(lambda.call("POST", invocations, "", {.invocation_type = "Sometimes"}).message(),
            "1 validation error detected: Value 'Sometimes' at 'invocationType' failed to satisfy "
            "constraint: Member must satisfy enum value set: [RequestResponse, Event, DryRun]");
  EXPECT_EQ(lambda.call("POST", invocations, "", {.client_context = "###"}).status(), 400);
  EXPECT_EQ(lambda.call("POST", invocations, "", {.invocation_type = "DryRun"}).status(), 204);
  const std::string large = "\"" + std::string(6'291'455, 'x') + "\"";
  EXPECT_EQ(lambda.call("POST", invocations, large).status(), 413);
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(lambda.call("POST", invocations, "\"" + std::string(6'291'454, 'x') + "\"").status(),
            200);
  EXPECT_EQ(runs, 1);
}

TEST(Lists, AreInOrderAndPaged) {
  TestLambda lambda;
  for (const char* name : {"b", "a", "c"}) lambda.create(name);
  const TestReply first = lambda.call("GET", "/2015-03-31/functions/?MaxItems=2");
  EXPECT_EQ(first.text("/Functions/0/FunctionName"), "a");
  EXPECT_EQ(first.text("/Functions/1/FunctionName"), "b");
  EXPECT_EQ(first.json("/Functions/2"), "");
  const TestReply second = lambda.call(
      "GET", fmt::format("/2015-03-31/functions/?MaxItems=2&Marker={}", first.text("/NextMarker")));
  EXPECT_EQ(second.text("/Functions/0/FunctionName"), "c");
  EXPECT_EQ(second.json("/NextMarker"), "");
  for (const char* wrong : {"0", "10001", "many"}) {
    EXPECT_EQ(lambda.call("GET", fmt::format("/2015-03-31/functions?MaxItems={}", wrong)).status(),
              400)
        << wrong;
  }
}

TEST(LambdaService, RefusesPagesAndTheUnsigned) {
  TestLambda lambda;
  EXPECT_EQ(
      lambda.call("GET", std::string(kFunctions), "", {.origin = "http://evil.example"}).status(),
      403);
  const TestReply unsigned_reply =
      lambda.call("GET", std::string(kFunctions), "", {.authorization = "Bearer x"});
  EXPECT_EQ(unsigned_reply.status(), 403);
  EXPECT_EQ(unsigned_reply.header("x-amzn-ErrorType"), "MissingAuthenticationTokenException");
}

}  // namespace
}  // namespace parley::api
