// TransactWriteItems and TransactGetItems.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

TestReply transact_write(TestDatabase& database, const std::string& items,
                         const std::string& members = "") {
  return database.call("TransactWriteItems", R"({"TransactItems":[)" + items + "]" + members + "}");
}

std::string put(const std::string& key, const std::string& more = "") {
  return R"({"Put":{"TableName":"Plain","Item":{"a":{"S":")" + key + R"("}})" + more + "}}";
}

std::string many(int count, const std::string& last) {
  std::string items;
  for (int i = 0; i < count; ++i) items += put(std::to_string(i)) + ",";
  return items + last;
}

TEST(TransactWriteItems, DoesEachOfTheFourActions) {
  TestDatabase database{kPlainTable, kIndexedTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"old"}}})");
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"checked"}}})");
  const auto reply =
      transact_write(database,
                     R"json({"Put":{"TableName":"Indexed","Item":{"a":{"S":"p"},"b":{"S":"1"}}}},
         {"Delete":{"TableName":"Plain","Key":{"a":{"S":"old"}}}},
         {"Update":{"TableName":"Plain","Key":{"a":{"S":"new"}},"UpdateExpression":"SET #v = :v",
           "ExpressionAttributeNames":{"#v":"v"},"ExpressionAttributeValues":{":v":{"N":"1"}}}},
         {"ConditionCheck":{"TableName":"Plain","Key":{"a":{"S":"checked"}},
           "ConditionExpression":"attribute_exists(a)"}})json",
                     R"(,"ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE")");
  EXPECT_EQ(reply.body(),
            R"({"ConsumedCapacity":[{"TableName":"Indexed","CapacityUnits":2.0,)"
            R"("WriteCapacityUnits":2.0,"Table":{"CapacityUnits":2.0,"WriteCapacityUnits":2.0}},)"
            R"({"TableName":"Plain","CapacityUnits":6.0,"WriteCapacityUnits":6.0,)"
            R"("Table":{"CapacityUnits":6.0,"WriteCapacityUnits":6.0}}],)"
            R"("ItemCollectionMetrics":{"Indexed":[{"ItemCollectionKey":{"a":{"S":"p"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}]}})");
  EXPECT_EQ(database.call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"new"}}})").body(),
            R"({"Item":{"a":{"S":"new"},"v":{"N":"1"}}})");
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "2");
}

TEST(TransactWriteItems, ReasonsArePositionalAndShowTheItemWhenAsked) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"N":"1"}}})");
  const auto reply = transact_write(
      database, put("fine") + "," +
                    put("k", R"json(,"ConditionExpression":"attribute_not_exists(a)",
                      "ReturnValuesOnConditionCheckFailure":"ALL_OLD")json") +
                    R"json(,{"Delete":{"TableName":"Plain","Key":{"a":{"S":"missing"}},
                      "ConditionExpression":"attribute_exists(a)"}})json");
  EXPECT_EQ(reply.status(), 400);
  EXPECT_EQ(reply.error(), "TransactionCanceledException");
  EXPECT_EQ(reply.message(),
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ConditionalCheckFailed, ConditionalCheckFailed]");
  EXPECT_EQ(reply.json("/CancellationReasons/0"), R"({"Code":"None"})");
  EXPECT_EQ(reply.text("/CancellationReasons/1/Code"), "ConditionalCheckFailed");
  EXPECT_EQ(reply.text("/CancellationReasons/1/Message"), "The conditional request failed");
  EXPECT_EQ(reply.json("/CancellationReasons/1/Item"), R"({"a":{"S":"k"},"v":{"N":"1"}})");
  EXPECT_EQ(reply.json("/CancellationReasons/2/Item"), "");
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "1");
}

