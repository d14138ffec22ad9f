#include <gtest/gtest.h>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

TEST(DeleteItem, ReturnsTheOldItemWhenAsked) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"N":"1"}}})");
  constexpr std::string_view kDelete =
      R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ReturnValues":"ALL_OLD"})";
  EXPECT_EQ(database.call("DeleteItem", kDelete).body(),
            R"({"Attributes":{"a":{"S":"k"},"v":{"N":"1"}}})");
  EXPECT_EQ(database.call("DeleteItem", kDelete).body(), "{}");
}

TEST(DeleteItem, OfNothingCostsOneUnit) {
  TestDatabase database{kPlainTable};
  EXPECT_EQ(database
                .call("DeleteItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "ReturnConsumedCapacity":"TOTAL"})")
                .body(),
            R"({"ConsumedCapacity":{"TableName":"Plain","CapacityUnits":1.0}})");
}

TEST(DeleteItem, ExpectedGuardsIt) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"N":"1"}}})");
  EXPECT_EQ(database
                .call("DeleteItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "Expected":{"v":{"Value":{"N":"2"}}}})")
                .error(),
            "ConditionalCheckFailedException");
  database.expect_ok("DeleteItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
    "Expected":{"v":{"Value":{"N":"2"}},"w":{"Exists":false}},"ConditionalOperator":"OR"})");
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "0");
}

TEST(DeleteItem, RefusesWhatPutItemRefuses) {
  TestDatabase database{kPlainTable};
  constexpr Refusal kRefusals[] = {
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ReturnValues":"ALL_NEW"})",
       "ReturnValues can only be ALL_OLD or NONE"},
      {R"({"TableName":"Plain","Key":{"b":{"S":"k"}}})",
       "The provided key element does not match the schema"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ConditionExpression":""})",
       "Invalid ConditionExpression: The expression can not be empty;"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
           "ExpressionAttributeValues":{":v":{"S":"k"}}})",
       "ExpressionAttributeValues can only be specified when using expressions: "
       "ConditionExpression is null"},
  };
  for (const auto& refusal : kRefusals) {
    EXPECT_EQ(database.call("DeleteItem", refusal.input).message(), refusal.message)
        << refusal.input;
  }
}

}  // namespace
}  // namespace parley::api
