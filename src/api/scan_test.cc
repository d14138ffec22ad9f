#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

void put_items(TestDatabase& database, int count) {
  for (int i = 0; i < count; ++i) {
    const auto text = std::to_string(i);
    std::string request = R"({"TableName":"Plain","Item":{"a":{"S":"k)";
    request.append(text).append(R"("},"n":{"N":")").append(text).append(R"("}}})");
    database.expect_ok("PutItem", request);
  }
}

TEST(Scan, OfAnEmptyTableHasNoItems) {
  TestDatabase database{kPlainTable};
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").body(),
            R"({"Items":[],"Count":0,"ScannedCount":0})");
}

TEST(Scan, PagesTogetherShowEveryItemOnce) {
  TestDatabase database{kPlainTable};
  put_items(database, 7);
  std::string start_key;
  int found = 0;
  int pages = 0;
  do {
    const auto reply = database.call(
        "Scan", R"({"TableName":"Plain","Limit":3)" +
                    (start_key.empty() ? "" : R"(,"ExclusiveStartKey":)" + start_key) + "}");
    found += std::stoi(reply.text("/Count"));
    start_key = reply.json("/LastEvaluatedKey");
    ++pages;
  } while (!start_key.empty());
  EXPECT_EQ(found, 7);
  EXPECT_EQ(pages, 3);
}

TEST(Scan, SegmentsTogetherShowEveryItemOnce) {
  TestDatabase database{kPlainTable};
  put_items(database, 20);
  int found = 0;
  for (int segment = 0; segment < 4; ++segment) {
    found += std::stoi(database
                           .call("Scan", R"({"TableName":"Plain","Select":"COUNT",
                             "TotalSegments":4,"Segment":)" +
                                             std::to_string(segment) + "}")
                           .text("/Count"));
  }
  EXPECT_EQ(found, 20);
}

TEST(Scan, FiltersMayNameKeys) {
  TestDatabase database{kPlainTable};
  put_items(database, 5);
  EXPECT_EQ(database
                .call("Scan", R"({"TableName":"Plain","FilterExpression":"a = :a OR n > :n",
                  "ExpressionAttributeValues":{":a":{"S":"k1"},":n":{"N":"3"}},
                  "Select":"COUNT"})")
                .body(),
            R"({"Count":2,"ScannedCount":5})");
  EXPECT_EQ(database
                .call("Scan", R"({"TableName":"Plain","ScanFilter":{
                  "a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"k1"}]}}})")
                .json("/Items"),
            R"([{"a":{"S":"k1"},"n":{"N":"1"}}])");
}

TEST(Scan, RefusesBadSegmentsAndMixes) {
  TestDatabase database{kIndexedTable};
  constexpr Refusal kRefusals[] = {
      {R"({"TableName":"Missing","Segment":0})",
       "The TotalSegments parameter is required but was not present in the request when Segment "
       "parameter is present"},
      {R"({"TableName":"Missing","TotalSegments":1})",
       "The Segment parameter is required but was not present in the request when parameter "
       "TotalSegments is present"},
      {R"({"TableName":"Missing","Segment":4,"TotalSegments":4})",
       "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
       "Segment: "
       "4 is not less than TotalSegments: 4"},
      {R"({"TableName":"Missing","Segment":0,"TotalSegments":1000001})",
       "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
       "constraint: Member must have value less than or equal to 1000000"},
      {R"({"TableName":"Missing","FilterExpression":"","ScanFilter":{},"AttributesToGet":["a"],
           "ConditionalOperator":"OR","ProjectionExpression":"a"})",
       "Can not use both expression and non-expression parameters in the same request: "
       "Non-expression parameters: {AttributesToGet, ScanFilter, ConditionalOperator} Expression "
       "parameters: {ProjectionExpression, FilterExpression}"},
      {R"({"TableName":"Missing","ExpressionAttributeValues":{":v":{"S":"v"}}})",
       "ExpressionAttributeValues can only be specified when using expressions: FilterExpression "
       "is "
       "null"},
      {R"({"TableName":"Missing","Select":"COUNT","AttributesToGet":["a"]})",
       "Cannot specify the AttributesToGet when choosing to get only the Count"},
      {R"({"TableName":"Indexed","ExclusiveStartKey":{"a":{"S":"p"}}})",
       "The provided starting key is invalid: The provided key element does not match the schema"},
  };
  for (const auto& refusal : kRefusals) {
    EXPECT_EQ(database.call("Scan", refusal.input).message(), refusal.message) << refusal.input;
  }
}

}  // namespace
}  // namespace parley::api
