#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

/// UpdateItem of the item "k" in the table Plain with further members.
TestReply update(TestDatabase& database, const std::string& members) {
  return database.call("UpdateItem",
                       R"({"TableName":"Plain","Key":{"a":{"S":"k"}},)" + members + "}");
}

class UpdateItem : public testing::Test {
 protected:
  void put(std::string_view attributes) {
    database_.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},)" +
                                       std::string(attributes) + "}}");
  }
  TestDatabase database_{kPlainTable};
};

TEST_F(UpdateItem, ReturnValuesShowTheWholeItemOrTheTouchedPaths) {
  constexpr std::string_view kUpdate =
      R"("UpdateExpression":"SET m.x = :v, n = n + :v REMOVE gone",
         "ExpressionAttributeValues":{":v":{"N":"5"}},"ReturnValues":)";
  struct {
    std::string_view return_values;
    std::string_view reply;
  } const cases[] = {
      {R"("NONE")", "{}"},
      {R"("ALL_OLD")", R"({"Attributes":{"a":{"S":"k"},"gone":{"S":"g"},)"
                       R"("m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},"n":{"N":"1"}}})"},
      {R"("ALL_NEW")", R"({"Attributes":{"a":{"S":"k"},)"
                       R"("m":{"M":{"x":{"N":"5"},"y":{"N":"2"}}},"n":{"N":"6"}}})"},
      {R"("UPDATED_OLD")",
       R"({"Attributes":{"gone":{"S":"g"},"m":{"M":{"x":{"N":"1"}}},"n":{"N":"1"}}})"},
      {R"("UPDATED_NEW")", R"({"Attributes":{"m":{"M":{"x":{"N":"5"}}},"n":{"N":"6"}}})"},
  };
  for (const auto& expected : cases) {
    put(R"("n":{"N":"1"},"gone":{"S":"g"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}})");
    EXPECT_EQ(update(database_, std::string(kUpdate) + std::string(expected.return_values)).body(),
              expected.reply)
        << expected.return_values;
  }
}

TEST_F(UpdateItem, AttributesAreAbsentWhereThereIsNothingToShow) {
  put(R"("n":{"N":"1"})");
  for (const std::string_view update_and_values : {
           R"("UpdateExpression":"REMOVE elsewhere","ReturnValues":"UPDATED_OLD")",
           R"("UpdateExpression":"REMOVE n","ReturnValues":"UPDATED_NEW")",
           R"("UpdateExpression":"SET z = :z","ExpressionAttributeValues":{":z":{"N":"1"}},
              "ReturnValues":"UPDATED_OLD")",
           R"("ReturnValues":"UPDATED_NEW")",
       }) {
    EXPECT_EQ(update(database_, std::string(update_and_values)).body(), "{}") << update_and_values;
  }
}

TEST_F(UpdateItem, WithoutActionsCreatesAKeyOnlyItem) {
  EXPECT_EQ(update(database_, R"("ReturnValues":"ALL_NEW")").body(),
            R"({"Attributes":{"a":{"S":"k"}}})");
  EXPECT_EQ(database_.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "1");
}

TEST_F(UpdateItem, OnlyRemovesOnAMissingItemCreateNothing) {
  EXPECT_EQ(update(database_, R"("UpdateExpression":"REMOVE x","ReturnValues":"ALL_NEW")").body(),
            "{}");
  EXPECT_EQ(update(database_, R"("AttributeUpdates":{"x":{"Action":"DELETE"}},
                                 "ReturnValues":"ALL_NEW")")
                .body(),
            "{}");
  EXPECT_EQ(database_.call("Scan", R"({"TableName":"Plain"})").text("/Count"), "0");
}

TEST_F(UpdateItem, AttributeUpdatesPutAddAndDelete) {
  put(R"("n":{"N":"1"},"s":{"SS":["x","y"]},"gone":{"S":"g"})");
  EXPECT_EQ(update(database_, R"("AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"2"}},
      "s":{"Action":"DELETE","Value":{"SS":["x"]}},"gone":{"Action":"DELETE"},
      "p":{"Value":{"S":"put"}}},"ReturnValues":"ALL_NEW")")
                .json("/Attributes"),
            R"({"a":{"S":"k"},"n":{"N":"3"},"p":{"S":"put"},"s":{"SS":["y"]}})");
}