TEST(TransactWriteItems, ATokenIsGoodForOneRequest) {
  TestDatabase database{kPlainTable};
  const std::string token = R"(,"ClientRequestToken":"t","ReturnConsumedCapacity":"TOTAL")";
  EXPECT_EQ(transact_write(database, put("k"), token).json("/ConsumedCapacity/0"),
            R"({"TableName":"Plain","CapacityUnits":2.0,"WriteCapacityUnits":2.0})");
  database.expect_ok("DeleteItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}}})");
  const std::string same_but_for_order =
      R"({"Put":{"Item":{"a":{"S":"k"}},"ConditionExpression":null,"TableName":"Plain"}})";
  EXPECT_EQ(transact_write(database, same_but_for_order, token).json("/ConsumedCapacity/0"),
            R"({"TableName":"Plain","CapacityUnits":2.0,"ReadCapacityUnits":2.0})");
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "0");
  EXPECT_EQ(transact_write(database, put("other"), token).error(),
            "IdempotentParameterMismatchException");
}

TEST(TransactWriteItems, RefusesMalformedRequests) {
  TestDatabase database{kPlainTable, kNumbersTable};
  constexpr std::string_view kTwice =
      "Transaction request cannot include multiple operations on one item";
  const struct {
    std::string items;
    std::string_view message;
  } refusals[] = {
      {"",
       "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
       "Member must have length greater than or equal to 1"},
      {"{}",
       "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"},
      {R"({"Put":{"TableName":"Plain","Item":{"a":{"S":"k"}}},
           "Delete":{"TableName":"Plain","Key":{"a":{"S":"k"}}}})",
       "TransactItems can only contain one of Check, Put, Update or Delete"},
      {put("k") + R"(,{"Delete":{"TableName":"Plain","Key":{"a":{"S":"k"}}}})", kTwice},
      {R"json({"Put":{"TableName":"Numbers","Item":{"a":{"N":"1e3"}}}},
          {"ConditionCheck":{"TableName":"Numbers","Key":{"a":{"N":"1000"}},
            "ConditionExpression":"attribute_exists(a)"}})json",
       kTwice},
      {put("k", R"(,"ConditionExpression":"")"),
       "Invalid ConditionExpression: The expression can not be empty;"},
      {put("k", R"(,"ConditionExpression":"v = :v")"),
       "Invalid ConditionExpression: An expression attribute value used in expression is not "
       "defined; attribute value: :v"},
      {put("k", R"(,"ExpressionAttributeValues":{":v":{"S":"v"}})"),
       "ExpressionAttributeValues can only be specified when using expressions: "
       "ConditionExpression is null"},
      {R"({"ConditionCheck":{"TableName":"Plain","Key":{"a":{"S":"k"}}}})",
       "1 validation error detected: Value null at "
       "'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: "
       "Member must not be null"},
      {R"({"Put":{"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"S":")" +
           std::string(409'600, 'x') + R"("}}}})",
       "Item size has exceeded the maximum allowed size"},
      {put("k") + R"(,{"Put":{"TableName":"Missing","Item":{"a":{"S":"k"}}}})",
       "Requested resource not found"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(transact_write(database, refusal.items).message(), refusal.message)
        << refusal.items.substr(0, 200);
  }
  EXPECT_EQ(
      transact_write(database, put("k"), R"(,"ClientRequestToken":")" + std::string(37, 't') + '"')
          .message(),
      "1 validation error detected: Value 'ttttttttttttttttttttttttttttttttttttt' at "
      "'clientRequestToken' failed to satisfy constraint: Member must have length less than "
      "or equal to 36");
  EXPECT_EQ(database.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "0");
}

TEST(TransactWriteItems, TakesAHundredItemsAndNoMore) {
  TestDatabase database{kPlainTable};
  EXPECT_TRUE(transact_write(database, many(99, put("last"))).ok());
  EXPECT_THAT(transact_write(database, many(100, put("last"))).message(),
              testing::EndsWith("at 'transactItems' failed to satisfy constraint: Member must have "
                                "length less than or equal to 100"));
}

