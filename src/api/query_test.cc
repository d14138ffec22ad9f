#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

/// The table Indexed with four items of partition p: b 1 to 4, c and d on the even ones.
class Query : public testing::Test {
 protected:
  Query() {
    for (int i = 1; i <= 4; ++i) {
      const auto b = std::to_string(i);
      const std::string even =
          R"(,"c":{"S":"c"},"d":{"S":"d"},"e":{"N":")" + b + R"("},"x":{"S":"x"})";
      database_.expect_ok("PutItem", R"({"TableName":"Indexed","Item":{"a":{"S":"p"},"b":{"S":")" +
                                         b + R"("})" + (i % 2 == 0 ? even : "") + "}}");
    }
  }

  /// A query of partition p with further members.
  TestReply query(const std::string& members) {
    return database_.call("Query", R"({"TableName":"Indexed","KeyConditionExpression":"a = :p",
      "ExpressionAttributeValues":{":p":{"S":"p"}})" +
                                       members + "}");
  }

  TestDatabase database_{kIndexedTable};
};

TEST_F(Query, RepliesWithItemsAndCounts) {
  EXPECT_EQ(query(R"(,"ProjectionExpression":"b","Limit":2)").body(),
            R"({"Items":[{"b":{"S":"1"}},{"b":{"S":"2"}}],"Count":2,"ScannedCount":2,)"
            R"("LastEvaluatedKey":{"a":{"S":"p"},"b":{"S":"2"}}})");
  EXPECT_EQ(query(R"(,"AttributesToGet":["b"])").message(),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {AttributesToGet} Expression parameters: "
            "{KeyConditionExpression}");
}

TEST_F(Query, APageGoesOnAfterLastEvaluatedKeyInBothDirections) {
  EXPECT_EQ(query(R"(,"ProjectionExpression":"b","Limit":2,
      "ExclusiveStartKey":{"a":{"S":"p"},"b":{"S":"2"}})")
                .json("/Items"),
            R"([{"b":{"S":"3"}},{"b":{"S":"4"}}])");
  EXPECT_EQ(query(R"(,"ProjectionExpression":"b","ScanIndexForward":false,
      "ExclusiveStartKey":{"a":{"S":"p"},"b":{"S":"3"}})")
                .body(),
            R"({"Items":[{"b":{"S":"2"}},{"b":{"S":"1"}}],"Count":2,"ScannedCount":2})");
}

TEST_F(Query, CountLeavesItemsOut) {
  EXPECT_EQ(query(R"(,"Select":"COUNT")").body(), R"({"Count":4,"ScannedCount":4})");
}

TEST_F(Query, FiltersAfterCounting) {
  EXPECT_EQ(query(R"(,"FilterExpression":"x > :p","Select":"COUNT",
      "ReturnConsumedCapacity":"TOTAL")")
                .body(),
            R"({"Count":2,"ScannedCount":4,)"
            R"("ConsumedCapacity":{"TableName":"Indexed","CapacityUnits":0.5}})");
}

TEST_F(Query, AnIndexShowsItsKeysInLastEvaluatedKeyAndItsUnits) {
  EXPECT_EQ(database_
                .call("Query", R"({"TableName":"Indexed","IndexName":"KeysByD","Limit":1,
                  "KeyConditionExpression":"d = :d AND e > :e",
                  "ExpressionAttributeValues":{":d":{"S":"d"},":e":{"N":"1"}},
                  "ReturnConsumedCapacity":"INDEXES"})")
                .body(),
            R"({"Items":[{"a":{"S":"p"},"b":{"S":"2"},"d":{"S":"d"},"e":{"N":"2"}}],)"
            R"("Count":1,"ScannedCount":1,)"
            R"("LastEvaluatedKey":{"a":{"S":"p"},"b":{"S":"2"},"d":{"S":"d"},"e":{"N":"2"}},)"
            R"("ConsumedCapacity":{"TableName":"Indexed","CapacityUnits":0.5,)"
            R"("Table":{"CapacityUnits":0.0},)"
            R"("GlobalSecondaryIndexes":{"KeysByD":{"CapacityUnits":0.5}}}})");
}

TEST_F(Query, LegacyParametersDoTheSame) {
  EXPECT_EQ(database_
                .call("Query", R"({"TableName":"Indexed","KeyConditions":{
      "a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"p"}]},
      "b":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"S":"2"},{"S":"4"}]}},
      "QueryFilter":{"x":{"ComparisonOperator":"NOT_NULL"},
        "y":{"ComparisonOperator":"NOT_NULL"}},"ConditionalOperator":"OR",
      "AttributesToGet":["b"]})")
                .body(),
            R"({"Items":[{"b":{"S":"2"}},{"b":{"S":"4"}}],"Count":2,"ScannedCount":3})");
}

TEST_F(Query, KeyConditionsMayGoWithAFilterExpression) {
  EXPECT_EQ(database_
                .call("Query", R"({"TableName":"Indexed","KeyConditions":{
      "a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"p"}]}},
      "FilterExpression":"x = :x","ExpressionAttributeValues":{":x":{"S":"x"}},
      "Select":"COUNT"})")
                .text("/Count"),
            "2");
}

