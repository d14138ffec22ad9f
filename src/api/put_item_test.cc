#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

TEST(PutItem, StoresTheItemAndRepliesWithAnEmptyObject) {
  TestDatabase database{kPlainTable};
  const auto put = database.call("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},
    "n":{"N":"01.50"},"m":{"M":{"l":{"L":[{"NULL":true},{"BOOL":false}]}}},"b":{"B":"AQI="}}})");
  EXPECT_EQ(put.body(), "{}");
  const auto got = database.call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}}})");
  EXPECT_EQ(got.body(),
            R"({"Item":{"a":{"S":"k"},"b":{"B":"AQI="},)"
            R"("m":{"M":{"l":{"L":[{"NULL":true},{"BOOL":false}]}}},"n":{"N":"1.5"}}})");
}

TEST(PutItem, AllOldReturnsTheReplacedItemAndNothingForANewOne) {
  TestDatabase database{kPlainTable};
  constexpr std::string_view kPut =
      R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"N":"1"}},"ReturnValues":"ALL_OLD"})";
  EXPECT_EQ(database.call("PutItem", kPut).body(), "{}");
  EXPECT_EQ(database.call("PutItem", kPut).body(),
            R"({"Attributes":{"a":{"S":"k"},"v":{"N":"1"}}})");
}

TEST(PutItem, RefusesWhatTheRequestAloneShowsToBeWrong) {
  TestDatabase database{kPlainTable};
  constexpr Refusal kRefusals[] = {
      {R"({"TableName":"Plain","Item":{"a":{"S":"k"}},"ReturnValues":"ALL_NEW"})",
       "ReturnValues can only be ALL_OLD or NONE"},
      {R"({"TableName":"Plain","Item":{"a":{"S":"k"}},"ReturnValues":"UPDATED_OLD"})",
       "ReturnValues can only be ALL_OLD or NONE"},
      {R"({"TableName":"Plain","Item":{"a":{"S":"k"}},"ReturnValues":"all"})",
       "1 validation error detected: Value 'all' at 'returnValues' failed to satisfy constraint: "
       "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
      {R"({"TableName":"Plain"})",
       "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member "
       "must "
       "not be null"},
      {R"({"TableName":"Plain","Item":{"a":{}}})",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {R"({"TableName":"Plain","Item":{"a":{"S":"k","N":"1"}}})",
       "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
       "supported datatypes"},
      {R"({"TableName":"Plain","Item":{"b":{"S":"k"}}})",
       "One or more parameter values were invalid: Missing the key a in the item"},
      {R"({"TableName":"Plain","Item":{"a":{"N":"1"}}})",
       "One or more parameter values were invalid: Type mismatch for key a expected: S actual: N"},
      {R"({"TableName":"Plain","Item":{"a":{"S":""}}})",
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
       "contain an empty string value. Key: a"},
  };
  for (const auto& refusal : kRefusals) {
    const auto reply = database.call("PutItem", refusal.input);
    EXPECT_EQ(reply.error(), "ValidationException") << refusal.input;
    EXPECT_EQ(reply.message(), refusal.message) << refusal.input;
  }
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "0");
}

TEST(PutItem, ReturnValuesAreCheckedBeforeTheSizeAndBothBeforeTheTable) {
  TestDatabase database;
  const auto input = [](std::size_t size, std::string_view more) {
    return R"({"TableName":"Missing","Item":{"a":{"S":"k"},"v":{"S":")" + std::string(size, 'x') +
           R"("}})" + std::string(more) + "}";
  };
  constexpr std::size_t kLargest = 409'600 - 3;  // with the names and "k"
  EXPECT_EQ(database.call("PutItem", input(kLargest + 1, R"(,"ReturnValues":"ALL_NEW")")).message(),
            "ReturnValues can only be ALL_OLD or NONE");
  EXPECT_EQ(database.call("PutItem", input(kLargest + 1, "")).message(),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(database.call("PutItem", input(kLargest, "")).error(), "ResourceNotFoundException");
}

