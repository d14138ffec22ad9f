#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "api/test_database.h"
#include "api/test_table_inputs.h"

namespace parley::api {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

const std::string kInvalid = "One or more parameter values were invalid: ";

const std::string kUnits =
    R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})";

std::string update(std::string_view rest) {
  return fmt::format(R"({{"TableName":"abc",{}}})", rest);
}

std::string index_updates(std::string_view list) {
  return fmt::format(R"("GlobalSecondaryIndexUpdates":[{}])", list);
}

std::string create_index(const std::string& index) {
  return index_updates(fmt::format(R"({{"Create":{}}})", index));
}

/// abc (a HASH, b RANGE) with the local index lsi and the global index gsi, on demand.
std::string on_demand_table() {
  return table_input(definitions({"a", "b", "c"}), key_schema({"a", "b"}),
                     fmt::format(R"("LocalSecondaryIndexes":[{}],"GlobalSecondaryIndexes":[{}])",
                                 index_input("lsi", key_schema({"a", "c"})),
                                 index_input("gsi", key_schema({"c"}))));
}

/// abc (a HASH) with the global index gsi, provisioned.
std::string provisioned_table() {
  return fmt::format(
      R"({{"TableName":"abc","AttributeDefinitions":{},"KeySchema":{},{},"GlobalSecondaryIndexes":[{}]}})",
      definitions({"a", "c"}), key_schema({"a"}), kUnits,
      index_input("gsi", key_schema({"c"}), R"({"ProjectionType":"ALL"})", kUnits));
}

void expect_errors(const std::string& table, std::string_view error, const Facts& facts) {
  TestDatabase database{table};
  for (const auto& [input, message] : facts) {
    const TestReply reply = database.call("UpdateTable", input);
    EXPECT_EQ(reply.error(), error) << input << '\n' << reply.body();
    EXPECT_EQ(reply.message(), message) << input;
  }
}

TEST(UpdateTable, SomethingMustChange) {
  const std::string message =
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
      "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
      "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
      "OnDemandThroughput, WarmThroughput or TableClass is required";
  expect_errors(on_demand_table(), "ValidationException",
                {
                    {R"({"TableName":"abc"})", message},
                    {R"({"TableName":"missing"})", message},
                    {update(index_updates("")), message},
                    {update(R"("AttributeDefinitions":)" + definitions({"a"})), message},
                    {update(index_updates("") + R"(,"DeletionProtectionEnabled":true)"),
                     kInvalid + "List of GlobalSecondaryIndexUpdates is empty"},
                });
}

TEST(UpdateTable, ShapeErrorsComeFirst) {
  expect_errors(
      on_demand_table(), "ValidationException",
      {
          {"{}", "The parameter 'TableName' is required but was not present in the request"},
          {R"({"TableName":"a"})",
           "TableName must be at least 3 characters long and at most 255 characters long"},
          {R"({"TableName":"abc;","ProvisionedThroughput":{"WriteCapacityUnits":-1},)" +
               index_updates(R"({"Update":{"IndexName":"a"}},{"Create":{}})") + "}",
           "7 validation errors detected: Value 'abc;' at 'tableName' failed to satisfy "
           "constraint: "
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '-1' at "
           "'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member must "
           "have value greater than or equal to 1; Value null at "
           "'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must "
           "not "
           "be null; Value 'a' at 'globalSecondaryIndexUpdates.1.member.update.indexName' failed "
           "to "
           "satisfy constraint: Member must have length greater than or equal to 3; Value null at "
           "'globalSecondaryIndexUpdates.2.member.create.projection' failed to satisfy constraint: "
           "Member must not be null; Value null at "
           "'globalSecondaryIndexUpdates.2.member.create.indexName' failed to satisfy constraint: "
           "Member must not be null; Value null at "
           "'globalSecondaryIndexUpdates.2.member.create.keySchema' failed to satisfy constraint: "
           "Member must not be null"},
      });
}