TEST_F(UpdateItem, ResultsOverTheLimitAreRefused) {
  put(R"("n":{"N":"1"})");
  const auto reply = update(
      database_, R"("UpdateExpression":"SET v = :v","ExpressionAttributeValues":{":v":{"S":")" +
                     std::string(409'600, 'x') + R"("}})");
  EXPECT_EQ(reply.message(), "Item size to update has exceeded the maximum allowed size");
}

TEST_F(UpdateItem, TheResultSharesTheSizeLimitWithItsEntryInALocalIndex) {
  TestDatabase database{kIndexedTable};
  const auto input = [](std::size_t size_bytes) {
    return R"({"TableName":"Indexed","Key":{"a":{"S":"p"},"b":{"S":"1"}},
      "UpdateExpression":"SET c = :c, v = :v","ExpressionAttributeValues":{":c":{"S":"x"},
      ":v":{"S":")" +
           std::string(size_bytes - 7, 'x') + R"("}}})";
  };
  EXPECT_EQ(database.call("UpdateItem", input(204'801)).message(),
            "Item size to update has exceeded the maximum allowed size");
  EXPECT_EQ(database.call("UpdateItem", input(204'800)).body(), "{}");
}

TEST_F(UpdateItem, RefusesBeforeAnythingIsWritten) {
  put(R"("n":{"N":"1"},"s":{"S":"text"})");
  const Refusal refusals[] = {
      {R"("UpdateExpression":"")", "Invalid UpdateExpression: The expression can not be empty;"},
      {R"("ExpressionAttributeValues":{":v":{"N":"1"}})",
       "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression "
       "and ConditionExpression are null"},
      {R"("UpdateExpression":"SET n = :v","AttributeUpdates":{},"Expected":{},
          "ConditionalOperator":"OR","ConditionExpression":"a = :v")",
       "Can not use both expression and non-expression parameters in the same request: "
       "Non-expression parameters: {AttributeUpdates, Expected, ConditionalOperator} Expression "
       "parameters: {UpdateExpression, ConditionExpression}"},
      {R"("UpdateExpression":"SET a = :v","ExpressionAttributeValues":{":v":{"S":"x"}})",
       "One or more parameter values were invalid: Cannot update attribute a. This attribute is "
       "part of the key"},
      {R"("UpdateExpression":"SET x.y = :v","ExpressionAttributeValues":{":v":{"S":"x"}})",
       "The document path provided in the update expression is invalid for update"},
      {R"("UpdateExpression":"ADD s :v","ExpressionAttributeValues":{":v":{"N":"1"}})",
       "An operand in the update expression has an incorrect data type"},
      {R"("UpdateExpression":"SET z = nowhere")",
       "The provided expression refers to an attribute that does not exist in the item"},
      {R"("UpdateExpression":"SET n = :v",
          "ExpressionAttributeValues":{":v":{"S":"x"},":w":{"S":"x"}})",
       "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
      {R"("AttributeUpdates":{"z":{"Action":"ADD"}})",
       "One or more parameter values were invalid: Only DELETE action is allowed when no attribute "
       "value is specified"},
      {R"("AttributeUpdates":{"z":{"Action":"ADD","Value":{"S":"x"}}})",
       "One or more parameter values were invalid: ADD action is not supported for the type S"},
      {R"("AttributeUpdates":{"z":{"Action":"POP"}})",
       "1 validation error detected: Value 'POP' at 'attributeUpdates.z.member.action' failed to "
       "satisfy constraint: Member must satisfy enum value set: [ADD, DELETE, PUT]"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(update(database_, std::string(refusal.input)).message(), refusal.message)
        << refusal.input;
  }
  EXPECT_EQ(
      database_.call("GetItem", R"({"TableName":"Plain","Key":{"a":{"S":"k"}}})").json("/Item"),
      R"({"a":{"S":"k"},"n":{"N":"1"},"s":{"S":"text"}})");
}

TEST_F(UpdateItem, AFailedConditionShowsTheItemWhenAsked) {
  put(R"("n":{"N":"1"})");
  const auto reply =
      update(database_, R"("UpdateExpression":"SET n = :v","ConditionExpression":"n > :v",
        "ExpressionAttributeValues":{":v":{"N":"5"}},
        "ReturnValuesOnConditionCheckFailure":"ALL_OLD")");
  EXPECT_EQ(reply.error(), "ConditionalCheckFailedException");
  EXPECT_EQ(reply.json("/Item"), R"({"a":{"S":"k"},"n":{"N":"1"}})");
}

}  // namespace
}  // namespace parley::api
