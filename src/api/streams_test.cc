// ListStreams, DescribeStream, GetShardIterator and GetRecords over the wire.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "api/test_database.h"

namespace parley::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr auto kTable = R"({"TableName":"Music",
  "KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"},
               {"AttributeName":"Song","KeyType":"RANGE"}],
  "AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"},
                          {"AttributeName":"Song","AttributeType":"S"}],
  "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
  "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})";

constexpr auto kOnDemandTable = R"({"TableName":"Wide",
  "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
  "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
  "BillingMode":"PAY_PER_REQUEST",
  "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}})";

constexpr auto kArn =
    "arn:aws:dynamodb:us-east-1:000000000001:table/Music/stream/2026-01-02T03:04:05.678";

class StreamOperations : public testing::Test {
 protected:
  TestDatabase database{kTable};

  TestReply streams(std::string_view operation, std::string_view input) {
    return database.send(
        {.method = "POST",
         .path = "/",
         .target = target_ = fmt::format("DynamoDBStreams_20120810.{}", operation),
         .content_type = "application/x-amz-json-1.0",
         .authorization = "AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/dynamodb/aws4_request, "
                          "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0",
         .date = "20260102T030405Z",
         .body = body_ = input});
  }
  void expect_fault(std::string_view operation, std::string_view input, std::string_view error,
                    std::string_view message) {
    const auto reply = streams(operation, input);
    EXPECT_EQ(reply.error(), error) << reply.body();
    EXPECT_EQ(reply.message(), message);
  }
  std::string shard_id(std::string_view arn = kArn) {
    return streams("DescribeStream", fmt::format(R"({{"StreamArn":"{}"}})", arn))
        .text("/StreamDescription/Shards/0/ShardId");
  }
  std::string iterator_input(std::string_view type, std::string_view more = "") {
    return fmt::format(R"({{"StreamArn":"{}","ShardId":"{}","ShardIteratorType":"{}"{}}})", kArn,
                       shard_id(), type, more);
  }
  std::string iterator(std::string_view type, std::string_view more = "") {
    const auto reply = streams("GetShardIterator", iterator_input(type, more));
    EXPECT_TRUE(reply.ok()) << reply.body();
    return reply.text("/ShardIterator");
  }
  TestReply records(const std::string& iterator, std::string_view more = "") {
    return streams("GetRecords", fmt::format(R"({{"ShardIterator":"{}"{}}})", iterator, more));
  }
  void put(std::string_view song, std::string_view more = "") {
    database.expect_ok("PutItem",
                       fmt::format(R"({{"TableName":"Music","Item":{{"Artist":{{"S":"Nina Simone"}},
                                    "Song":{{"S":"{}"}}{}}}}})",
                                   song, more));
  }

 private:
  std::string target_;
  std::string body_;
};

TEST_F(StreamOperations, ListStreamsPagesInOrderOfArn) {
  database.expect_ok("CreateTable", kOnDemandTable);
  auto reply = streams("ListStreams", "{}");
  EXPECT_EQ(reply.text("/Streams/0/StreamArn"), kArn);
  EXPECT_EQ(reply.text("/Streams/0/TableName"), "Music");
  EXPECT_EQ(reply.text("/Streams/0/StreamLabel"), "2026-01-02T03:04:05.678");
  EXPECT_EQ(reply.text("/Streams/1/TableName"), "Wide");
  EXPECT_EQ(reply.json("/LastEvaluatedStreamArn"), "");
  reply = streams("ListStreams", R"({"Limit":1})");
  EXPECT_EQ(reply.json("/Streams/1"), "");
  EXPECT_EQ(reply.text("/LastEvaluatedStreamArn"), kArn);
  reply = streams("ListStreams", fmt::format(R"({{"ExclusiveStartStreamArn":"{}"}})", kArn));
  EXPECT_EQ(reply.text("/Streams/0/TableName"), "Wide");
  EXPECT_EQ(streams("ListStreams", R"({"TableName":"Wide"})").text("/Streams/0/TableName"), "Wide");
  EXPECT_EQ(streams("ListStreams", R"({"TableName":"None"})").body(), R"({"Streams":[]})");
}

TEST_F(StreamOperations, ListStreamsRefusesBadInput) {
  expect_fault("ListStreams", R"({"Limit":0})", "ValidationException",
               "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
               "Member must have value greater than or equal to 1");
  expect_fault("ListStreams", R"({"Limit":101})", "ValidationException",
               "One or more parameter values were invalid: Limit cannot be greater than the "
               "maximum allowed size: 100");
  expect_fault("ListStreams",
               R"({"ExclusiveStartStreamArn":"kossaapaaasdafsdaasdasdasdasasdasfadfadfasdasdas"})",
               "ValidationException", "Invalid StreamArn");
  expect_fault("ListStreams", R"({"TableName":7})", "SerializationException",
               streams("ListStreams", R"({"TableName":7})").message());
}