TEST(UpdateTable, SettingsChangeAlone) {
  const std::string stream =
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})";
  const std::string sse = R"("SSESpecification":{"Enabled":true})";
  const std::string table_class = R"("TableClass":"STANDARD")";
  const std::string protection = R"("DeletionProtectionEnabled":true)";
  const std::string warm = R"("WarmThroughput":{"ReadUnitsPerSecond":13000})";
  const std::string ceiling = R"("OnDemandThroughput":{"MaxReadRequestUnits":5})";
  const std::string create = R"("AttributeDefinitions":)" + definitions({"x"}) + "," +
                             create_index(index_input("new", key_schema({"x"})));
  const std::string remove = index_updates(R"({"Delete":{"IndexName":"gsi"}})");
  expect_errors(
      on_demand_table(), "ValidationException",
      {
          {update(sse + "," + table_class + "," + protection),
           kInvalid +
               "Server-Side Encryption modification must be the only operation in the request"},
          {update(table_class + "," + protection),
           kInvalid + "TableClass modification must be the only operation in the request"},
          {update(protection + "," + warm),
           kInvalid + "DeletionProtection modification must be the only operation in the request"},
          {update(create + "," + protection),
           kInvalid + "DeletionProtection modification must be the only operation in the request"},
          {update(warm + "," + stream),
           kInvalid + "WarmThroughput must be the only operation in the request"},
          {update(warm + "," + create),
           kInvalid +
               "Create global secondary index cannot be specified when updating WarmThroughput"},
          {update(ceiling + "," + stream), kInvalid + "OnDemandThroughput can only be combined "
                                                      "with BillingMode in an UpdateTable request"},
          {update(stream + "," + kUnits),
           kInvalid + "You cannot modify stream status while updating table IOPS"},
          {update(create + "," + kUnits),
           kInvalid + "You cannot create or delete index while updating table IOPS"},
          {update(remove + "," + stream),
           kInvalid + "You cannot create or delete index while changing stream status"},
      });
}

