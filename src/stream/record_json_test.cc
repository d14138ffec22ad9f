#include "stream/record_json.h"

#include <gtest/gtest.h>

#include "codec/item_json.h"

namespace parley::stream {
namespace {

Record sample() {
  Record record;
  record.number = 1'767'323'045'678'000'000;
  record.event = EventName::kModify;
  record.created_at = 1'767'323'045'678'901;
  record.keys = codec::parse_item(R"({"p":{"S":"a"}})").value();
  record.old_image = codec::parse_item(R"({"p":{"S":"a"},"b":{"B":"AP8="}})").value();
  record.new_image = codec::parse_item(R"({"p":{"S":"a"},"n":{"N":"1"}})").value();
  record.size_bytes = 17;
  record.event_id = "0123456789abcdef0123456789abcdef";
  return record;
}

Stream stream() {
  Stream stream;
  stream.arn = "arn:aws:dynamodb:us-east-1:000000000001:table/T/stream/L";
  return stream;
}

std::string json(const Record& record, RecordAudience audience) {
  std::string out;
  append_record_json(out, stream(), record, "us-east-1", audience);
  return out;
}

TEST(RecordJson, HasTheMembersOfGetRecords) {
  EXPECT_EQ(json(sample(), RecordAudience::kGetRecords),
            R"({"eventID":"0123456789abcdef0123456789abcdef","eventName":"MODIFY",)"
            R"("eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1",)"
            R"("dynamodb":{"ApproximateCreationDateTime":1767323045,"Keys":{"p":{"S":"a"}},)"
            R"("NewImage":{"n":{"N":"1"},"p":{"S":"a"}},)"
            R"("OldImage":{"b":{"B":"AP8="},"p":{"S":"a"}},)"
            R"("SequenceNumber":"101767323045678000000","SizeBytes":17,)"
            R"("StreamViewType":"NEW_AND_OLD_IMAGES"}})");
}

TEST(RecordJson, LeavesOutImagesThatAreNotKept) {
  auto record = sample();
  record.old_image.reset();
  record.new_image.reset();
  const auto text = json(record, RecordAudience::kGetRecords);
  EXPECT_EQ(text.find("Image\""), std::string::npos) << text;
}

TEST(RecordJson, SpellsTheServicesIdentityAsEachAudienceExpectsIt) {
  auto record = sample();
  record.by_service = true;
  EXPECT_NE(
      json(record, RecordAudience::kGetRecords)
          .find(R"("userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})"),
      std::string::npos);
  EXPECT_NE(
      json(record, RecordAudience::kFunction)
          .find(R"("userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"})"),
      std::string::npos);
}

TEST(RecordJson, TellsAFunctionWhereTheRecordComesFrom) {
  EXPECT_TRUE(json(sample(), RecordAudience::kFunction)
                  .ends_with(R"(,"eventSourceARN":)"
                             R"("arn:aws:dynamodb:us-east-1:000000000001:table/T/stream/L"})"));
}

}  // namespace
}  // namespace parley::stream