TEST_F(StreamOperations, DescribeStreamTellsAll) {
  const auto reply = streams("DescribeStream", fmt::format(R"({{"StreamArn":"{}"}})", kArn));
  EXPECT_EQ(reply.text("/StreamDescription/StreamArn"), kArn);
  EXPECT_EQ(reply.text("/StreamDescription/StreamLabel"), "2026-01-02T03:04:05.678");
  EXPECT_EQ(reply.text("/StreamDescription/StreamStatus"), "ENABLED");
  EXPECT_EQ(reply.text("/StreamDescription/StreamViewType"), "NEW_AND_OLD_IMAGES");
  EXPECT_EQ(reply.json("/StreamDescription/CreationRequestDateTime"), "1767323045.678");
  EXPECT_EQ(reply.text("/StreamDescription/TableName"), "Music");
  EXPECT_EQ(reply.json("/StreamDescription/KeySchema"),
            R"([{"AttributeName":"Artist","KeyType":"HASH"},)"
            R"({"AttributeName":"Song","KeyType":"RANGE"}])");
  EXPECT_EQ(
      reply.text("/StreamDescription/Shards/0/SequenceNumberRange/StartingSequenceNumber").size(),
      21u);
  EXPECT_EQ(reply.json("/StreamDescription/Shards/0/SequenceNumberRange/EndingSequenceNumber"), "");
  EXPECT_EQ(reply.json("/StreamDescription/Shards/1"), "");
  EXPECT_EQ(reply.json("/StreamDescription/LastEvaluatedShardId"), "");
}

TEST_F(StreamOperations, DescribeStreamPagesShards) {
  const auto arn =
      database.expect_ok("CreateTable", kOnDemandTable).text("/TableDescription/LatestStreamArn");
  auto reply = streams("DescribeStream", fmt::format(R"({{"StreamArn":"{}","Limit":3}})", arn));
  const auto last = reply.text("/StreamDescription/LastEvaluatedShardId");
  EXPECT_EQ(reply.text("/StreamDescription/Shards/2/ShardId"), last);
  EXPECT_EQ(reply.json("/StreamDescription/Shards/3"), "");
  reply = streams("DescribeStream",
                  fmt::format(R"({{"StreamArn":"{}","ExclusiveStartShardId":"{}"}})", arn, last));
  EXPECT_NE(reply.json("/StreamDescription/Shards/0"), "");
  EXPECT_EQ(reply.json("/StreamDescription/Shards/1"), "");
  EXPECT_EQ(reply.json("/StreamDescription/LastEvaluatedShardId"), "");
}

TEST_F(StreamOperations, DescribeStreamFiltersChildShards) {
  const auto reply = streams(
      "DescribeStream",
      fmt::format(R"({{"StreamArn":"{}","ShardFilter":{{"Type":"CHILD_SHARDS","ShardId":"{}"}}}})",
                  kArn, shard_id()));
  EXPECT_EQ(reply.json("/StreamDescription/Shards"), "[]");
  expect_fault("DescribeStream",
               fmt::format(R"({{"StreamArn":"{}","ShardFilter":{{"Type":"PARENTS"}}}})", kArn),
               "ValidationException",
               "1 validation error detected: Value 'PARENTS' at 'shardFilter.type' failed to "
               "satisfy constraint: Member must satisfy enum value set: [CHILD_SHARDS]");
}

TEST_F(StreamOperations, DescribeStreamRefusesBadInput) {
  expect_fault("DescribeStream", "{}", "ValidationException",
               "1 validation error detected: Value null at 'streamArn' failed to satisfy "
               "constraint: Member must not be null");
  expect_fault("DescribeStream",
               R"({"StreamArn":"sdfadfsdfnlfkajakfgjalksfgklasjklasdjfklasdfasdfgasf"})",
               "ValidationException", "Invalid StreamArn");
  constexpr auto kMissing =
      "arn:aws:dynamodb:us-east-1:000000000001:table/Music/stream/2020-01-01T00:00:00.000";
  expect_fault("DescribeStream", fmt::format(R"({{"StreamArn":"{}"}})", kMissing),
               "ResourceNotFoundException",
               fmt::format("Requested resource not found: Stream: {} not found", kMissing));
  expect_fault("DescribeStream", fmt::format(R"({{"StreamArn":"{}","Limit":101}})", kArn),
               "ValidationException",
               "One or more parameter values were invalid: Limit cannot be greater than the "
               "maximum: 100");
}

