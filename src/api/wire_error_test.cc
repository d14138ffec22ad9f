#include "api/wire_error.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "codec/item_json.h"
#include "engine/requests.h"

namespace parley::api {
namespace {

std::string wire(const Error& error) {
  std::string out;
  append_error(out, error);
  return out;
}

TEST(WireError, TypesCarryTheirNamespace) {
  EXPECT_EQ(
      wire({ErrorCode::kValidation, "no \"good\""}),
      R"({"__type":"com.amazon.coral.validate#ValidationException","message":"no \"good\""})");
  EXPECT_EQ(wire({ErrorCode::kResourceNotFound, "gone"}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            R"("message":"gone"})");
  EXPECT_EQ(wire({ErrorCode::kSerialization, "x"}),
            R"({"__type":"com.amazon.coral.service#SerializationException","Message":"x"})");
  EXPECT_EQ(wire({ErrorCode::kThrottling, "x"}),
            R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":"x"})");
}

TEST(WireError, AMessageThatCitesBytesIsUtf8AllTheSame) {
  EXPECT_EQ(wire({ErrorCode::kResourceNotFound, "no \xff"}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            "\"message\":\"no \uFFFD\"}");
}

TEST(WireError, OurOwnErrorsAreInternalServerErrors) {
  for (const ErrorCode code : {ErrorCode::kInternal, ErrorCode::kIo, ErrorCode::kStorageFull,
                               ErrorCode::kCorruption, ErrorCode::kTimeout}) {
    EXPECT_EQ(http_status(code), 500);
    EXPECT_EQ(wire({code, "disk"}),
              R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError",)"
              R"("message":"disk"})");
  }
  EXPECT_EQ(http_status(ErrorCode::kValidation), 400);
  EXPECT_EQ(http_status(ErrorCode::kThrottling), 400);
  EXPECT_EQ(http_status(ErrorCode::kRequestEntityTooLarge), 413);
}

TEST(WireError, AFailedConditionCarriesTheItemThatWasAskedFor) {
  auto detail = std::make_shared<engine::ConditionFailureDetail>();
  EXPECT_EQ(wire({ErrorCode::kConditionalCheckFailed, "The conditional request failed", detail}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("message":"The conditional request failed"})");
  detail->item = codec::parse_item(R"({"a":{"S":"x"}})").value();
  EXPECT_EQ(wire({ErrorCode::kConditionalCheckFailed, "The conditional request failed", detail}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("Message":"The conditional request failed","Item":{"a":{"S":"x"}}})");
}

TEST(WireError, ACancelledTransactionListsItsReasonsInOrder) {
  auto detail = std::make_shared<engine::CancellationDetail>();
  engine::CancellationReason failed;
  failed.none = false;
  failed.code = ErrorCode::kConditionalCheckFailed;
  failed.message = "The conditional request failed";
  failed.item = codec::parse_item(R"({"a":{"N":"1"}})").value();
  detail->reasons.push_back(std::move(failed));
  detail->reasons.emplace_back();
  EXPECT_EQ(wire({ErrorCode::kTransactionCanceled, "", detail}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",)"
            R"("Message":"Transaction cancelled, please refer cancellation reasons for specific )"
            R"(reasons [ConditionalCheckFailed, None]","CancellationReasons":[)"
            R"({"Code":"ConditionalCheckFailed","Item":{"a":{"N":"1"}},)"
            R"("Message":"The conditional request failed"},{"Code":"None"}]})");
}

}  // namespace
}  // namespace parley::api
