#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

constexpr std::string_view kItem = R"({"TableName":"Plain","Item":{"a":{"S":"k"},"n":{"N":"1"},
  "m":{"M":{"x":{"S":"1"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}}}}})";

TEST(GetItem, AMissingItemIsAnEmptyReply) {
  TestDatabase database{kPlainTable};
  EXPECT_EQ(database.call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}}})").body(),
            "{}");
}

TEST(GetItem, AProjectionThatMatchesNothingIsAnEmptyItem) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", kItem);
  EXPECT_EQ(database
                .call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "ProjectionExpression":"nothing"})")
                .body(),
            R"({"Item":{}})");
}

TEST(GetItem, ProjectsPathsInsideTheirHierarchy) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", kItem);
  EXPECT_EQ(database
                .call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "ProjectionExpression":"m.l[2], #n, m.l[0]",
                  "ExpressionAttributeNames":{"#n":"n"}})")
                .json("/Item"),
            R"({"m":{"M":{"l":{"L":[{"N":"0"},{"N":"2"}]}}},"n":{"N":"1"}})");
  EXPECT_EQ(database
                .call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "AttributesToGet":["n","nothing"]})")
                .json("/Item"),
            R"({"n":{"N":"1"}})");
}

TEST(GetItem, ExpressionAttributeValuesAreAMemberItDoesNotKnow) {
  TestDatabase database{kPlainTable};
  for (const auto* values : {R"({":unused":{"S":"a"}})", R"({"bad":{"S":"a"}})", "{}"}) {
    EXPECT_EQ(database
                  .call("GetItem",
                        std::string(R"({"TableName":"Plain","Key":{"a":{"S":"k"}},)"
                                    R"("ProjectionExpression":"n","ExpressionAttributeValues":)") +
                            values + "}")
                  .body(),
              "{}");
  }
}

TEST(GetItem, ConsistentReadsCostTwice) {
  TestDatabase database{kPlainTable};
  EXPECT_EQ(database
                .call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "ReturnConsumedCapacity":"TOTAL"})")
                .body(),
            R"({"ConsumedCapacity":{"TableName":"Plain","CapacityUnits":0.5}})");
  EXPECT_EQ(database
                .call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}},
                  "ConsistentRead":true,"ReturnConsumedCapacity":"INDEXES"})")
                .body(),
            R"({"ConsumedCapacity":{"TableName":"Plain","CapacityUnits":1.0,)"
            R"("Table":{"CapacityUnits":1.0}}})");
}

TEST(GetItem, NumbersAreKeysByValue) {
  TestDatabase database{kNumbersTable};
  database.expect_ok("PutItem", R"({"TableName":"Numbers","Item":{"a":{"N":"1e3"}}})");
  EXPECT_EQ(
      database.call("GetItem", R"({"TableName":"Numbers","Key":{"a":{"N":"1000.0"}}})").body(),
      R"({"Item":{"a":{"N":"1000"}}})");
}

TEST(GetItem, RefusesBadKeysAndProjections) {
  TestDatabase database{kPlainTable};
  constexpr std::string_view kMismatch = "The provided key element does not match the schema";
  const Refusal refusals[] = {
      {R"({"TableName":"Plain","Key":{}})", kMismatch},
      {R"({"TableName":"Plain","Key":{"a":{"N":"1"}}})", kMismatch},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"},"b":{"S":"k"}}})", kMismatch},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ProjectionExpression":""})",
       "Invalid ProjectionExpression: The expression can not be empty;"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ProjectionExpression":"#x"})",
       "Invalid ProjectionExpression: An expression attribute name used in the document path is "
       "not "
       "defined; attribute name: #x"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ProjectionExpression":"a",
           "AttributesToGet":["a"]})",
       "Can not use both expression and non-expression parameters in the same request: "
       "Non-expression parameters: {AttributesToGet} Expression parameters: "
       "{ProjectionExpression}"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ExpressionAttributeNames":{"#x":"a"}})",
       "ExpressionAttributeNames can only be specified when using expressions"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"ProjectionExpression":"n, a.b"})",
       "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
       "allowed: "
       "Key: a"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"AttributesToGet":["n","n"]})",
       "One or more parameter values were invalid: Duplicate value in attribute name: n"},
      {R"({"TableName":"Plain","Key":{"a":{"S":"k"}},"AttributesToGet":[]})",
       "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: "
       "Member must have length greater than or equal to 1"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(database.call("GetItem", refusal.input).message(), refusal.message) << refusal.input;
  }
}

}  // namespace
}  // namespace parley::api