TEST_F(StreamOperations, RecordsAreReadFromTheTrimHorizon) {
  put("Sinnerman");
  put("Sinnerman", R"(,"Year":{"N":"1965"})");
  const auto reply = records(iterator("TRIM_HORIZON"));
  EXPECT_EQ(reply.text("/Records/0/eventName"), "INSERT");
  EXPECT_EQ(reply.text("/Records/0/eventVersion"), "1.1");
  EXPECT_EQ(reply.text("/Records/0/eventSource"), "aws:dynamodb");
  EXPECT_EQ(reply.text("/Records/0/awsRegion"), "us-east-1");
  EXPECT_EQ(reply.json("/Records/0/userIdentity"), "");
  EXPECT_EQ(reply.json("/Records/0/eventSourceARN"), "");
  EXPECT_EQ(reply.text("/Records/1/eventName"), "MODIFY");
  EXPECT_EQ(reply.json("/Records/1/dynamodb/NewImage/Year"), R"({"N":"1965"})");
  EXPECT_EQ(reply.json("/Records/1/dynamodb/ApproximateCreationDateTime"), "1767323045");
  EXPECT_EQ(reply.json("/Records/2"), "");
  const auto next = records(reply.text("/NextShardIterator"));
  EXPECT_EQ(next.json("/Records"), "[]");
  EXPECT_NE(next.text("/NextShardIterator"), "");
}

TEST_F(StreamOperations, LimitAndNextShardIteratorPage) {
  for (const auto* song : {"a", "b", "c"}) put(song);
  std::string place = iterator("TRIM_HORIZON");
  for (const auto* song : {"a", "b", "c"}) {
    const auto reply = records(place, R"(,"Limit":1)");
    EXPECT_EQ(reply.text("/Records/0/dynamodb/Keys/Song/S"), song);
    EXPECT_EQ(reply.json("/Records/1"), "");
    place = reply.text("/NextShardIterator");
  }
}

TEST_F(StreamOperations, APageHoldsAMegabyteAtMost) {
  const std::string text(300'000, 'x');
  for (const auto* song : {"a", "b", "c", "d", "e"}) {
    put(song, fmt::format(R"(,"Text":{{"S":"{}"}})", text));
  }
  const auto reply = records(iterator("TRIM_HORIZON"));
  EXPECT_NE(reply.json("/Records/2"), "");
  EXPECT_EQ(reply.json("/Records/3"), "");
  EXPECT_NE(records(reply.text("/NextShardIterator")).json("/Records/1"), "");
}

TEST_F(StreamOperations, EachIteratorTypeBeginsWhereItSays) {
  put("a");
  put("b");
  const auto all = records(iterator("TRIM_HORIZON"));
  const auto second =
      fmt::format(R"(,"SequenceNumber":"{}")", all.text("/Records/1/dynamodb/SequenceNumber"));
  const auto latest = iterator("LATEST");
  put("c");
  const auto song = "/Records/0/dynamodb/Keys/Song/S";
  EXPECT_EQ(records(iterator("AT_SEQUENCE_NUMBER", second)).text(song), "b");
  EXPECT_EQ(records(iterator("AFTER_SEQUENCE_NUMBER", second)).text(song), "c");
  EXPECT_EQ(records(latest).text(song), "c");
  EXPECT_EQ(records(iterator("LATEST")).json("/Records"), "[]");
}

TEST_F(StreamOperations, AShardIsReadFromItsStartingSequenceNumberAlsoAfterATrim) {
  put("a");
  database.advance(hours(25));
  put("b");
  const auto starting = [&] {
    return fmt::format(
        R"(,"SequenceNumber":"{}")",
        streams("DescribeStream", fmt::format(R"({{"StreamArn":"{}"}})", kArn))
            .text("/StreamDescription/Shards/0/SequenceNumberRange/StartingSequenceNumber"));
  };
  const auto before = starting();
  EXPECT_NE(records(iterator("AT_SEQUENCE_NUMBER", before)).json("/Records/1"), "");
  const auto kept = iterator("AT_SEQUENCE_NUMBER", before);
  ASSERT_TRUE(database.database().streams().trim());
  const auto reply = records(iterator("AT_SEQUENCE_NUMBER", starting()));
  EXPECT_EQ(reply.text("/Records/0/dynamodb/Keys/Song/S"), "b");
  constexpr auto kMessage =
      "The operation attempted to read past the oldest stream record in a shard.";
  expect_fault("GetShardIterator", iterator_input("AT_SEQUENCE_NUMBER", before),
               "TrimmedDataAccessException", kMessage);
  EXPECT_EQ(records(kept).error(), "TrimmedDataAccessException");
}

TEST_F(StreamOperations, GetShardIteratorRefusesBadInput) {
  const std::string number = R"(,"SequenceNumber":"101767323045678000000")";
  constexpr auto kNotAllowed =
      "One or more parameter values were invalid: SequenceNumber should not be passed for this "
      "iterator type";
  expect_fault("GetShardIterator", iterator_input("LATEST", number), "ValidationException",
               kNotAllowed);
  expect_fault("GetShardIterator", iterator_input("TRIM_HORIZON", number), "ValidationException",
               kNotAllowed);
  constexpr auto kInvalid = "One or more parameter values were invalid: Invalid SequenceNumber";
  expect_fault("GetShardIterator", iterator_input("AT_SEQUENCE_NUMBER"), "ValidationException",
               kInvalid);
  expect_fault(
      "GetShardIterator",
      iterator_input("AFTER_SEQUENCE_NUMBER", R"(,"SequenceNumber":"00000000000000000000x")"),
      "ValidationException", kInvalid);
  expect_fault("GetShardIterator",
               iterator_input("AT_SEQUENCE_NUMBER", R"(,"SequenceNumber":"100000000000000000001")"),
               "ValidationException", "Invalid SequenceNumber for the shard");
  expect_fault("GetShardIterator", iterator_input("AT_SEQUENCE_NUMBER", R"(,"SequenceNumber":"1")"),
               "ValidationException",
               "1 validation error detected: Value '1' at 'sequenceNumber' failed to satisfy "
               "constraint: Member must have length greater than or equal to 21");
  expect_fault("GetShardIterator", iterator_input("bulle"), "ValidationException",
               "1 validation error detected: Value 'bulle' at 'shardIteratorType' failed to "
               "satisfy constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, "
               "LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
  expect_fault("GetShardIterator",
               fmt::format(R"({{"StreamArn":"{}","ShardId":"semprinidfaasdasfsdvacsdcfsdsvsdvsdv",
                               "ShardIteratorType":"LATEST"}})",
                           kArn),
               "ResourceNotFoundException", "Requested resource not found: Shard does not exist");
}