TEST(PutItem, AnItemSharesTheSizeLimitWithItsEntryInALocalIndex) {
  TestDatabase database{kIndexedTable};
  const auto input = [](std::size_t size_bytes, std::string_view sort_key_of_index) {
    return R"({"TableName":"Indexed","Item":{"a":{"S":"p"},"b":{"S":"1"},")" +
           std::string(sort_key_of_index) + R"(":{"S":"x"},"v":{"S":")" +
           std::string(size_bytes - 7, 'x') + R"("}}})";
  };
  EXPECT_EQ(database.call("PutItem", input(204'801, "c")).message(),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(database.call("PutItem", input(204'800, "c")).body(), "{}");
  EXPECT_EQ(database.call("PutItem", input(204'801, "z")).body(), "{}");  // not in the index
}

TEST(PutItem, AnExpressionIsParsedBeforeTheTableIsLookedUp) {
  TestDatabase database;
  EXPECT_EQ(database
                .call("PutItem", R"({"TableName":"Missing","Item":{"a":{"S":"k"}},
                  "ConditionExpression":"a = :v"})")
                .message(),
            "Invalid ConditionExpression: An expression attribute value used in expression is not "
            "defined; attribute value: :v");
  const auto reply = database.call("PutItem", R"({"TableName":"Missing","Item":{"a":{"S":"k"}}})");
  EXPECT_EQ(reply.error(), "ResourceNotFoundException");
  EXPECT_EQ(reply.message(), "Requested resource not found");
}

TEST(PutItem, AFailedConditionWritesNothingAndShowsTheItemWhenAsked) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"N":"1"}}})");
  const auto plain = database.call("PutItem", R"json({"TableName":"Plain","Item":{"a":{"S":"k"}},
    "ConditionExpression":"attribute_not_exists(a)"})json");
  EXPECT_EQ(plain.status(), 400);
  EXPECT_EQ(plain.error(), "ConditionalCheckFailedException");
  EXPECT_EQ(plain.message(), "The conditional request failed");
  EXPECT_EQ(plain.json("/Item"), "");
  const auto shown = database.call("PutItem", R"json({"TableName":"Plain","Item":{"a":{"S":"k"}},
    "ConditionExpression":"attribute_not_exists(a)",
    "ReturnValuesOnConditionCheckFailure":"ALL_OLD"})json");
  EXPECT_EQ(shown.json("/Item"), R"({"a":{"S":"k"},"v":{"N":"1"}})");
  EXPECT_EQ(
      database.call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}}})").json("/Item"),
      R"({"a":{"S":"k"},"v":{"N":"1"}})");
}

TEST(PutItem, ConsumedCapacityShowsTheTotalOrEachIndexTouched) {
  TestDatabase database{kIndexedTable};
  const auto all = database.call("PutItem", R"({"TableName":"Indexed","Item":{"a":{"S":"p"},
    "b":{"S":"1"},"c":{"S":"x"},"d":{"S":"y"},"e":{"N":"1"}},"ReturnConsumedCapacity":"INDEXES"})");
  EXPECT_EQ(all.json("/ConsumedCapacity"),
            R"({"TableName":"Indexed","CapacityUnits":4.0,"Table":{"CapacityUnits":1.0},)"
            R"("LocalSecondaryIndexes":{"ByC":{"CapacityUnits":1.0}},)"
            R"("GlobalSecondaryIndexes":{"AllByC":{"CapacityUnits":1.0},)"
            R"("KeysByD":{"CapacityUnits":1.0}}})");
  const auto total = database.call("PutItem", R"({"TableName":"Indexed","Item":{"a":{"S":"p"},
    "b":{"S":"2"}},"ReturnConsumedCapacity":"TOTAL"})");
  EXPECT_EQ(total.json("/ConsumedCapacity"), R"({"TableName":"Indexed","CapacityUnits":1.0})");
  const auto none = database.call("PutItem", R"({"TableName":"Indexed","Item":{"a":{"S":"p"},
    "b":{"S":"3"}},"ReturnConsumedCapacity":"NONE"})");
  EXPECT_EQ(none.body(), "{}");
}

TEST(PutItem, ItemCollectionMetricsAreOfTablesWithALocalIndexOnly) {
  TestDatabase database{kPlainTable, kIndexedTable};
  EXPECT_EQ(database
                .call("PutItem", R"({"TableName":"Indexed","Item":{"a":{"S":"p"},"b":{"S":"1"}},
                  "ReturnItemCollectionMetrics":"SIZE"})")
                .body(),
            R"({"ItemCollectionMetrics":{"ItemCollectionKey":{"a":{"S":"p"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}})");
  EXPECT_EQ(database
                .call("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"p"}},
                  "ReturnItemCollectionMetrics":"SIZE"})")
                .body(),
            "{}");
}

}  // namespace
}  // namespace parley::api
