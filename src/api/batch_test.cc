// BatchGetItem and BatchWriteItem.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

/// `count` elements made by `make(i)`, as a JSON array.
template <class Make>
std::string array_of(int count, Make make) {
  std::string out = "[";
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    out += make(std::to_string(i));
  }
  return out + "]";
}

std::string put_request(const std::string& key) {
  return R"({"PutRequest":{"Item":{"a":{"S":")" + key + R"("}}}})";
}
std::string key_of(const std::string& key) {
  return R"({"a":{"S":")" + key + R"("}})";
}

TEST(BatchWriteItem, PutsAndDeletesInSeveralTables) {
  TestDatabase database{kPlainTable, kIndexedTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"old"}}})");
  const auto reply = database.call("BatchWriteItem", R"({"RequestItems":{
      "Plain":[{"PutRequest":{"Item":{"a":{"S":"new"}}}},
               {"DeleteRequest":{"Key":{"a":{"S":"old"}}}}],
      "Indexed":[{"PutRequest":{"Item":{"a":{"S":"p"},"b":{"S":"1"},"c":{"S":"x"}}}},
                 {"PutRequest":{"Item":{"a":{"S":"p"},"b":{"S":"2"}}}}]},
    "ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE"})");
  EXPECT_EQ(reply.body(),
            R"({"UnprocessedItems":{},"ConsumedCapacity":[)"
            R"({"TableName":"Plain","CapacityUnits":2.0,"Table":{"CapacityUnits":2.0}},)"
            R"({"TableName":"Indexed","CapacityUnits":4.0,"Table":{"CapacityUnits":2.0},)"
            R"("LocalSecondaryIndexes":{"ByC":{"CapacityUnits":1.0}},)"
            R"("GlobalSecondaryIndexes":{"AllByC":{"CapacityUnits":1.0}}}],)"
            R"("ItemCollectionMetrics":{"Indexed":[{"ItemCollectionKey":{"a":{"S":"p"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}]}})");
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").json("/Items"),
            R"([{"a":{"S":"new"}}])");
}

TEST(BatchWriteItem, IsRefusedWhole) {
  TestDatabase database{kPlainTable, kNumbersTable};
  constexpr std::string_view kOneAction =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported datatypes";
  constexpr std::string_view kDuplicates = "Provided list of item keys contains duplicates";
  const std::string valid = put_request("valid");
  const struct {
    std::string request_items;
    std::string_view message;
  } refusals[] = {
      {"{}", "The requestItems parameter is required for BatchWriteItem"},
      {R"({"Plain":[)" + valid + ",{}]}", kOneAction},
      {R"({"Plain":[)" + valid + R"(,{"PutRequest":{"Item":{"a":{"S":"x"}}},
         "DeleteRequest":{"Key":{"a":{"S":"x"}}}}]})",
       kOneAction},
      {R"({"Plain":[)" + valid + R"(,{"DeleteRequest":{"Key":{"a":{"S":"valid"}}}}]})",
       kDuplicates},
      {R"({"Plain":[)" + valid + R"(],"Numbers":[{"PutRequest":{"Item":{"a":{"N":"1e3"}}}},
         {"DeleteRequest":{"Key":{"a":{"N":"1000"}}}}]})",
       kDuplicates},
      {R"({"Plain":[)" + valid + R"(,{"PutRequest":{"Item":{"a":{"N":"1"}}}}]})",
       "The provided key element does not match the schema"},
      {R"({"Plain":[)" + valid + R"(,{"PutRequest":{"Item":{"a":{"S":"x"},"v":{"SS":[]}}}}]})",
       "One or more parameter values were invalid: An string set  may not be empty"},
      {R"({"Plain":[)" + valid + R"(,{"PutRequest":{"Item":{"a":{"S":"x"},"v":{"S":")" +
           std::string(409'600, 'x') + R"("}}}}]})",
       "Item size has exceeded the maximum allowed size"},
      {R"({"Plain":)" + array_of(25, put_request) +
           R"(,"Numbers":[{"PutRequest":{"Item":{"a":{"N":"1"}}}}]})",
       "Too many items requested for the BatchWriteItem call"},
      {R"({"Plain":[)" + valid + R"(],"Missing":[)" + valid + "]}", "Requested resource not found"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(database.call("BatchWriteItem", R"({"RequestItems":)" + refusal.request_items + "}")
                  .message(),
              refusal.message)
        << refusal.request_items.substr(0, 200);
  }
  EXPECT_THAT(
      database
          .call("BatchWriteItem", R"({"RequestItems":{"Plain":)" + array_of(26, put_request) + "}}")
          .message(),
      testing::HasSubstr("Map value must satisfy constraint: [Member must have length less "
                         "than or equal to 25, Member must have length greater than or equal "
                         "to 1]"));
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "0");
}

