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

void expect_refused(const Facts& facts) {
  TestDatabase database;
  for (const auto& [input, message] : facts) {
    const TestReply reply = database.call("CreateTable", input);
    EXPECT_EQ(reply.error(), "ValidationException") << input << '\n' << reply.body();
    EXPECT_EQ(reply.message(), message) << input;
  }
  EXPECT_EQ(database.call("ListTables", "{}").body(), R"({"TableNames":[]})");
}

std::string provisioned(std::string_view rest) {
  return fmt::format(R"({{"TableName":"abc","AttributeDefinitions":{},"KeySchema":{},{}}})",
                     definitions({"a"}), key_schema({"a"}), rest);
}

std::string globals(const std::string& index) {
  return fmt::format(R"("GlobalSecondaryIndexes":[{}])", index);
}

std::string locals(const std::string& index) {
  return fmt::format(R"("LocalSecondaryIndexes":[{}])", index);
}

const std::string kSeeOnDemand =
    ". See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";

TEST(CreateTable, ShapeErrorsComeFirstAndTogether) {
  expect_refused({
      {"{}", "The parameter 'TableName' is required but was not present in the request"},
      {R"({"TableName":"ab","AttributeDefinitions":[],"KeySchema":[]})",
       "2 validation errors detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
       "Member must have length greater than or equal to 3; Value '[]' at 'keySchema' failed to "
       "satisfy constraint: Member must have length greater than or equal to 1"},
      {R"({"TableName":"abc;"})",
       "3 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy "
       "constraint: Member must not be null; Value 'abc;' at 'tableName' failed to satisfy "
       "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value null at "
       "'keySchema' failed to satisfy constraint: Member must not be null"},
      {R"({"TableName":"abc","AttributeDefinitions":[{}],"KeySchema":[],"BillingMode":"x",)"
       R"("ProvisionedThroughput":{"ReadCapacityUnits":0}})",
       "6 validation errors detected: Value null at 'attributeDefinitions.1.member.attributeName' "
       "failed to satisfy constraint: Member must not be null; Value null at "
       "'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must "
       "not "
       "be null; Value 'x' at 'billingMode' failed to satisfy constraint: Member must satisfy enum "
       "value set: [PROVISIONED, PAY_PER_REQUEST]; Value null at "
       "'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member must not "
       "be "
       "null; Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: "
       "Member must have value greater than or equal to 1; Value '[]' at 'keySchema' failed to "
       "satisfy constraint: Member must have length greater than or equal to 1"},
      {table_input(definitions({"b:SS"}), key_schema({"a"})),
       "1 validation error detected: Value 'SS' at 'attributeDefinitions.1.member.attributeType' "
       "failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]"},
      {table_input(definitions({"a", "b"}), key_schema({"a"}), R"("LocalSecondaryIndexes":[{}])"),
       "3 validation errors detected: Value null at 'localSecondaryIndexes.1.member.indexName' "
       "failed to satisfy constraint: Member must not be null; Value null at "
       "'localSecondaryIndexes.1.member.keySchema' failed to satisfy constraint: Member must not "
       "be "
       "null; Value null at 'localSecondaryIndexes.1.member.projection' failed to satisfy "
       "constraint: Member must not be null"},
      {table_input(
           definitions({"a", "b"}), key_schema({"a"}),
           globals(index_input("h;", "[]", R"({"NonKeyAttributes":[],"ProjectionType":"x"})"))),
       "5 validation errors detected: Value 'h;' at 'globalSecondaryIndexes.1.member.indexName' "
       "failed to satisfy constraint: Member must satisfy regular expression pattern: "
       "[a-zA-Z0-9_.-]+; Value 'h;' at 'globalSecondaryIndexes.1.member.indexName' failed to "
       "satisfy "
       "constraint: Member must have length greater than or equal to 3; Value '[]' at "
       "'globalSecondaryIndexes.1.member.keySchema' failed to satisfy constraint: Member must have "
       "length greater than or equal to 1; Value 'x' at "
       "'globalSecondaryIndexes.1.member.projection.projectionType' failed to satisfy constraint: "
       "Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]; Value '[]' at "
       "'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to satisfy "
       "constraint: "
       "Member must have length greater than or equal to 1"},
  });
}

