#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "api/test_database.h"
#include "api/test_table_inputs.h"

namespace parley::api {
namespace {

const std::string kArn = "arn:aws:dynamodb:us-east-1:000000000001:table/";

std::string table_named(std::string_view name) {
  return fmt::format(
      R"({{"TableName":"{}","AttributeDefinitions":{},"KeySchema":{},"BillingMode":"PAY_PER_REQUEST"}})",
      name, definitions({"a"}), key_schema({"a"}));
}

TEST(DescribeTable, AMissingTableIsNamed) {
  TestDatabase database;
  for (const std::string_view operation : {"DescribeTable", "DeleteTable", "DescribeTimeToLive"}) {
    for (const std::string& name : {std::string("abc"), kArn + "abc"}) {
      const TestReply reply =
          database.call(operation, fmt::format(R"({{"TableName":"{}"}})", name));
      EXPECT_EQ(reply.status(), 400);
      EXPECT_EQ(reply.error_type(), "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException");
      EXPECT_EQ(reply.message(), "Requested resource not found: Table: abc not found") << operation;
    }
    EXPECT_EQ(database.call(operation, "{}").message(),
              "The parameter 'TableName' is required but was not present in the request");
    EXPECT_EQ(database.call(operation, R"({"TableName":"ab"})").message(),
              "TableName must be at least 3 characters long and at most 255 characters long");
    EXPECT_EQ(database.call(operation, R"({"TableName":"abc;"})").message(),
              "1 validation error detected: Value 'abc;' at 'tableName' failed to satisfy "
              "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    EXPECT_EQ(database.call(operation, R"({"TableName":"arn:x:table/ab"})").error(),
              "ValidationException");
  }
}

TEST(DescribeTable, CountsItemsAndBytes) {
  TestDatabase database{table_named("abc")};
  database.expect_ok("PutItem", R"({"TableName":"abc","Item":{"a":{"S":"1234"}}})");
  const TestReply reply = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.text("/Table/ItemCount"), "1");
  EXPECT_EQ(reply.text("/Table/TableSizeBytes"), "5");
}

TEST(CreateTable, DoesNotFillTheIndexesThatComeWithIt) {
  TestDatabase database;
  const TestReply reply = database.expect_ok(
      "CreateTable",
      table_input(definitions({"a", "b"}), key_schema({"a"}),
                  R"("GlobalSecondaryIndexes":[)" + index_input("gsi", key_schema({"b"})) + "]"));
  EXPECT_EQ(reply.text("/TableDescription/GlobalSecondaryIndexes/0/IndexStatus"), "CREATING");
  EXPECT_EQ(reply.text("/TableDescription/GlobalSecondaryIndexes/0/Backfilling"), "");
}

TEST(DeleteTable, AnswersWithTheTableAndItIsGone) {
  TestDatabase database{table_named("abc")};
  const TestReply reply = database.expect_ok("DeleteTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.text("/TableDescription/TableStatus"), "DELETING");
  EXPECT_EQ(reply.text("/TableDescription/TableName"), "abc");
  EXPECT_EQ(database.call("DescribeTable", R"({"TableName":"abc"})").error(),
            "ResourceNotFoundException");
}

TEST(DeleteTable, AnswersWithoutTheSchema) {
  const std::string indexes =
      R"("LocalSecondaryIndexes":[)" + index_input("lsi", key_schema({"a", "b"})) +
      R"(],"GlobalSecondaryIndexes":[)" + index_input("gsi", key_schema({"b"})) + "]";
  TestDatabase database{table_input(definitions({"a", "b"}), key_schema({"a", "b"}), indexes)};
  const TestReply reply = database.expect_ok("DeleteTable", R"({"TableName":"abc"})");
  for (const char* member : {"AttributeDefinitions", "KeySchema", "CreationDateTime",
                             "LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    EXPECT_THAT(reply.body(), testing::Not(testing::HasSubstr(member)));
  }
  for (const char* member : {"TableArn", "TableId", "ItemCount", "TableSizeBytes",
                             "ProvisionedThroughput", "BillingModeSummary"}) {
    EXPECT_THAT(reply.body(), testing::HasSubstr(member));
  }
}

TEST(DeleteTable, ProtectedTablesStay) {
  TestDatabase database{table_named("abc")};
  database.expect_ok("UpdateTable", R"({"TableName":"abc","DeletionProtectionEnabled":true})");
  const TestReply reply = database.call("DeleteTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.error(), "ValidationException");
  EXPECT_EQ(reply.message(),
            "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection first.");
  database.expect_ok("UpdateTable", R"({"TableName":"abc","DeletionProtectionEnabled":false})");
  database.expect_ok("DeleteTable", R"({"TableName":"abc"})");
}

TEST(ListTables, PagesInAscendingOrder) {
  TestDatabase database{table_named("bbb"), table_named("ccc"), table_named("aaa")};
  EXPECT_EQ(database.call("ListTables", "{}").body(), R"({"TableNames":["aaa","bbb","ccc"]})");
  EXPECT_EQ(database.call("ListTables", R"({"Limit":2})").body(),
            R"({"TableNames":["aaa","bbb"],"LastEvaluatedTableName":"bbb"})");
  EXPECT_EQ(database.call("ListTables", R"({"Limit":1,"ExclusiveStartTableName":"bbb"})").body(),
            R"({"TableNames":["ccc"]})");
  EXPECT_EQ(database.call("ListTables", R"({"ExclusiveStartTableName":"aab"})").body(),
            R"({"TableNames":["bbb","ccc"]})");
  EXPECT_EQ(database.call("ListTables", R"({"Limit":3})").body(),
            R"({"TableNames":["aaa","bbb","ccc"]})");
}

TEST(ListTables, LimitsAreToldTogether) {
  TestDatabase database;
  EXPECT_EQ(
      database.call("ListTables", R"({"Limit":101,"ExclusiveStartTableName":"a;"})").message(),
      "3 validation errors detected: Value '101' at 'limit' failed to satisfy constraint: Member "
      "must have value less than or equal to 100; Value 'a;' at 'exclusiveStartTableName' failed "
      "to "
      "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value "
      "'a;' at 'exclusiveStartTableName' failed to satisfy constraint: Member must have length "
      "greater than or equal to 3");
  EXPECT_EQ(
      database.call("ListTables", R"({"Limit":0})").message(),
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
      "must have value greater than or equal to 1");
}

TEST(Tags, AreSetListedAndRemoved) {
  TestDatabase database{table_named("abc")};
  const auto with_arn = [](std::string_view rest) {
    return fmt::format(R"({{"ResourceArn":"{}abc"{}}})", kArn, rest);
  };
  EXPECT_EQ(database.call("ListTagsOfResource", with_arn("")).body(), R"({"Tags":[]})");
  EXPECT_EQ(database
                .expect_ok("TagResource", with_arn(R"(,"Tags":[{"Key":"a b","Value":""},)"
                                                   R"({"Key":"k","Value":"ä"}])"))
                .body(),
            "");
  database.expect_ok("TagResource", with_arn(R"(,"Tags":[{"Key":"k","Value":"w"}])"));
  EXPECT_EQ(database.call("ListTagsOfResource", with_arn("")).body(),
            R"({"Tags":[{"Key":"a b","Value":""},{"Key":"k","Value":"w"}]})");
  EXPECT_EQ(database.expect_ok("UntagResource", with_arn(R"(,"TagKeys":["a b","missing"])")).body(),
            "");
  EXPECT_EQ(database.call("ListTagsOfResource", with_arn("")).body(),
            R"({"Tags":[{"Key":"k","Value":"w"}]})");
}

TEST(Tags, FiftyAtMost) {
  TestDatabase database{table_named("abc")};
  const auto tag = [&](int first, int last) {
    std::string tags;
    for (int i = first; i < last; ++i) {
      tags += fmt::format(R"({}{{"Key":"{}","Value":"{}"}})", i > first ? "," : "", i, i);
    }
    return database.call("TagResource",
                         fmt::format(R"({{"ResourceArn":"{}abc","Tags":[{}]}})", kArn, tags));
  };
  EXPECT_TRUE(tag(0, 30).ok());
  EXPECT_TRUE(tag(20, 50).ok());
  const TestReply reply = tag(49, 51);
  EXPECT_EQ(reply.error(), "ValidationException");
  EXPECT_EQ(reply.message(),
            "Number of Tags exceed the current limit for the provided ResourceArn");
}

TEST(Tags, ArnsAreCheckedBeforeTags) {
  TestDatabase database;
  EXPECT_EQ(database.call("TagResource", "{}").message(), "Invalid TableArn");
  const auto message = [&](std::string_view arn) {
    return database.call("ListTagsOfResource", fmt::format(R"({{"ResourceArn":"{}"}})", arn))
        .message();
  };
  const std::string invalid = "One or more parameter values were invalid: ";
  EXPECT_EQ(message("abc"), invalid + "ARNs must start with 'arn:': abc");
  EXPECT_EQ(message("arn:aws"), invalid + "Second colon partition not found: arn:aws");
  EXPECT_EQ(message("arn:aws:x"), invalid + "Third colon vendor not found: arn:aws:x");
  EXPECT_EQ(message("arn:aws:x:y"),
            invalid + "Fourth colon (region/namespace delimiter) not found: arn:aws:x:y");
  EXPECT_EQ(message("arn:aws:x:y:z"),
            invalid + "Fifth colon (namespace/relative-id delimiter) not found: arn:aws:x:y:z");
  EXPECT_EQ(message("arn:aws:s3:::b"),
            invalid + "Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::b");
  EXPECT_EQ(message(kArn + "abc/index/i"),
            invalid +
                "Invalid resource arn provided, only table or stream is accepted. Provided "
                "resource arn: " +
                kArn + "abc/index/i");
  EXPECT_EQ(message("arn:aws:dynamodb:a:b:c/d"),
            "Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb:a:b:c/d");
  EXPECT_EQ(message(kArn + "abc/stream/x"),
            "Requested resource not found: ResourceArn: " + kArn + "abc/stream/x not found");
  const std::string missing = fmt::format(R"({{"ResourceArn":"{}abc"}})", kArn);
  EXPECT_EQ(
      database.call("TagResource", missing).message(),
      "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member "
      "must not be null");
  EXPECT_EQ(database.call("UntagResource", missing).message(),
            "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: "
            "Member must not be null");
  const TestReply gone = database.call("ListTagsOfResource", missing);
  EXPECT_EQ(gone.error(), "ResourceNotFoundException");
  EXPECT_EQ(gone.message(), "Requested resource not found: ResourceArn: " + kArn + "abc not found");
  EXPECT_EQ(
      database.call("TagResource", fmt::format(R"({{"ResourceArn":"{}abc","Tags":[]}})", kArn))
          .message(),
      "Atleast one Tag needs to be provided as Input.");
}

TEST(Tags, KeysToRemoveAreKeysATagCanHave) {
  TestDatabase database{table_named("abc")};
  const auto untag = [&](std::string_view key) {
    return database.call("UntagResource",
                         fmt::format(R"({{"ResourceArn":"{}abc","TagKeys":["{}"]}})", kArn, key));
  };
  EXPECT_EQ(untag("").message(), "The Tag Key provided is invalid, Key: ");
  EXPECT_EQ(untag("a?").message(), "The Tag Key provided is invalid, Key: a?");
  EXPECT_TRUE(untag("a").ok());
}

TEST(Descriptions, OfWhatParleyHasNot) {
  TestDatabase database{table_named("abc")};
  EXPECT_EQ(database.call("DescribeTimeToLive", R"({"TableName":"abc"})").body(),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  EXPECT_EQ(database.call("DescribeContinuousBackups", R"({"TableName":"abc"})").body(),
            R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",)"
            R"("PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}})");
  const TestReply missing = database.call("DescribeContinuousBackups", R"({"TableName":"abd"})");
  EXPECT_EQ(missing.error(), "TableNotFoundException");
  EXPECT_EQ(missing.message(), "Table not found: abd");
}

TEST(Descriptions, OfTheAccount) {
  TestDatabase database;
  EXPECT_EQ(database.call("DescribeLimits", "{}").body(),
            R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
            R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
  EXPECT_EQ(database.call("DescribeEndpoints", "{}").body(),
            R"({"Endpoints":[{"Address":"dynamodb.us-east-1.amazonaws.com",)"
            R"("CachePeriodInMinutes":1440}]})");
}

}  // namespace
}  // namespace parley::api