TEST(BatchGetItem, ReadsSeveralTablesEachWithItsOwnProjection) {
  TestDatabase database{kPlainTable, kNumbersTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"S":"w"}}})");
  database.expect_ok("PutItem", R"({"TableName":"Numbers","Item":{"a":{"N":"1"},"v":{"S":"w"}}})");
  EXPECT_EQ(database
                .call("BatchGetItem", R"({"RequestItems":{
      "Plain":{"Keys":[{"a":{"S":"k"}},{"a":{"S":"missing"}}],"ProjectionExpression":"#v",
               "ExpressionAttributeNames":{"#v":"v"},"ConsistentRead":true},
      "Numbers":{"Keys":[{"a":{"N":"1"}}]}},"ReturnConsumedCapacity":"TOTAL"})")
                .body(),
            R"({"Responses":{"Plain":[{"v":{"S":"w"}}],)"
            R"("Numbers":[{"a":{"N":"1"},"v":{"S":"w"}}]},"UnprocessedKeys":{},)"
            R"("ConsumedCapacity":[{"TableName":"Plain","CapacityUnits":2.0},)"
            R"({"TableName":"Numbers","CapacityUnits":0.5}]})");
}

TEST(BatchGetItem, ATableWithoutAnyOfTheItemsIsAnEmptyList) {
  TestDatabase database{kPlainTable};
  EXPECT_EQ(
      database
          .call("BatchGetItem", R"({"RequestItems":{"Plain":{"Keys":[{"a":{"S":"missing"}}]}}})")
          .body(),
      R"({"Responses":{"Plain":[]},"UnprocessedKeys":{}})");
}

TEST(BatchGetItem, LeavesWhatExceedsSixteenMegabytesUnprocessed) {
  TestDatabase database{kPlainTable};
  constexpr int kItems = 50;  // of 400,000 bytes: 41 fit into 16 MiB
  const std::string value(400'000 - 4, 'x');
  for (int i = 0; i < kItems; ++i) {
    database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":")" +
                                      std::to_string(10 + i) + R"("},"v":{"S":")" + value +
                                      R"("}}})");
  }
  const auto keys =
      array_of(kItems, [](const std::string& i) { return key_of(std::to_string(10 + stoi(i))); });
  const auto reply =
      database.call("BatchGetItem", R"({"RequestItems":{"Plain":{"Keys":)" + keys +
                                        R"(,"AttributesToGet":["a"],"ConsistentRead":true}},
                          "ReturnConsumedCapacity":"TOTAL"})");
  EXPECT_EQ(reply.text("/Responses/Plain/40/a/S"), "50");
  EXPECT_EQ(reply.json("/Responses/Plain/41"), "");
  EXPECT_EQ(
      reply.json("/UnprocessedKeys"),
      R"({"Plain":{"Keys":[{"a":{"S":"51"}},{"a":{"S":"52"}},{"a":{"S":"53"}},)"
      R"({"a":{"S":"54"}},{"a":{"S":"55"}},{"a":{"S":"56"}},{"a":{"S":"57"}},)"
      R"({"a":{"S":"58"}},{"a":{"S":"59"}}],"AttributesToGet":["a"],"ConsistentRead":true}})");
  EXPECT_EQ(reply.text("/ConsumedCapacity/0/CapacityUnits"), "4018.0");
}

