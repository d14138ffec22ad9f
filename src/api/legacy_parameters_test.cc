#include <gtest/gtest.h>

#include <string>

#include "api/test_database.h"
#include "api/test_tables.h"

namespace parley::api {
namespace {

/// A PutItem over {"a":"k","v":1} with these members.
TestReply put_expecting(std::string_view members) {
  TestDatabase database{kPlainTable};
  database.expect_ok("PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"},"v":{"N":"1"}}})");
  return database.call(
      "PutItem", R"({"TableName":"Plain","Item":{"a":{"S":"k"}},)" + std::string(members) + "}");
}

TEST(Expected, FulfilledConditionsLetTheWriteThrough) {
  for (
      const std::string_view members : {
          R"("Expected":{})",
          R"("Expected":{"v":{"Value":{"N":"1.0"}}})",
          R"("Expected":{"v":{"Exists":true,"Value":{"N":"1"}},"w":{"Exists":false}})",
          R"("Expected":{"v":{"ComparisonOperator":"EQ","Value":{"N":"1"}}})",
          R"("Expected":{"v":{"ComparisonOperator":"BETWEEN",
                "AttributeValueList":[{"N":"0"},{"N":"1"}]}})",
          R"("Expected":{"v":{"ComparisonOperator":"IN","AttributeValueList":[{"N":"0"},{"N":"1"}]},
                "w":{"ComparisonOperator":"NOT_NULL"}},"ConditionalOperator":"OR")",
          R"("Expected":null,"ConditionExpression":null)",
      }) {
    EXPECT_EQ(put_expecting(members).body(), "{}") << members;
  }
}

TEST(Expected, OtherwiseTheConditionFails) {
  for (const std::string_view members : {
           R"("Expected":{"v":{"Value":{"N":"2"}}})",
           R"("Expected":{"v":{"Exists":false}})",
           R"("Expected":{"v":{"Value":{"N":"1"}},"w":{"ComparisonOperator":"NOT_NULL"}},
              "ConditionalOperator":"AND")",
       }) {
    EXPECT_EQ(put_expecting(members).error(), "ConditionalCheckFailedException") << members;
  }
}

TEST(Expected, RefusesWhatMakesNoSense) {
  const Refusal refusals[] = {
      {R"("ConditionalOperator":"OR")",
       "ConditionalOperator cannot be used without Filter or Expected"},
      {R"("Expected":{"v":{"ComparisonOperator":"NULL","AttributeValueList":[{"N":"1"}]}},
           "ConditionalOperator":"OR")",
       "One or more parameter values were invalid: Invalid number of argument(s) for the NULL "
       "ComparisonOperator"},
      {R"("Expected":{"v":{"Value":{"N":"1"}}},"ConditionalOperator":"OR")",
       "ConditionalOperator can only be used when Filter or Expected has two or more elements"},
      {R"("Expected":{"v":{}})",
       "One or more parameter values were invalid: Value must be provided when Exists is null for "
       "Attribute: v"},
      {R"("Expected":{"v":{"Exists":true}})",
       "One or more parameter values were invalid: Value must be provided when Exists is true for "
       "Attribute: v"},
      {R"("Expected":{"v":{"Exists":false,"Value":{"N":"1"}}})",
       "One or more parameter values were invalid: Value cannot be used when Exists is false for "
       "Attribute: v"},
      {R"("Expected":{"v":{"ComparisonOperator":"EQ","Exists":true}})",
       "One or more parameter values were invalid: Exists and ComparisonOperator cannot be used "
       "together for Attribute: v"},
      {R"("Expected":{"v":{"Value":{"N":"1"},"AttributeValueList":[{"N":"1"}]}})",
       "One or more parameter values were invalid: Value and AttributeValueList cannot be used "
       "together for Attribute: v"},
      {R"("Expected":{"v":{"ComparisonOperator":"EQ","AttributeValueList":[]}})",
       "One or more parameter values were invalid: Invalid number of argument(s) for the EQ "
       "ComparisonOperator"},
      {R"("Expected":{"v":{"ComparisonOperator":"IS","AttributeValueList":[]}})",
       "1 validation error detected: Value 'IS' at 'expected.v.member.comparisonOperator' failed "
       "to "
       "satisfy constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, "
       "NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]"},
  };
  for (const auto& refusal : refusals) {
    const auto reply = put_expecting(refusal.input);
    EXPECT_EQ(reply.error(), "ValidationException") << refusal.input;
    EXPECT_EQ(reply.message(), refusal.message) << refusal.input;
  }
}

}  // namespace
}  // namespace parley::api