TEST(TransactWriteItems, TakesFourMegabytesAndNoMore) {
  TestDatabase database{kPlainTable};
  std::string items;
  for (int i = 0; i < 11; ++i) {
    items += (i > 0 ? "," : "") + std::string(R"({"Put":{"TableName":"Plain","Item":{"a":{"S":")") +
             std::to_string(i) + R"("},"v":{"S":")" + std::string(400'000, 'x') + R"("}}}})";
  }
  EXPECT_THAT(transact_write(database, items).message(),
              testing::StartsWith("Transaction payload size cannot exceed 4MB."));
}

TEST(TransactWriteItems, CountsExpressionsAndTheirValuesIntoTheFourMegabytes) {
  TestDatabase database{kPlainTable};
  const auto updates = [](std::size_t last_value_size_bytes) {
    std::string items;
    for (int i = 0; i < 11; ++i) {
      const std::size_t size_bytes = i < 10 ? 400'000 : last_value_size_bytes;
      items += std::string(i > 0 ? "," : "") +
               R"({"Update":{"TableName":"Plain","Key":{"a":{"S":")" + static_cast<char>('a' + i) +
               R"("}},"UpdateExpression":"SET #x=:v","ExpressionAttributeNames":{"#x":"long"},)" +
               R"("ExpressionAttributeValues":{":v":{"S":")" + std::string(size_bytes, 'x') +
               R"("}}}})";
    }
    return items;
  };
  // Each: key 2, expression 9, name 4.
  const std::size_t room = 4 * 1024 * 1024 - 10 * 400'000 - 11 * (2 + 9 + 4);
  EXPECT_EQ(transact_write(database, updates(room + 1)).message(),
            "Transaction payload size cannot exceed 4MB. Payload Size: 4194305");
  EXPECT_TRUE(transact_write(database, updates(room)).ok());
}

TEST(TransactGetItems, AnswersInOrderWithAnEmptyObjectForAMissingItem) {
  TestDatabase database{kPlainTable, kNumbersTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"S":"w"}}})");
  database.expect_ok("PutItem", R"({"TableName":"Numbers","Item":{"a":{"N":"1"}}})");
  EXPECT_EQ(database
                .call("TransactGetItems", R"({"TransactItems":[
      {"Get":{"TableName":"Plain","Key":{"a":{"S":"k"}},"ProjectionExpression":"#v",
        "ExpressionAttributeNames":{"#v":"v"}}},
      {"Get":{"TableName":"Plain","Key":{"a":{"S":"missing"}}}},
      {"Get":{"TableName":"Numbers","Key":{"a":{"N":"1"}}}}],
      "ReturnConsumedCapacity":"TOTAL"})")
                .body(),
            R"({"Responses":[{"Item":{"v":{"S":"w"}}},{},{"Item":{"a":{"N":"1"}}}],)"
            R"("ConsumedCapacity":[)"
            R"({"TableName":"Plain","CapacityUnits":4.0,"ReadCapacityUnits":4.0},)"
            R"({"TableName":"Numbers","CapacityUnits":2.0,"ReadCapacityUnits":2.0}]})");
}

TEST(TransactGetItems, RefusesMalformedRequests) {
  TestDatabase database{kPlainTable};
  const Refusal refusals[] = {
      {R"({"TransactItems":[{}]})",
       "1 validation error detected: Value null at 'transactItems.1.member.get' failed to satisfy "
       "constraint: Member must not be null"},
      {R"({"TransactItems":[{"Get":{"TableName":"Plain","Key":{"a":{"S":"k"}}}},
           {"Get":{"TableName":"Plain","Key":{"a":{"S":"k"}}}}]})",
       "Transaction request cannot include multiple operations on one item"},
      {R"({"TransactItems":[{"Get":{"TableName":"Plain","Key":{"a":{"S":"k"}},
           "ProjectionExpression":""}}]})",
       "Invalid ProjectionExpression: The expression can not be empty;"},
      {R"({"TransactItems":[{"Get":{"TableName":"Plain","Key":{"a":{"S":"k"}},
           "ProjectionExpression":"a.v"}}]})",
       "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
       "allowed: "
       "Key: a"},
      {R"({"TransactItems":[{"Get":{"TableName":"Plain","Key":{"a":{"S":"k"}},
           "ExpressionAttributeNames":{"#v":"v"}}}]})",
       "ExpressionAttributeNames can only be specified when using expressions"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(database.call("TransactGetItems", refusal.input).message(), refusal.message)
        << refusal.input;
  }
}

}  // namespace
}  // namespace parley::api