TEST(CreateTable, WrongTypesAreSerializationExceptions) {
  TestDatabase database;
  EXPECT_EQ(database.call("CreateTable", R"({"TableName":5})").message(),
            "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(database.call("CreateTable", R"({"TableName":"a","KeySchema":[5]})").message(),
            "Unexpected value type in payload");
}

TEST(CreateTable, BillingModeDecidesAboutThroughput) {
  expect_refused({
      {table_input(definitions({"a"}), key_schema({"a"}),
                   R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
       kInvalid +
           "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
           "PAY_PER_REQUEST"},
      {provisioned(R"("BillingMode":"PROVISIONED")"),
       kInvalid +
           "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
           "PROVISIONED"},
      {provisioned(R"("Tags":[])"),
       kInvalid +
           "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
           "PROVISIONED"},
      {provisioned(
           R"("ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,"WriteCapacityUnits":1000000000001})"),
       "Given value 1000000000001 for ReadCapacityUnits is out of bounds"},
      {provisioned(
           R"("ProvisionedThroughput":{"ReadCapacityUnits":1000000000000,"WriteCapacityUnits":1000000000001})"),
       "Given value 1000000000001 for WriteCapacityUnits is out of bounds"},
      {provisioned(
           R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},"OnDemandThroughput":{"MaxReadRequestUnits":5})"),
       kInvalid + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
                  "BillingMode is PROVISIONED"},
      {table_input(definitions({"a"}), key_schema({"a"}),
                   R"("OnDemandThroughput":{"MaxWriteRequestUnits":0})"),
       kInvalid + "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of "
                  "valid range"},
      {table_input(definitions({"a"}), key_schema({"a"}),
                   R"("WarmThroughput":{"ReadUnitsPerSecond":11999})"),
       kInvalid +
           "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial "
           "throughput for OnDemand" +
           kSeeOnDemand},
      {provisioned(
           R"("ProvisionedThroughput":{"ReadCapacityUnits":9,"WriteCapacityUnits":9},"WarmThroughput":{"WriteUnitsPerSecond":8})"),
       kInvalid + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than "
                  "WriteCapacityUnits of ProvisionedThroughput"},
  });
}