TEST_F(Query, SelectMustFitTheProjectionAndTheIndex) {
  const Refusal refusals[] = {
      {R"(,"Select":"COUNT","ProjectionExpression":"b")",
       "Cannot specify the ProjectionExpression when choosing to get only the Count"},
      {R"(,"Select":"ALL_ATTRIBUTES","ProjectionExpression":"b")",
       "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
      {R"(,"Select":"ALL_PROJECTED_ATTRIBUTES","IndexName":"ByC","ProjectionExpression":"b")",
       "Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES"},
      {R"(,"Select":"ALL_PROJECTED_ATTRIBUTES")",
       "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
      {R"(,"Select":"SPECIFIC_ATTRIBUTES")",
       "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
       "SPECIFIC_ATTRIBUTES"},
      {R"(,"Select":"EVERYTHING")",
       "1 validation error detected: Value 'EVERYTHING' at 'select' failed to satisfy constraint: "
       "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
       "ALL_PROJECTED_ATTRIBUTES]"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(query(std::string(refusal.input)).message(), refusal.message) << refusal.input;
  }
  EXPECT_EQ(
      database_
          .call("Query", R"({"TableName":"Indexed","IndexName":"KeysByD",
                  "KeyConditionExpression":"d = :d","ExpressionAttributeValues":{":d":{"S":"d"}},
                  "Select":"ALL_ATTRIBUTES"})")
          .message(),
      "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
      "for global secondary index KeysByD because its projection type is not ALL");
}

TEST_F(Query, RefusesWhatIsNoQuery) {
  constexpr std::string_view kNoConditions =
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
      "request.";
  const Refusal refusals[] = {
      {R"({"TableName":"Missing"})", kNoConditions},
      {R"({"TableName":"Missing","KeyConditions":{}})", "Conditions can be of length 1 or 2 only"},
      {R"({"TableName":"Missing","KeyConditionExpression":""})",
       "Invalid KeyConditionExpression: The expression can not be empty;"},
      {R"({"TableName":"Missing","ExpressionAttributeValues":{":v":{"S":"v"}}})",
       "ExpressionAttributeValues can only be specified when using expressions: FilterExpression "
       "and KeyConditionExpression are null"},
      {R"({"TableName":"Missing","Limit":0,"KeyConditions":{}})",
       "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
       "must "
       "have value greater than or equal to 1"},
      {R"({"TableName":"Missing","ExclusiveStartKey":{"a":{}}})",
       "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
       "exactly "
       "one of the supported datatypes"},
      {R"({"TableName":"Missing","ExclusiveStartKey":{"a":{"N":"x"}}})",
       "The parameter cannot be converted to a numeric value: x"},
      {R"({"TableName":"Indexed","KeyConditionExpression":"a = :p",
           "ExpressionAttributeValues":{":p":{"S":"p"}},"FilterExpression":"b = :p"})",
       "Filter Expression can only contain non-primary key attributes: Primary key attribute: b"},
      {R"({"TableName":"Indexed","KeyConditions":{"a":{"ComparisonOperator":"EQ",
           "AttributeValueList":[{"S":"p"}]}},"QueryFilter":{"b":{"ComparisonOperator":"EQ",
           "AttributeValueList":[{"S":"p"}]}}})",
       "QueryFilter can only contain non-primary key attributes: Primary key attribute: b"},
      {R"({"TableName":"Indexed","KeyConditions":{"a":{"ComparisonOperator":"EQ",
           "AttributeValueList":[{"S":"p"}]}},"ConditionalOperator":"AND"})",
       "ConditionalOperator cannot be used without Filter or Expected"},
      {R"({"TableName":"Songs","KeyConditionExpression":"a = :a OR b = :a",
           "FilterExpression":"a (","ExpressionAttributeValues":{":a":{"S":"p"}}})",
       R"(Invalid FilterExpression: Syntax error; token: "<EOF>", near: "(")"},
      {R"({"TableName":"Songs","KeyConditionExpression":"a = :a OR b = :a",
           "ExpressionAttributeValues":{":a":{"S":"p"},":b":{"S":"p"}}})",
       "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"},
      {R"({"TableName":"Indexed","IndexName":"Nope","KeyConditionExpression":"a = :p",
           "ExpressionAttributeValues":{":p":{"S":"p"}}})",
       "The table does not have the specified index: Nope"},
      {R"({"TableName":"Indexed","IndexName":"AllByC","KeyConditionExpression":"c = :p",
           "ExpressionAttributeValues":{":p":{"S":"p"}},"ConsistentRead":true})",
       "Consistent reads are not supported on global secondary indexes"},
      {R"({"TableName":"Indexed","KeyConditionExpression":"a = :p",
           "ExpressionAttributeValues":{":p":{"S":"p"}},"ExclusiveStartKey":{"a":{"S":"p"}}})",
       "The provided starting key is invalid"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(database_.call("Query", refusal.input).message(), refusal.message) << refusal.input;
  }
}

TEST_F(Query, AKeyAttributeTakesOneCondition) {
  EXPECT_EQ(database_
                .call("Query", R"({"TableName":"Missing",
                  "KeyConditionExpression":"a = :p AND b > :p AND b < :p",
                  "ExpressionAttributeValues":{":p":{"S":"p"}}})")
                .message(),
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one "
            "condition per key");
}

TEST_F(Query, KeyConditionsAreCountedOnceTheTableIsKnown) {
  EXPECT_EQ(database_
                .call("Query", R"({"TableName":"Missing",
                  "KeyConditionExpression":"a = :p AND b = :p AND c = :p",
                  "ExpressionAttributeValues":{":p":{"S":"p"}}})")
                .message(),
            "Requested resource not found");
}

}  // namespace
}  // namespace parley::api