TEST(UpdateTable, BillingModeDecidesAboutThroughput) {
  const std::string neither =
      kInvalid +
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
      "PAY_PER_REQUEST";
  expect_errors(
      on_demand_table(), "ValidationException",
      {
          {update(R"("BillingMode":"PROVISIONED")"),
           kInvalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"},
          {update(R"("BillingMode":"PAY_PER_REQUEST",)" + kUnits), neither},
          {update(kUnits), neither},
          {update(R"("BillingMode":"PROVISIONED",)" + kUnits),
           kInvalid + "ProvisionedThroughput must be specified for index: gsi"},
          {update(index_updates(R"({"Update":{"IndexName":"gsi",)" + kUnits + "}}")),
           kInvalid + "The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST "
                      "can be to OnDemandThroughput, WarmThroughput"},
          {update(index_updates(R"({"Update":{"IndexName":"gsi"}})")),
           kInvalid + "The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST "
                      "can be to OnDemandThroughput, WarmThroughput"},
          {update(index_updates(R"({"Update":{"IndexName":"gsi","OnDemandThroughput":{}}})")),
           kInvalid + "The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST "
                      "can be to OnDemandThroughput, WarmThroughput"},
          {update(index_updates(R"({"Update":{"IndexName":"none","WarmThroughput":{}}})")),
           kInvalid + "WarmThroughput must have at least one of ReadUnitsPerSecond or "
                      "WriteUnitsPerSecond specified for index: none"},
          {update(R"("WarmThroughput":{"ReadUnitsPerSecond":11999})"),
           kInvalid + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
                      "current WarmThroughput, decreasing WarmThroughput is not supported"},
          {update(index_updates(
               R"({"Update":{"IndexName":"gsi","WarmThroughput":{"WriteUnitsPerSecond":1}}})")),
           kInvalid +
               "Requested WriteUnitsPerSecond for WarmThroughput for index gsi is lower than "
               "current WarmThroughput, decreasing WarmThroughput is not supported"},
          {update(R"("OnDemandThroughput":{"MaxReadRequestUnits":0})"),
           kInvalid +
               "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of "
               "valid range"},
      });
  expect_errors(
      provisioned_table(), "ValidationException",
      {
          {update(kUnits),
           "The provisioned throughput for the table will not change. The requested value equals "
           "the current value. Current ReadCapacityUnits provisioned for the table: 1. Requested "
           "ReadCapacityUnits: 1. Current WriteCapacityUnits provisioned for the table: 1. "
           "Requested WriteCapacityUnits: 1. Refer to the Amazon DynamoDB Developer Guide for "
           "current limits and how to request higher limits."},
          {update(R"("AttributeDefinitions":)" + definitions({"x"}) + "," +
                  create_index(index_input("new", key_schema({"x"})))),
           kInvalid + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: "
                      "new"},
          {update(R"("OnDemandThroughput":{"MaxReadRequestUnits":5})"),
           kInvalid + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the "
                      "table BillingMode is PROVISIONED"},
      });
}

TEST(UpdateTable, IndexUpdatesNameOneActionAndOneIndexEach) {
  expect_errors(
      on_demand_table(), "ValidationException",
      {
          {update(index_updates("{}")),
           kInvalid +
               "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
               "GlobalSecondaryIndexUpdate.Delete must not be null"},
          {update(index_updates(R"({"Delete":{"IndexName":"gsi"},"Update":{"IndexName":"gsi"}})")),
           kInvalid + "Only one global secondary index action is allowed per "
                      "GlobalSecondaryIndexUpdate object"},
          {update(
               index_updates(R"({"Delete":{"IndexName":"gsi"}},{"Update":{"IndexName":"gsi"}})")),
           kInvalid + "Only one global secondary index update per index is allowed simultaneously. "
                      "Index: gsi"},
          {update(create_index(index_input("new", key_schema({"x"})))),
           kInvalid + "AttributeDefinitions is not specified for index: new"},
          {update(R"("AttributeDefinitions":)" + definitions({"y"}) + "," +
                  create_index(index_input("new", key_schema({"x"})))),
           kInvalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: "
                      "[x], AttributeDefinitions: [y]"},
          {update(R"("AttributeDefinitions":)" + definitions({"x"}) + "," +
                  create_index(index_input("gsi", key_schema({"x"})))),
           "Attempting to create an index which already exists"},
          {update(R"("AttributeDefinitions":)" + definitions({"x"}) + "," +
                  create_index(index_input("lsi", key_schema({"x"})))),
           "Attempting to create an index which already exists"},
          {update(index_updates(R"({"Delete":{"IndexName":"lsi"}})")),
           "Cannot delete an index that is not a GlobalSecondaryIndex: lsi"},
          {update(index_updates(
               R"({"Update":{"IndexName":"lsi","OnDemandThroughput":{"MaxReadRequestUnits":5}}})")),
           "Cannot update an index that is not a GlobalSecondaryIndex: lsi"},
      });
  expect_errors(on_demand_table(), "LimitExceededException",
                {
                    {update(index_updates(
                         R"({"Delete":{"IndexName":"gsi"}},{"Delete":{"IndexName":"gs2"}})")),
                     "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                     "simultaneously "
                     "per table"},
                });
  expect_errors(on_demand_table(), "ResourceNotFoundException",
                {
                    {update(index_updates(R"({"Delete":{"IndexName":"ghost"}})")),
                     "Requested resource not found: Index ghost for table abc"},
                    {R"({"TableName":"missing","DeletionProtectionEnabled":true})",
                     "Requested resource not found: Table: missing not found"},
                });
}

TEST(UpdateTable, SaysActiveWhereAwsDoesTheChangeBesideTheTable) {
  TestDatabase database{on_demand_table()};
  const auto status = [&](std::string_view rest) {
    return database.expect_ok("UpdateTable", update(rest)).text("/TableDescription/TableStatus");
  };
  for (const std::string_view change :
       {R"("SSESpecification":{"Enabled":true})", R"("DeletionProtectionEnabled":true)",
        R"("OnDemandThroughput":{"MaxReadRequestUnits":5})",
        R"("WarmThroughput":{"ReadUnitsPerSecond":12001})",
        R"("GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"gsi",)"
        R"("OnDemandThroughput":{"MaxReadRequestUnits":5}}}])"}) {
    EXPECT_EQ(status(change), "ACTIVE") << change;
  }
  EXPECT_EQ(status(R"("TableClass":"STANDARD_INFREQUENT_ACCESS")"), "UPDATING");
}

TEST(UpdateTable, ThroughputWithoutFiguresIsNone) {
  TestDatabase database{on_demand_table()};
  database.expect_ok("UpdateTable", update(R"("WarmThroughput":{},"TableClass":"STANDARD")"));
  database.expect_ok("UpdateTable",
                     update(R"("OnDemandThroughput":{},"BillingMode":"PAY_PER_REQUEST")"));
  EXPECT_EQ(
      database.call("DescribeTable", R"({"TableName":"abc"})").json("/Table/OnDemandThroughput"),
      "");
  EXPECT_TRUE(database.call("UpdateTable", update(R"("WarmThroughput":{})"))
                  .message()
                  .starts_with("At least one of ProvisionedThroughput, "));
}