TEST_F(StreamOperations, GetRecordsRefusesBadInput) {
  for (const auto* bad : {"x", "sdfsdfsgagaddafgagasgasgasdfasdfasdfasdfasdgasdasdgasdg"}) {
    EXPECT_EQ(records(bad).error(), "ValidationException");
    EXPECT_EQ(records(bad).message(), "Invalid ShardIterator");
  }
  const auto place = iterator("LATEST");
  EXPECT_EQ(records(place, R"(,"Limit":1001)").message(),
            "One or more parameter values were invalid: Limit should be less than or equal to "
            "1000");
  EXPECT_EQ(records(place, R"(,"Limit":0)").error(), "ValidationException");
}

TEST_F(StreamOperations, IteratorsExpireAfterFifteenMinutes) {
  const auto place = iterator("TRIM_HORIZON");
  database.advance(minutes(15));
  EXPECT_TRUE(records(place).ok());
  database.advance(std::chrono::microseconds(1));
  EXPECT_EQ(records(place).error(), "ExpiredIteratorException");
}

TEST_F(StreamOperations, AClosedShardEndsWithoutANextIterator) {
  put("a");
  database.expect_ok("UpdateTable",
                     R"({"TableName":"Music","StreamSpecification":{"StreamEnabled":false}})");
  const auto description = streams("DescribeStream", fmt::format(R"({{"StreamArn":"{}"}})", kArn));
  EXPECT_EQ(description.text("/StreamDescription/StreamStatus"), "DISABLED");
  EXPECT_NE(
      description.text("/StreamDescription/Shards/0/SequenceNumberRange/EndingSequenceNumber"), "");
  const auto reply = records(iterator("TRIM_HORIZON"));
  EXPECT_NE(reply.json("/Records/0"), "");
  EXPECT_EQ(reply.json("/NextShardIterator"), "");
  EXPECT_EQ(
      database.call("DescribeTable", R"({"TableName":"Music"})").text("/Table/LatestStreamArn"),
      kArn);
}

TEST_F(StreamOperations, StreamsOfDeletedTablesAreListedAndRead) {
  put("a");
  database.expect_ok("DeleteTable", R"({"TableName":"Music"})");
  EXPECT_EQ(streams("ListStreams", R"({"TableName":"Music"})").text("/Streams/0/StreamArn"), kArn);
  EXPECT_EQ(records(iterator("TRIM_HORIZON")).text("/Records/0/eventName"), "INSERT");
}

}  // namespace
}  // namespace parley::api
