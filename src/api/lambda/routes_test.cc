#include "api/lambda/routes.h"

#include <gtest/gtest.h>

#include "api/lambda/function_name.h"
#include "api/lambda/url_text.h"

namespace parley::api {
namespace {

std::string operation_of(std::string_view method, std::string_view path) {
  const auto match = find_route(method, path);
  return match ? std::string(match->route->operation) : match.error().message;
}

TEST(Routes, AreToldByMethodAndPath) {
  EXPECT_EQ(operation_of("POST", "/2015-03-31/functions"), "CreateFunction");
  EXPECT_EQ(operation_of("GET", "/2015-03-31/functions"), "ListFunctions");
  EXPECT_EQ(operation_of("GET", "/2015-03-31/functions/f"), "GetFunction");
  EXPECT_EQ(operation_of("PUT", "/2015-03-31/functions/f/code"), "UpdateFunctionCode");
  EXPECT_EQ(operation_of("POST", "/2015-03-31/functions/f/invocations"), "Invoke");
  EXPECT_EQ(operation_of("DELETE", "/2015-03-31/event-source-mappings/u"),
            "DeleteEventSourceMapping");
}

// The AWS CLI ends some paths with a slash, the SDKs do not.
TEST(Routes, DoNotMindASlashAtTheEnd) {
  EXPECT_EQ(operation_of("GET", "/2015-03-31/functions/"), "ListFunctions");
  EXPECT_EQ(operation_of("POST", "/2015-03-31/event-source-mappings/"), "CreateEventSourceMapping");
  EXPECT_EQ(operation_of("GET", "/2016-08-19/account-settings/"), "GetAccountSettings");
}

TEST(Routes, GivePathParametersDecoded) {
  const auto match =
      find_route("GET",
                 "/2015-03-31/functions/"
                 "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000001%3Afunction%3Af/configuration");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->parameters,
            std::vector<std::string>{"arn:aws:lambda:us-east-1:000000000001:function:f"});
}

TEST(Routes, NameWhatParleyLacks) {
  EXPECT_EQ(operation_of("POST", "/2015-03-31/functions/f/versions"),
            "Parley does not support PublishVersion");
  EXPECT_EQ(operation_of("PATCH", "/2015-03-31/functions"),
            "There is no operation PATCH /2015-03-31/functions");
  EXPECT_EQ(find_route("GET", "/2015-03-31/functions//code").error().code,
            ErrorCode::kUnknownOperation);
}

TEST(LambdaService, OwnsDatedPathsAndItsOwn) {
  EXPECT_TRUE(LambdaService::owns("/2015-03-31/functions"));
  EXPECT_TRUE(LambdaService::owns("/_parley/triggers"));
  EXPECT_FALSE(LambdaService::owns("/"));
  EXPECT_FALSE(LambdaService::owns("/2015-03-3/functions"));
  EXPECT_FALSE(LambdaService::owns("/shell/"));
}

TEST(UrlText, PercentTriplesAreBytes) {
  EXPECT_EQ(percent_decoded("a%20b%2Fc"), "a b/c");
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_EQ(percent_decoded("%zz"), "%zz");
  EXPECT_EQ(percent_decoded("a+b"), "a+b");
}

TEST(UrlText, QueriesAreTakenApart) {
  const auto query = parse_query("a=1&b&c=x%3Dy+z&&d=");
  ASSERT_EQ(query.size(), 4);
  EXPECT_EQ(query[0], (std::pair<std::string, std::string>("a", "1")));
  EXPECT_EQ(query[1], (std::pair<std::string, std::string>("b", "")));
  EXPECT_EQ(query[2], (std::pair<std::string, std::string>("c", "x=y z")));
  EXPECT_EQ(query[3], (std::pair<std::string, std::string>("d", "")));
}

TEST(FunctionReference, TakesEveryFormOfTheServiceModel) {
  for (const char* text :
       {"f", "function:f", "000000000001:f", "000000000001:function:f", "us-east-1:f",
        "us-gov-west-1:000000000001:function:f", "arn:aws:lambda:us-east-1:000000000001:function:f",
        "arn:aws-cn:lambda:cn-north-1:000000000001:function:f"}) {
    const auto reference = parse_function_reference(text);
    ASSERT_TRUE(reference) << text;
    EXPECT_EQ(reference->name, "f") << text;
    EXPECT_FALSE(reference->qualifier) << text;
    const auto qualified = parse_function_reference(std::string(text) + ":$LATEST");
    ASSERT_TRUE(qualified) << text;
    EXPECT_EQ(qualified->qualifier, "$LATEST") << text;
  }
  EXPECT_EQ(parse_function_reference("f:prod")->qualifier, "prod");
}

TEST(FunctionReference, RefusesTheRest) {
  for (const char* text :
       {"", ":", "f:", "a b", "f/g", "f:1:2", "arn:aws:lambda:us-east-1:000000000001:function",
        "arn:aws:s3:us-east-1:000000000001:function:f", "arn:aws:lambda:us-east-1:1:function:f",
        "f:$OLDEST"}) {
    EXPECT_FALSE(parse_function_reference(text)) << text;
  }
}

}  // namespace
}  // namespace parley::api