TEST(BatchGetItem, RefusesTooManyKeysDuplicatesAndMixes) {
  TestDatabase database{kPlainTable, kNumbersTable};
  constexpr std::string_view kDuplicates = "Provided list of item keys contains duplicates";
  const struct {
    std::string request_items;
    std::string_view message;
  } refusals[] = {
      {"{}",
       "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member "
       "must have length greater than or equal to 1"},
      {R"({"Plain":{"Keys":[]}})",
       "1 validation error detected: Value at 'RequestItems.Plain.member.Keys' failed to satisfy "
       "constraint: Member must have length greater than or equal to 1"},
      {R"({"bad!name":{"Keys":[{"a":{"S":"x"}}]}})",
       R"(1 validation error detected: Value '{"bad!name":{"Keys":[{"a":{"S":"x"}}]}}' at )"
       "'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
       "must have length less than or equal to 255, Member must have length greater than or equal "
       "to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"},
      {R"({"Plain":{"Keys":[{"a":{"S":"k"}}],"ProjectionExpression":"v"},
           "Numbers":{"Keys":[{"a":{"N":"1"}}],"AttributesToGet":["v"]}})",
       "Can not use both expression and non-expression parameters in the same request: "
       "Non-expression parameters: {AttributesToGet} Expression parameters: "
       "{ProjectionExpression}"},
      {R"({"Plain":{"Keys":)" + array_of(100, key_of) +
           R"(},"Numbers":{"Keys":[{"a":{"N":"1"}}]}})",
       "Too many items requested for the BatchGetItem call"},
      {R"({"Plain":{"Keys":[{"a":{"S":"k"}},{"a":{"S":"k"}}]}})", kDuplicates},
      {R"({"Numbers":{"Keys":[{"a":{"N":"1e3"}},{"a":{"N":"1000.00"}}]}})", kDuplicates},
      {R"({"Plain":{"Keys":[{"a":{"S":"k"}}],"ProjectionExpression":""}})",
       "Invalid ProjectionExpression: The expression can not be empty;"},
      {R"({"Plain":{"Keys":[{"a":{"S":"k"}}],"ExpressionAttributeNames":{"#v":"v"}}})",
       "ExpressionAttributeNames can only be specified when using expressions"},
      {R"({"Plain":{"Keys":[{"a":{"S":"k"}}],"ProjectionExpression":"v","AttributesToGet":["v"]}})",
       "Can not use both expression and non-expression parameters in the same request: "
       "Non-expression parameters: {AttributesToGet} Expression parameters: "
       "{ProjectionExpression}"},
      {R"({"Missing":{"Keys":[{"a":{"S":"k"}}]}})", "Requested resource not found"},
      {R"({"Numbers":{"Keys":[{"a":{"N":"1"}}]},
           "Plain":{"Keys":[{"a":{"S":"k"}}],"ProjectionExpression":"a[0]"}})",
       "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
       "allowed: "
       "Key: a"},
      {R"({"Plain":{"Keys":[{"a":{"N":"1"}}]}})",
       "The provided key element does not match the schema"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(database.call("BatchGetItem", R"({"RequestItems":)" + refusal.request_items + "}")
                  .message(),
              refusal.message)
        << refusal.request_items.substr(0, 200);
  }
  EXPECT_EQ(
      database
          .call("BatchGetItem",
                R"({"RequestItems":{"Plain":{"Keys":)" + array_of(101, key_of) + "}}}")
          .message(),
      "1 validation error detected: Value at 'RequestItems.Plain.member.Keys' failed to satisfy "
      "constraint: Member must have length less than or equal to 100");
}

}  // namespace
}  // namespace parley::api
