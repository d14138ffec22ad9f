#include "api/envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "base/checksum.h"

namespace parley::api {
namespace {

constexpr std::string_view kSignature =
    "AWS4-HMAC-SHA256 Credential=x/20260102/us-east-1/dynamodb/aws4_request, SignedHeaders=host, "
    "Signature=0";

Request list_tables_request(std::string_view body = "{}") {
  Request request;
  request.method = "POST";
  request.path = "/";
  request.target = "DynamoDB_20120810.ListTables";
  request.content_type = "application/x-amz-json-1.0";
  request.authorization = kSignature;
  request.date = "20260102T030405Z";
  request.body = body;
  return request;
}

TEST(Envelope, GetAndHeadAnswerTheHealthLine) {
  TestDatabase database;
  for (const std::string_view method : {"GET", "HEAD"}) {
    Request request;
    request.method = method;
    request.path = "/";
    const TestReply reply = database.send(request);
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.body(), "healthy: dynamodb.us-east-1.amazonaws.com ");
    EXPECT_EQ(reply.header("x-amz-crc32"), "3128867991");
  }
}

TEST(Envelope, WhatNeverBecameARequestIsAnErrorThatSdksCanRead) {
  const Reply too_large = unreadable_request(413, "too large");
  EXPECT_EQ(too_large.status, 413);
  EXPECT_EQ(too_large.content_type, "application/x-amz-json-1.0");
  EXPECT_EQ(too_large.body,
            R"({"__type":"com.amazon.coral.service#RequestEntityTooLargeException",)"
            R"("message":"too large"})");
  EXPECT_THAT(unreadable_request(503, "full").body, testing::HasSubstr("ServiceUnavailable"));
  EXPECT_THAT(unreadable_request(431, "long").body, testing::HasSubstr("SerializationException"));
}

TEST(Envelope, OtherMethodsAndContentTypesAre404) {
  TestDatabase database;
  for (const std::string_view method : {"PUT", "DELETE", "OPTIONS"}) {
    Request request;
    request.method = method;
    request.path = "/";
    const TestReply reply = database.send(request);
    EXPECT_EQ(reply.status(), 404) << method;
    EXPECT_EQ(reply.body(), "<UnknownOperationException/>\n");
    EXPECT_EQ(reply.header("x-amz-crc32"), "3552371480");
  }
  Request request = list_tables_request();
  request.content_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(database.send(request).status(), 404);
}

TEST(Envelope, ContentTypeIsTheRequestsOwnOnErrorsToo) {
  TestDatabase database;
  Request request = list_tables_request("hi");
  EXPECT_EQ(database.send(request).content_type(), "application/x-amz-json-1.0");
  request.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(database.send(request).content_type(), "application/json");
}

TEST(Envelope, BodiesThatAreNoJsonAreSerializationExceptionsWithoutMessage) {
  TestDatabase database;
  for (const std::string_view body :
       {"hi", "", "}{", "{\"a\":}", "{} {}", "\"", "{\"a\":1", "\xFF", "{,}", "{'a':1}"}) {
    const TestReply reply = database.send(list_tables_request(body));
    EXPECT_EQ(reply.status(), 400) << body;
    EXPECT_EQ(reply.body(), R"({"__type":"com.amazon.coral.service#SerializationException"})")
        << body;
    EXPECT_EQ(reply.header("x-amz-crc32"), "3948637019") << body;
  }
}

TEST(Envelope, HostileNestingIsRefused) {
  TestDatabase database;
  const std::string body =
      R"({"TableName":)" + std::string(200'000, '[') + std::string(200'000, ']') + '}';
  EXPECT_EQ(database.send(list_tables_request(body)).error(), "SerializationException");
}

TEST(Envelope, UnknownTargetsGoBeforeSignatures) {
  TestDatabase database;
  for (const std::string_view target :
       {"", "whatever", "DynamoDB_20120810.ListTable", "DynamoDB_20120810.", "ListTables",
        "dynamodb_20120810.ListTables"}) {
    Request request = list_tables_request();
    request.target = target;
    request.authorization = {};
    const TestReply reply = database.send(request);
    EXPECT_EQ(reply.status(), 400) << target;
    EXPECT_EQ(reply.body(), R"({"__type":"com.amazon.coral.service#UnknownOperationException"})")
        << target;
    EXPECT_EQ(reply.header("x-amz-crc32"), "1368724161");
  }
}

TEST(Envelope, OperationsThatParleyLacksAreNamed) {
  TestDatabase database;
  const TestReply reply = database.call("CreateBackup", "{}");
  EXPECT_EQ(reply.error(), "UnknownOperationException");
  EXPECT_EQ(reply.message(), "Parley does not support CreateBackup yet");
}

TEST(Envelope, ASignatureMustBeThereWithAllItsParts) {
  TestDatabase database;
  Request request = list_tables_request();
  request.authorization = {};
  TestReply reply = database.send(request);
  EXPECT_EQ(reply.body(),
            R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
            R"("message":"Request is missing Authentication Token"})");
  EXPECT_EQ(reply.header("x-amz-crc32"), "2088342776");
  request.authorization = "AWS4";
  EXPECT_EQ(database.send(request).error(), "MissingAuthenticationTokenException");

  request.authorization = "AWS4-";
  request.date = {};
  reply = database.send(request);
  EXPECT_EQ(reply.error(), "IncompleteSignatureException");
  EXPECT_EQ(reply.message(),
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            "Authorization=AWS4-");
  EXPECT_EQ(reply.header("x-amz-crc32"), "1828866742");

  request = list_tables_request();
  request.authorization =
      "AWS4-HMAC-SHA256 SignedHeaders=host,Signature=, Signature=0 Credential=x";
  EXPECT_EQ(database.send(request).message(),
            "Authorization header requires 'Signature' parameter. Authorization="
            "AWS4-HMAC-SHA256 SignedHeaders=host,Signature=, Signature=0 Credential=x");
  request.authorization = "AWS4-HMAC-SHA256 SignedHeaders=host Signature=0,\tCredential=x";
  EXPECT_EQ(database.send(request).status(), 200);

  request.authorization = kSignature;
  request.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256";
  EXPECT_EQ(database.send(request).error(), "InvalidSignatureException");
  request.authorization = {};
  EXPECT_EQ(database.send(request).message(),
            "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string "
            "parameters must include 'X-Amz-Signature'. AWS query-string parameters must include "
            "'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. "
            "Re-examine the query-string parameters.");
  request.query =
      "X-Amz-Algorithm=A&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d&X-Amz-Date=e";
  EXPECT_TRUE(database.send(request).ok());
}

TEST(Envelope, CredentialsAndRegionsAreNotCompared) {
  TestDatabase database;
  Request request = list_tables_request();
  request.authorization =
      "AWS4-HMAC-SHA256 Credential=anyone/20000101/mars-1/dynamodb/aws4_request,"
      "SignedHeaders=host;x-amz-date,Signature=ff";
  EXPECT_TRUE(database.send(request).ok());
}

TEST(Envelope, EveryReplyHasRequestIdAndChecksum) {
  TestDatabase database;
  const TestReply reply = database.send(list_tables_request());
  EXPECT_EQ(reply.body(), R"({"TableNames":[]})");
  EXPECT_EQ(reply.header("x-amzn-RequestId").size(), 52U);
  EXPECT_EQ(reply.header("x-amz-crc32"), std::to_string(crc32(reply.body())));
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "");
}

TEST(Envelope, OriginsAreAllAllowed) {
  TestDatabase database;
  Request request = list_tables_request();
  request.origin = "http://example.com";
  const TestReply reply = database.send(request);
  EXPECT_TRUE(reply.ok());
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "*");
  EXPECT_NE(reply.header("Access-Control-Expose-Headers"), "");
  EXPECT_EQ(reply.header("Access-Control-Max-Age"), "");

  Request preflight;
  preflight.method = "OPTIONS";
  preflight.path = "/";
  preflight.origin = "http://example.com";
  preflight.access_control_request_headers = "a, b";
  preflight.access_control_request_method = "POST";
  const TestReply allowed = database.send(preflight);
  EXPECT_EQ(allowed.status(), 200);
  EXPECT_EQ(allowed.body(), "");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Headers"), "a, b");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(allowed.header("Access-Control-Max-Age"), "172800");
}

TEST(Envelope, CompressedBodiesAreDecoded) {
  TestDatabase database;
  for (const auto& [name, format] :
       {std::pair{"gzip", Compression::kGzip}, std::pair{"Deflate", Compression::kDeflate}}) {
    const std::string body = compress(format, R"({"Limit":1})");
    Request request = list_tables_request(body);
    request.content_encoding = name;
    EXPECT_TRUE(database.send(request).ok()) << name;
  }
  Request request = list_tables_request();
  request.content_encoding = "identity";
  EXPECT_TRUE(database.send(request).ok());
}

TEST(Envelope, BrokenOrUnknownEncodingsAreInternalServerErrors) {
  TestDatabase database;
  const std::string truncated = compress(Compression::kGzip, "{}").substr(0, 10);
  for (const auto& [encoding, body] :
       {std::pair{"gzip", std::string("{}")}, std::pair{"gzip", std::string()},
        std::pair{"gzip", truncated}, std::pair{"garbage", std::string("{}")}}) {
    Request request = list_tables_request(body);
    request.content_encoding = encoding;
    const TestReply reply = database.send(request);
    EXPECT_EQ(reply.status(), 500) << encoding << ' ' << body;
    EXPECT_EQ(reply.error(), "InternalServerError");
  }
}

TEST(Envelope, BodiesOver16MiBAre413AlsoOnceDecoded) {
  TestDatabase database;
  const std::string large = "{" + std::string(kBodySizeBytesMax, ' ') + "}";
  EXPECT_EQ(database.send(list_tables_request(large)).status(), 413);
  const std::string compressed = compress(Compression::kGzip, large);
  Request request = list_tables_request(compressed);
  request.content_encoding = "gzip";
  EXPECT_EQ(database.send(request).status(), 413);
  const std::string largest = "{" + std::string(kBodySizeBytesMax - 2, ' ') + "}";
  EXPECT_TRUE(database.send(list_tables_request(largest)).ok());
}

TEST(Envelope, AcceptEncodingIsWeighed) {
  const auto wanted = [](std::string_view header) -> std::string {
    const auto compression = wanted_compression(header);
    if (!compression) return "none";
    return *compression == Compression::kGzip ? "gzip" : "deflate";
  };
  const std::pair<std::string_view, std::string_view> facts[] = {
      {"", "none"},
      {"identity", "none"},
      {"br", "none"},
      {"x-gzip", "none"},
      {"gzip", "gzip"},
      {"GZIP, identity", "gzip"},
      {"deflate", "deflate"},
      {"gzip, deflate", "gzip"},
      {"br, identity, deflate, gzip", "deflate"},
      {"dog, gzip ,, cat", "gzip"},
      {"gzip;q=0.8, deflate;q=0.5", "gzip"},
      {"gzip;q=0.5, deflate;q=0.8", "deflate"},
      {"br, gzip;q=0, deflate; q = 0.5 , identity;q=0", "deflate"},
      {"*", "gzip"},
      {"*, deflate;q=0.5", "gzip"},
      {"*, deflate", "deflate"},
      {"*, identity", "gzip"},
      {"*, gzip;q=0.5", "deflate"},
      {"gzip ;q=0", "none"},
      {"*;q=0", "none"},
      {"gzip;q=dog", "none"},
  };
  for (const auto& [header, expected] : facts) EXPECT_EQ(wanted(header), expected) << header;
}

TEST(Envelope, RepliesOver4KiBAreCompressedWhenAsked) {
  SeededRandom random(1);
  Request request = list_tables_request();
  request.accept_encoding = "gzip, deflate";
  const std::string body(kCompressionThresholdBytes, 'x');
  const TestReply small(make_reply(request, 200, body, random));
  EXPECT_EQ(small.header("Content-Encoding"), "");
  const TestReply large(make_reply(request, 200, body + 'x', random));
  EXPECT_EQ(large.header("Content-Encoding"), "gzip");
  EXPECT_EQ(decompress(Compression::kGzip, large.body(), 1 << 20), body + 'x');
  EXPECT_EQ(large.header("x-amz-crc32"), std::to_string(crc32(large.body())));
  request.accept_encoding = {};
  EXPECT_EQ(TestReply(make_reply(request, 200, body + 'x', random)).body(), body + 'x');
}

}  // namespace
}  // namespace parley::api
