#include "net/aws_signature.h"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

// 2015-08-30T12:36:00Z, the moment of AWS's published test suite, as are its keys.
constexpr TimestampMicros kSuiteTime = 1'440'938'160'000'000;
const AwsCredentials kSuiteCredentials{
    .access_key_id = "AKIDEXAMPLE",
    .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    .session_token = ""};
constexpr std::string_view kScope =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ";

std::string header_of(const HttpClientRequest& request, std::string_view name) {
  std::string value;
  int count = 0;
  for (const auto& [each, text] : request.headers) {
    if (each == name) value = text, ++count;
  }
  EXPECT_LE(count, 1) << name;
  return value;
}

std::string authorization_of(HttpClientRequest request,
                             const AwsCredentials& credentials = kSuiteCredentials) {
  sign(request, "example.amazonaws.com", credentials, "us-east-1", "service", kSuiteTime);
  const std::string value = header_of(request, "Authorization");
  EXPECT_TRUE(value.starts_with(kScope)) << value;
  return value.substr(std::min(value.size(), kScope.size()));
}

TEST(AwsSignature, AgreesWithThePublishedTestSuite) {
  struct Case {
    const char* name;
    HttpClientRequest request;
    const char* authorization;
  };
  const std::string unreserved =
      "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::vector<Case> cases = {
      {"get-vanilla",
       {.method = "GET"},
       "SignedHeaders=host;x-amz-date, "
       "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-relative",
       {.method = "GET", .path = "/example1/example2/../.."},
       "SignedHeaders=host;x-amz-date, "
       "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-unreserved",
       {.method = "GET", .path = "/" + unreserved},
       "SignedHeaders=host;x-amz-date, "
       "Signature=07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-special-character",
       {.method = "GET", .path = "/example/$delete"},
       "SignedHeaders=host;x-amz-date, "
       "Signature=a853c9b21b528b19643d00910d35b83a10c366a10833ceefb45edd6c80e40f27"},
      {"get-vanilla-query-order-key-case",
       {.method = "GET", .query = "Param2=value2&Param1=value1"},
       "SignedHeaders=host;x-amz-date, "
       "Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-empty-query-key",
       {.method = "GET", .query = "Param1=value1"},
       "SignedHeaders=host;x-amz-date, "
       "Signature=a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"get-header-key-duplicate",
       {.method = "GET",
        .headers = {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
        .body = ""},
       "SignedHeaders=host;my-header1;x-amz-date, "
       "Signature=c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-trim",
       {.method = "GET",
        .headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
        .body = ""},
       "SignedHeaders=host;my-header1;my-header2;x-amz-date, "
       "Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla",
       {.method = "POST"},
       "SignedHeaders=host;x-amz-date, "
       "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-vanilla-query",
       {.method = "POST", .query = "Param1=value1"},
       "SignedHeaders=host;x-amz-date, "
       "Signature=28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"post-header-value-case",
       {.method = "POST", .headers = {{"My-Header1", "VALUE1"}}, .body = ""},
       "SignedHeaders=host;my-header1;x-amz-date, "
       "Signature=cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
      {"post-x-www-form-urlencoded",
       {.method = "POST",
        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
        .body = "Param1=value1"},
       "SignedHeaders=content-type;host;x-amz-date, "
       "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(authorization_of(each.request), each.authorization) << each.name;
  }
}

TEST(AwsSignature, ASessionTokenIsSentAndSigned) {
  AwsCredentials credentials = kSuiteCredentials;
  credentials.session_token =
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSP"
      "fIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
      "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7"
      "WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
      "scqKmlzm8"
      "FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
  EXPECT_EQ(authorization_of({}, credentials),
            "SignedHeaders=host;x-amz-date;x-amz-security-token, "
            "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
}

TEST(AwsSignature, SigningAgainReplacesTheFirstSignature) {
  HttpClientRequest once{.headers = {{"X-Amz-Target", "T.Op"}}, .body = "{}"};
  HttpClientRequest twice = once;
  sign(once, "h", kSuiteCredentials, "us-east-1", "dynamodb", kSuiteTime);
  sign(twice, "h", kSuiteCredentials, "us-east-1", "dynamodb", kSuiteTime - 60'000'000);
  sign(twice, "h", kSuiteCredentials, "us-east-1", "dynamodb", kSuiteTime);
  EXPECT_EQ(once.headers, twice.headers);
  EXPECT_EQ(header_of(once, "X-Amz-Date"), "20150830T123600Z");
}

TEST(AwsSignature, HeadersThatProxiesChangeAreNotSigned) {
  EXPECT_EQ(
      authorization_of(
          {.method = "GET", .headers = {{"User-Agent", "x"}, {"Connection", "close"}}, .body = ""}),
      "SignedHeaders=host;x-amz-date, "
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

}  // namespace
}  // namespace parley::net