TEST(CreateTable, KeysAndDefinitionsMatchExactly) {
  const std::string same =
      "Both the Hash Key and the Range Key element in the KeySchema have the same name";
  const std::string undefined = "Invalid KeySchema: Some index key attribute have no definition";
  const std::string mismatch =
      kInvalid +
      "Number of attributes in KeySchema does not exactly match number of attributes defined in "
      "AttributeDefinitions";
  expect_refused({
      {table_input(definitions({}), key_schema({"a", "a:HASH"})), undefined},
      {table_input(definitions({"b"}), key_schema({"a", "a:HASH"})), undefined},
      {table_input(definitions({"b"}), key_schema({"a", "b"})), undefined},
      {table_input(definitions({"b"}), key_schema({"a"})),
       kInvalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], "
                  "AttributeDefinitions: [b]"},
      {table_input(definitions({"a", "b"}), key_schema({"a", "a:HASH"})), same},
      {table_input(definitions({"a", "b"}), key_schema({"a", "b:HASH"})),
       "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
      {table_input(definitions({"a", "b"}), key_schema({"a:RANGE", "b:HASH"})),
       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
      {table_input(definitions({"a"}), key_schema({"a:RANGE"})),
       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
      {table_input(definitions({"a", "c", "b"}), key_schema({"a", "b"})), mismatch},
      {table_input(definitions({"a", "b"}), key_schema({"a"})), mismatch},
      {table_input(definitions({"a", "a:N"}), key_schema({"a"})),
       "Attribute Name is duplicated: a"},
  });
}

TEST(CreateTable, LocalIndexesShareTheHashKey) {
  const std::string ab = definitions({"a", "b"});
  const std::string key = key_schema({"a", "b"});
  const auto with = [&](const std::string& index_key) {
    return table_input(ab, key, locals(index_input("abc", index_key)));
  };
  std::string six;
  for (int i = 0; i < 6; ++i) {
    if (i > 0) six += ',';
    six += index_input("lsi" + std::to_string(i), key);
  }
  expect_refused({
      {table_input(ab, key_schema({"a"}), R"("LocalSecondaryIndexes":[])"),
       kInvalid + "List of LocalSecondaryIndexes is empty"},
      {table_input(ab, key_schema({"a"}), locals(index_input("abc", key_schema({"c"})))),
       kInvalid + "Table KeySchema does not have a range key, which is required when specifying a "
                  "LocalSecondaryIndex"},
      {with(key_schema({"c:RANGE", "d"})),
       kInvalid +
           "Some index key attributes are not defined in AttributeDefinitions. Keys: [c, d], "
           "AttributeDefinitions: [a, b]"},
      {with(key_schema({"a:RANGE"})),
       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
      {with(key_schema({"a", "a"})),
       "Both the Hash Key and the Range Key element in the KeySchema have the same name"},
      {with(key_schema({"a", "b:HASH"})),
       "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
      {with(key_schema({"b"})),
       kInvalid + "Index KeySchema does not have a range key for index: abc"},
      {with(key_schema({"b", "a"})),
       kInvalid + "Index KeySchema does not have the same leading hash key as table KeySchema for "
                  "index: abc. index hash key: b, table hash key: a"},
      {table_input(ab, key, locals(six)),
       kInvalid + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"},
  });
}

TEST(CreateTable, GlobalIndexesTakeUpToFourHashAndFourRangeAttributes) {
  const auto with = [](const std::string& defined, const std::string& index_key) {
    return table_input(defined, key_schema({"a"}), globals(index_input("gsi", index_key)));
  };
  const std::string five = definitions({"a", "b", "c", "d", "e", "f"});
  expect_refused({
      {table_input(definitions({"a"}), key_schema({"a"}), R"("GlobalSecondaryIndexes":[])"),
       kInvalid + "List of GlobalSecondaryIndexes is empty"},
      {with(definitions({"a", "b"}), key_schema({"b:RANGE", "a:HASH"})),
       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
      {with(definitions({"a", "b", "c"}), key_schema({"a", "b", "c:HASH"})),
       kInvalid + "All HASH key attributes must precede RANGE key attributes in the KeySchema"},
      {with(five, key_schema({"b", "c:HASH", "d:HASH", "e:HASH", "f:HASH"})),
       kInvalid + "The KeySchema exceeds the maximum allowed number of HASH key attributes"},
      {with(five, key_schema({"a", "b", "c", "d", "e", "f"})),
       kInvalid + "The KeySchema exceeds the maximum allowed number of RANGE key attributes"},
      {with(definitions({"a", "b"}), key_schema({"b", "a:HASH", "b"})),
       "Invalid KeySchema: Duplicate key attribute in the KeySchema: b"},
      {with(definitions({"a"}), key_schema({"a", "a"})),
       "Both the Hash Key and the Range Key element in the KeySchema have the same name"},
      {with(definitions({"a", "b", "c"}), key_schema({"b"})),
       kInvalid + "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], keys "
                  "used: [a, b]"},
      {with(definitions({"a", "b"}), key_schema({"q"})),
       kInvalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [q], "
                  "AttributeDefinitions: [a, b]"},
  });
  TestDatabase database;
  database.expect_ok("CreateTable",
                     with(definitions({"a", "b", "c", "d", "e", "f", "g", "h"}),
                          key_schema({"a", "b:HASH", "c:HASH", "d:HASH", "e", "f", "g", "h"})));
  EXPECT_EQ(database.call("DescribeTable", R"({"TableName":"abc"})")
                .json("/Table/GlobalSecondaryIndexes/0/KeySchema"),
            key_schema({"a", "b:HASH", "c:HASH", "d:HASH", "e", "f", "g", "h"}));
}

TEST(CreateTable, ProjectionsNameTheirAttributes) {
  const auto with = [](const std::string& projection) {
    return table_input(definitions({"a", "b"}), key_schema({"a"}),
                       globals(index_input("gsi", key_schema({"b"}), projection)));
  };
  std::string many;
  for (int i = 0; i < 6; ++i) {
    std::string names;
    for (int j = 0; j < (i < 5 ? 20 : 1); ++j) {
      names += fmt::format("{}\"x{}\"", j > 0 ? "," : "", j);
    }
    many += fmt::format(
        "{}{}", i > 0 ? "," : "",
        index_input(
            "gsi" + std::to_string(i), key_schema({"b"}),
            fmt::format(R"({{"ProjectionType":"INCLUDE","NonKeyAttributes":[{}]}})", names)));
  }
  expect_refused({
      {with("{}"), kInvalid + "Unknown ProjectionType: null"},
      {with(R"({"NonKeyAttributes":["a"]})"), kInvalid + "Unknown ProjectionType: null"},
      {with(R"({"ProjectionType":"ALL","NonKeyAttributes":["a"]})"),
       kInvalid + "ProjectionType is ALL, but NonKeyAttributes is specified"},
      {with(R"({"ProjectionType":"KEYS_ONLY","NonKeyAttributes":["a"]})"),
       kInvalid + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified"},
      {with(R"({"ProjectionType":"INCLUDE"})"),
       kInvalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"},
      {with(R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["x","x"]})"),
       kInvalid + "Duplicate element in NonKeyAttributes: x"},
      {table_input(definitions({"a", "b"}), key_schema({"a"}), globals(many)),
       kInvalid + "Number of attributes projected into all indexes exceeds per-table limit of 100"},
  });
  TestDatabase database;
  database.expect_ok("CreateTable",
                     with(R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["z","a"]})"));
  EXPECT_EQ(database.call("DescribeTable", R"({"TableName":"abc"})")
                .json("/Table/GlobalSecondaryIndexes/0/Projection"),
            R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["a","z"]})");
}

TEST(CreateTable, IndexNamesAreUniqueAndLimited) {
  const std::string abc = definitions({"a", "b", "c"});
  const std::string gsi = index_input("dup", key_schema({"c"}));
  std::string many;
  for (int i = 0; i < 21; ++i) {
    many += fmt::format("{}{}", i > 0 ? "," : "",
                        index_input("gsi" + std::to_string(i), key_schema({"b"})));
  }
  expect_refused({
      {table_input(abc, key_schema({"a", "b"}), globals(gsi + "," + gsi)),
       kInvalid + "Duplicate index name: dup"},
      {table_input(abc, key_schema({"a", "b"}),
                   globals(gsi) + "," + locals(index_input("dup", key_schema({"a", "c"})))),
       kInvalid + "Duplicate index name: dup"},
      {table_input(definitions({"a", "b"}), key_schema({"a"}), globals(many)),
       kInvalid + "GlobalSecondaryIndex count exceeds the per-table limit of 20"},
  });
}

TEST(CreateTable, GlobalIndexesFollowTheTablesBillingMode) {
  const std::string units =
      R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})";
  const auto on_demand = [](const std::string& rest) {
    return table_input(
        definitions({"a", "b"}), key_schema({"a"}),
        globals(index_input("gsi", key_schema({"b"}), R"({"ProjectionType":"ALL"})", rest)));
  };
  expect_refused({
      {on_demand(units),
       kInvalid +
           "ProvisionedThroughput should not be specified for index: gsi when BillingMode is "
           "PAY_PER_REQUEST"},
      {fmt::format(R"({{"TableName":"abc","AttributeDefinitions":{},"KeySchema":{},{},{}}})",
                   definitions({"a", "b"}), key_schema({"a"}), units,
                   globals(index_input("gsi", key_schema({"b"})))),
       kInvalid + "ProvisionedThroughput is not specified for index: gsi"},
      {on_demand(R"("OnDemandThroughput":{"MaxReadRequestUnits":-1})"),
       kInvalid + "Requested MaxReadRequestUnits for OnDemandThroughput for index : gsi is outside "
                  "of valid range"},
      {on_demand(R"("WarmThroughput":{"ReadUnitsPerSecond":1})"),
       kInvalid +
           "Requested ReadUnitsPerSecond for WarmThroughput for index gsi is lower than "
           "initial throughput for OnDemand" +
           kSeeOnDemand},
  });
}

TEST(CreateTable, AKmsKeyHasAName) {
  TestDatabase database;
  EXPECT_EQ(database
                .call("CreateTable",
                      table_input(definitions({"a"}), key_schema({"a"}),
                                  R"("SSESpecification":{"SSEType":"KMS","KMSMasterKeyId":""})"))
                .message(),
            "1 validation error detected: Value '' at 'sSESpecification.kMSMasterKeyId' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1");
}

TEST(CreateTable, SettingsAreChecked) {
  const auto with = [](const std::string& rest) {
    return table_input(definitions({"a"}), key_schema({"a"}), rest);
  };
  std::string tags;
  for (int i = 0; i < 51; ++i) {
    tags += fmt::format(R"({}{{"Key":"k{}","Value":"v"}})", i > 0 ? "," : "", i);
  }
  expect_refused({
      {with(R"("StreamSpecification":{})"),
       "1 validation error detected: Value null at 'streamSpecification.streamEnabled' failed to "
       "satisfy constraint: Member must not be null"},
      {with(R"("StreamSpecification":{"StreamEnabled":true})"),
       kInvalid + "Table is being created with a stream enabled, UpdateViewType is required"},
      {with(R"("StreamSpecification":{"StreamEnabled":false,"StreamViewType":"KEYS_ONLY"})"),
       kInvalid +
           "Table is being created with a stream disabled, UpdateViewType should not be specified"},
      {with(R"("SSESpecification":{"Enabled":false,"SSEType":"KMS"})"),
       kInvalid + "SSEType can not be specified if Enabled is false"},
      {with(R"("SSESpecification":{"Enabled":false,"KMSMasterKeyId":"k"})"),
       kInvalid + "KMSMasterKeyId can not be specified if Enabled is false"},
      {with(R"("SSESpecification":{"Enabled":true,"KMSMasterKeyId":"k"})"),
       kInvalid + "SSEType KMS is required if KMSMasterKeyId is specified"},
      {with(R"("SSESpecification":{"Enabled":true,"SSEType":"AES256"})"),
       kInvalid + "SSEType AES256 is not supported"},
      {with(R"("TableClass":"standard")"),
       "Invalid table-class parameter provided. Please try again with a valid table-class value: "
       "[STANDARD, STANDARD_INFREQUENT_ACCESS]."},
      {with(R"("Tags":[{"Key":"","Value":"v"}])"), "The Tag Key provided is invalid, Key: "},
      {with(R"("Tags":[{"Value":"v"}])"), "The Tag Key provided is invalid, Key: null"},
      {with(R"("Tags":[{"Key":"k"}])"), "The Tag Value provided is invalid, Value: null"},
      {with(R"("Tags":[{"Key":"k","Value":"<>"}])"),
       "The Tag Value provided is invalid, Value: <>"},
      {with(R"("Tags":[{"Key":"aws:x","Value":""}])"),
       "Tag Key cannot be prefixed with aws:, Key: aws:x"},
      {with(R"("Tags":[{"Key":"k","Value":"v"},{"Key":"k","Value":"w"}])"),
       "Duplicate Tag Keys provided as input: Duplicate Tag Key found k"},
      {with(fmt::format(R"("Tags":[{}])", tags)),
       "Number of Tags exceed the current limit for the provided ResourceArn"},
      {with(R"("ResourcePolicy":"{}")"), kInvalid + "Parley does not support ResourcePolicy yet"},
  });
}

TEST(CreateTable, DescribesTheNewTable) {
  TestDatabase database;
  const TestReply created = database.expect_ok(
      "CreateTable", table_input(definitions({"b:N", "a", "c:B"}), key_schema({"a", "b"}),
                                 locals(index_input("lsi", key_schema({"a", "c"}),
                                                    R"({"ProjectionType":"KEYS_ONLY"})")) +
                                     "," + globals(index_input("gsi", key_schema({"c"})))));
  EXPECT_EQ(created.text("/TableDescription/TableStatus"), "CREATING");
  const TestReply reply = database.call("DescribeTable", R"({"TableName":"abc"})");
  const std::string id = reply.text("/Table/TableId");
  EXPECT_EQ(id.size(), 36U);
  const std::string arn = "arn:aws:dynamodb:us-east-1:000000000001:table/abc";
  EXPECT_EQ(
      reply.body(),
      fmt::format(
          R"({{"Table":{{"AttributeDefinitions":{},"TableName":"abc","KeySchema":{},)"
          R"("TableStatus":"ACTIVE","CreationDateTime":1767323045.678,"ProvisionedThroughput":)"
          R"({{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0}},)"
          R"("TableSizeBytes":0,"ItemCount":0,"TableArn":"{}","TableId":"{}",)"
          R"("LocalSecondaryIndexes":[{{"IndexName":"lsi","KeySchema":{},"Projection":)"
          R"({{"ProjectionType":"KEYS_ONLY"}},"IndexSizeBytes":0,"ItemCount":0,)"
          R"("IndexArn":"{}/index/lsi"}}],"GlobalSecondaryIndexes":[{{"IndexName":"gsi",)"
          R"("KeySchema":{},"Projection":{{"ProjectionType":"ALL"}},"IndexStatus":"ACTIVE",)"
          R"("ProvisionedThroughput":{{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)"
          R"("WriteCapacityUnits":0}},"WarmThroughput":{{"ReadUnitsPerSecond":12000,)"
          R"("WriteUnitsPerSecond":4000,"Status":"ACTIVE"}},"IndexSizeBytes":0,"ItemCount":0,)"
          R"("IndexArn":"{}/index/gsi"}}],"BillingModeSummary":{{"BillingMode":"PAY_PER_REQUEST",)"
          R"("LastUpdateToPayPerRequestDateTime":1767323045.678}},"DeletionProtectionEnabled":false,)"
          R"("WarmThroughput":{{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,)"
          R"("Status":"ACTIVE"}}}}}})",
          definitions({"a", "b:N", "c:B"}), key_schema({"a", "b"}), arn, id, key_schema({"a", "c"}),
          arn, key_schema({"c"}), arn));
}

TEST(CreateTable, KeepsEverySetting) {
  TestDatabase database{
      R"({"TableName":"abc","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
          "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
          "ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4},
          "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},
          "SSESpecification":{"Enabled":true},"Tags":[{"Key":"k","Value":"v"}],
          "TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true,
          "WarmThroughput":{"ReadUnitsPerSecond":10}})"};
  const TestReply reply = database.call("DescribeTable", R"({"TableName":"abc"})");
  EXPECT_EQ(reply.json("/Table/ProvisionedThroughput"),
            R"({"NumberOfDecreasesToday":0,"ReadCapacityUnits":3,"WriteCapacityUnits":4})");
  EXPECT_EQ(reply.json("/Table/StreamSpecification"),
            R"({"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})");
  const std::string label = reply.text("/Table/LatestStreamLabel");
  EXPECT_EQ(label, "2026-01-02T03:04:05.678");
  EXPECT_EQ(reply.text("/Table/LatestStreamArn"),
            "arn:aws:dynamodb:us-east-1:000000000001:table/abc/stream/" + label);
  EXPECT_EQ(
      reply.json("/Table/SSEDescription"),
      R"({"Status":"ENABLED","SSEType":"KMS",)"
      R"("KMSMasterKeyArn":"arn:aws:kms:us-east-1:000000000001:key/4d0f2c8e-6a57-4b1c-9e38-d2a1f5b07c64"})");
  EXPECT_EQ(reply.json("/Table/TableClassSummary"),
            R"({"TableClass":"STANDARD_INFREQUENT_ACCESS"})");
  EXPECT_EQ(reply.json("/Table/DeletionProtectionEnabled"), "true");
  EXPECT_EQ(reply.json("/Table/BillingModeSummary"), "");
  EXPECT_EQ(reply.json("/Table/WarmThroughput"),
            R"({"ReadUnitsPerSecond":10,"WriteUnitsPerSecond":4,"Status":"ACTIVE"})");
}

TEST(CreateTable, ANameIsTakenOnce) {
  TestDatabase database{table_input(definitions({"a"}), key_schema({"a"}))};
  const TestReply reply =
      database.call("CreateTable", table_input(definitions({"a"}), key_schema({"a"})));
  EXPECT_EQ(reply.error(), "ResourceInUseException");
  EXPECT_EQ(reply.message(), "Table already exists: abc");
}

TEST(CreateTable, AnArnNamesTheTable) {
  TestDatabase database;
  database.expect_ok(
      "CreateTable",
      R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000001:table/abc","AttributeDefinitions":)" +
          definitions({"a"}) + R"(,"KeySchema":)" + key_schema({"a"}) +
          R"(,"BillingMode":"PAY_PER_REQUEST"})");
  EXPECT_EQ(database.call("ListTables", "{}").body(), R"({"TableNames":["abc"]})");
  EXPECT_TRUE(database
                  .call("DescribeTable",
                        R"({"TableName":"arn:aws:dynamodb:eu-west-1:123456789012:table/abc"})")
                  .ok());
}

}  // namespace
}  // namespace parley::api
