#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

/// The message of a PutItem with a condition and further members.
std::string message_of(std::string_view members) {
  TestDatabase database{kPlainTable};
  return database
      .call("PutItem",
            R"({"TableName":"Plain","Item":{"a":{"S":"k"}},)" + std::string(members) + "}")
      .message();
}

TEST(ExpressionParameters, NamesAndValuesNeedAnExpression) {
  EXPECT_EQ(message_of(R"("ExpressionAttributeNames":{"#a":"a"})"),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(message_of(R"("ExpressionAttributeNames":{})"),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(message_of(R"("ExpressionAttributeValues":{":a":{"S":"a"}})"),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "ConditionExpression is null");
  EXPECT_EQ(message_of(R"("ConditionExpression":null,"ExpressionAttributeNames":{"#a":"a"})"),
            "ExpressionAttributeNames can only be specified when using expressions");
}

TEST(ExpressionParameters, TheMapsAreCheckedBeforeTheExpressions) {
  const Refusal refusals[] = {
      {R"("ExpressionAttributeNames":{},"ExpressionAttributeValues":{})",
       "ExpressionAttributeNames must not be empty"},
      {R"("ExpressionAttributeValues":{})", "ExpressionAttributeValues must not be empty"},
      {R"("ExpressionAttributeNames":{"a":"b"},"ExpressionAttributeValues":{})",
       "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""},
      {R"("ExpressionAttributeNames":{"#":"b"})",
       "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\""},
      {R"("ExpressionAttributeValues":{":v":{},"v":{"S":"x"}})",
       "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\""},
      {R"("ExpressionAttributeValues":{":v":{}})",
       "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must "
       "contain exactly one of the supported datatypes for key :v"},
      {R"("ExpressionAttributeValues":{":v":null})",
       "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must "
       "contain exactly one of the supported datatypes for key :v"},
      {R"("ExpressionAttributeValues":{":u":{"S":"x"},":v":{"N":"x"},":w":{}})",
       "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
       "numeric value: x for key :v"},
  };
  for (const auto& refusal : refusals) {
    EXPECT_EQ(message_of(R"("ConditionExpression":"bad (",)" + std::string(refusal.input)),
              refusal.message)
        << refusal.input;
  }
}

TEST(ExpressionParameters, UnusedNamesComeBeforeUnusedValues) {
  EXPECT_EQ(message_of(R"("ConditionExpression":"a = :v","ExpressionAttributeNames":{"#x":"y"},
    "ExpressionAttributeValues":{":v":{"S":"v"},":w":{"S":"w"}})"),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}");
  EXPECT_EQ(message_of(R"("ConditionExpression":"a = :v",
    "ExpressionAttributeValues":{":v":{"S":"v"},":w":{"S":"w"}})"),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}");
}

TEST(ExpressionParameters, AWrongJsonTypeInAValueIsASerializationException) {
  TestDatabase database{kPlainTable};
  EXPECT_EQ(database
                .call("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"}},
                  "ConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"N":1}}})")
                .error(),
            "SerializationException");
}

TEST(ExpressionParameters, MixesAreRefusedBeforeAnythingElse) {
  EXPECT_EQ(message_of(R"("ConditionExpression":"","Expected":{"v":{}},
    "ExpressionAttributeNames":{},"ReturnValues":"ALL_NEW")"),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}");
}

}  // namespace
}  // namespace parley::api