TEST(UpdateTable, StreamsAndEncryptionGoOnAndOffOnce) {
  TestDatabase database{on_demand_table()};
  const auto message = [&](std::string_view rest) {
    return database.call("UpdateTable", update(rest)).message();
  };
  const std::string on =
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})";
  EXPECT_EQ(message(R"("StreamSpecification":{"StreamEnabled":true})"),
            kInvalid + "If stream is being enabled then UpdateViewType is required");
  EXPECT_EQ(
      message(R"("StreamSpecification":{"StreamEnabled":false,"StreamViewType":"KEYS_ONLY"})"),
      kInvalid + "If stream is being disabled, then UpdateViewType must not be specified");
  EXPECT_EQ(message(R"("StreamSpecification":{"StreamEnabled":false})"),
            "Table has no stream to disable: TableName: abc");
  database.expect_ok("UpdateTable", update(on));
  EXPECT_EQ(message(on), "Table already has an enabled stream: TableName: abc");
  database.expect_ok("UpdateTable", update(R"("StreamSpecification":{"StreamEnabled":false})"));
  const TestReply reply = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.json("/Table/StreamSpecification"), "");
  EXPECT_NE(reply.json("/Table/LatestStreamArn"), "");

  EXPECT_EQ(message(R"("SSESpecification":{"Enabled":false})"),
            kInvalid + "Table is already encrypted by default");
  const std::string changing = R"({"Status":"UPDATING","SSEType":"KMS",)"
                               R"("KMSMasterKeyArn":"arn:aws:kms:us-east-1:000000000001:alias/k"})";
  EXPECT_EQ(database
                .expect_ok("UpdateTable", update(R"("SSESpecification":{"SSEType":"KMS",)"
                                                 R"("KMSMasterKeyId":"alias/k"})"))
                .json("/TableDescription/SSEDescription"),
            changing);
  EXPECT_EQ(database.call("DescribeTable", R"({"TableName":"abc"})")
                .text("/Table/SSEDescription/KMSMasterKeyArn"),
            "arn:aws:kms:us-east-1:000000000001:alias/k");
  const std::string arn = "arn:aws:kms:us-east-1:000000000001:alias/k";
  database.expect_ok("UpdateTable",
                     update(R"("SSESpecification":{"SSEType":"KMS","KMSMasterKeyId":"alias/k"})"));
  EXPECT_EQ(message(R"("SSESpecification":{"SSEType":"KMS","KMSMasterKeyId":")" + arn + R"("})"),
            kInvalid +
                "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId "
                "parameter if you want to change Master Key");
  EXPECT_EQ(database.expect_ok("UpdateTable", update(R"("SSESpecification":{"Enabled":false})"))
                .json("/TableDescription/SSEDescription"),
            changing);
  EXPECT_EQ(database.call("DescribeTable", R"({"TableName":"abc"})").json("/Table/SSEDescription"),
            "");
}

TEST(UpdateTable, ThroughputGoesUpAndDown) {
  TestDatabase database{provisioned_table()};
  const std::string more =
      R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":1})";
  database.advance(std::chrono::seconds(1));
  const TestReply reply = database.expect_ok("UpdateTable", update(more));
  EXPECT_EQ(reply.text("/TableDescription/TableStatus"), "UPDATING");
  database.advance(std::chrono::seconds(1));
  database.expect_ok("UpdateTable", update(kUnits));
  EXPECT_EQ(
      database.call("DescribeTable", R"({"TableName":"abc"})").json("/Table/ProvisionedThroughput"),
      R"({"LastIncreaseDateTime":1767323046.678,"LastDecreaseDateTime":1767323047.678,)"
      R"("NumberOfDecreasesToday":1,"ReadCapacityUnits":1,"WriteCapacityUnits":1})");
}

TEST(UpdateTable, BillingModesSwitchBothWays) {
  TestDatabase database{provisioned_table()};
  database.expect_ok("UpdateTable", update(R"("BillingMode":"PAY_PER_REQUEST")"));
  TestReply reply = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.text("/Table/BillingModeSummary/BillingMode"), "PAY_PER_REQUEST");
  EXPECT_EQ(reply.text("/Table/ProvisionedThroughput/ReadCapacityUnits"), "0");
  database.expect_ok("UpdateTable",
                     update(R"("BillingMode":"PROVISIONED",)" + kUnits + "," +
                            index_updates(R"({"Update":{"IndexName":"gsi",)" + kUnits + "}}")));
  reply = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.text("/Table/BillingModeSummary/BillingMode"), "PROVISIONED");
  EXPECT_EQ(reply.text("/Table/GlobalSecondaryIndexes/0/ProvisionedThroughput/WriteCapacityUnits"),
            "1");
}

TEST(UpdateTable, CeilingsAndWarmthKeepTheFigureThatIsNotNamed) {
  TestDatabase database{on_demand_table()};
  const auto table = [&](std::string_view pointer) {
    return database.call("DescribeTable", R"({"TableName":"abc"})").json(pointer);
  };
  for (const std::string_view change : {R"("OnDemandThroughput":{"MaxReadRequestUnits":5})",
                                        R"("OnDemandThroughput":{"MaxWriteRequestUnits":6})",
                                        R"("WarmThroughput":{"ReadUnitsPerSecond":12001})",
                                        R"("WarmThroughput":{"WriteUnitsPerSecond":4001})"}) {
    database.expect_ok("UpdateTable", update(change));
    database.expect_ok(
        "UpdateTable",
        update(index_updates(fmt::format(R"({{"Update":{{"IndexName":"gsi",{}}}}})", change))));
  }
  for (const std::string parent : {"/Table", "/Table/GlobalSecondaryIndexes/0"}) {
    EXPECT_EQ(table(parent + "/OnDemandThroughput"),
              R"({"MaxReadRequestUnits":5,"MaxWriteRequestUnits":6})");
    EXPECT_EQ(table(parent + "/WarmThroughput"),
              R"({"ReadUnitsPerSecond":12001,"WriteUnitsPerSecond":4001,"Status":"ACTIVE"})");
  }
  database.expect_ok("UpdateTable", update(R"("OnDemandThroughput":{"MaxReadRequestUnits":-1})"));
  EXPECT_EQ(table("/Table/OnDemandThroughput"),
            R"({"MaxReadRequestUnits":-1,"MaxWriteRequestUnits":6})");

  database.expect_ok("UpdateTable",
                     update(R"("BillingMode":"PROVISIONED",)" + kUnits + "," +
                            index_updates(R"({"Update":{"IndexName":"gsi",)" + kUnits + "}}")));
  EXPECT_EQ(table("/Table/OnDemandThroughput"), "");
  EXPECT_EQ(table("/Table/GlobalSecondaryIndexes/0/OnDemandThroughput"), "");
}

TEST(UpdateTable, IndexesComeAndGo) {
  TestDatabase database{on_demand_table()};
  database.expect_ok("PutItem",
                     R"({"TableName":"abc","Item":{"a":{"S":"1"},"b":{"S":"2"},"x":{"N":"3"}}})");
  const TestReply reply = database.expect_ok(
      "UpdateTable", update(R"("AttributeDefinitions":)" + definitions({"x:N", "a:N"}) + "," +
                            create_index(index_input("new", key_schema({"x"})))));
  EXPECT_EQ(reply.text("/TableDescription/GlobalSecondaryIndexes/1/IndexStatus"), "CREATING");
  EXPECT_EQ(reply.text("/TableDescription/GlobalSecondaryIndexes/1/Backfilling"), "false");
  TestReply table = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(table.text("/Table/GlobalSecondaryIndexes/1/IndexStatus"), "ACTIVE");
  EXPECT_EQ(table.text("/Table/GlobalSecondaryIndexes/1/ItemCount"), "1");
  EXPECT_EQ(table.json("/Table/AttributeDefinitions"), definitions({"a", "b", "c", "x:N"}));
  EXPECT_EQ(database.call("Scan", R"({"TableName":"abc","IndexName":"new"})").text("/Count"), "1");

  database.expect_ok("UpdateTable", update(index_updates(R"({"Delete":{"IndexName":"new"}})")));
  table = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(table.json("/Table/GlobalSecondaryIndexes/1"), "");
  EXPECT_EQ(table.json("/Table/AttributeDefinitions"), definitions({"a", "b", "c"}));
}

TEST(UpdateTable, WhatParleyLacksIsRefused) {
  expect_errors(on_demand_table(), "ValidationException",
                {{update(R"("ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}])"),
                  kInvalid + "Parley does not support ReplicaUpdates yet"}});
}

}  // namespace
}  // namespace parley::api
