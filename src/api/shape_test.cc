#include "api/shape.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

#include "api/common_shapes.h"

namespace parley::api {
namespace {

constexpr std::string_view kKeyTypeValues[] = {"HASH", "RANGE"};
constexpr Shape kKeyType = enumeration(kKeyTypeValues);
constexpr Member kElementMembers[] = {
    {"AttributeName", &kStringShape, Presence::kRequired},
    {"KeyType", &kKeyType, Presence::kRequired},
};
constexpr Shape kElement = structure("KeySchemaElement", kElementMembers);
constexpr Shape kKeySchema = list_of(kElement, 1, 2);
constexpr Shape kUnits = long_integer(1);
constexpr Member kThroughputMembers[] = {
    {"WriteCapacityUnits", &kUnits, Presence::kRequired},
    {"ReadCapacityUnits", &kUnits, Presence::kRequired},
};
constexpr Shape kThroughput = structure("ProvisionedThroughput", kThroughputMembers);
constexpr Shape kLimit = integer(1, 100);
constexpr Shape kRequests = list_of(kElement, 1, 2);
constexpr Shape kRequestItems = map_of(kRequests, &kIndexNameShape, 1);
constexpr Shape kTagKey = string_of(1, 4);
constexpr Shape kTagKeys = list_of(kTagKey);
constexpr Shape kKeys = list_of(kAttributeMapShape);

constexpr Member kMembers[] = {
    {"IndexName", &kIndexNameShape},
    {"KeySchema", &kKeySchema},
    {"ProvisionedThroughput", &kThroughput},
    {"Limit", &kLimit},
    {"Flag", &kBooleanShape},
    {"Names", &kAttributeNamesShape},
    {"Strings", &kStringListShape},
    {"Key", &kAttributeMapShape},
    {"Value", &kAttributeValueShape},
    {"RequestItems", &kRequestItems},
    {"TagKeys", &kTagKeys},
    {"Keys", &kKeys},
};
constexpr Shape kInput = structure("TestInput", kMembers);

constexpr Member kTableMembers[] = {
    {"Limit", &kLimit, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kParameter},
};
constexpr Shape kTableInput = structure("TableInput", kTableMembers);

Status check(const Shape& shape, const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element input;
  EXPECT_EQ(parser.parse(json).get(input), simdjson::SUCCESS) << json;
  return validate(shape, input);
}

struct Fact {
  std::string json;
  std::string message;
};

void expect_errors(ErrorCode code, const std::vector<Fact>& facts, const Shape& shape = kInput) {
  for (const Fact& fact : facts) {
    const Status status = check(shape, fact.json);
    ASSERT_FALSE(status.has_value()) << fact.json;
    EXPECT_EQ(status.error().code, code) << fact.json;
    EXPECT_EQ(status.error().message, fact.message) << fact.json;
  }
}

TEST(Shape, WrongTypesAreToldAsAwsTellsThem) {
  const std::string start = "Start of structure or map found where not expected";
  const std::string generic =
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
      "java.lang.Class are in module java.base of loader 'bootstrap')";
  const std::string model = "com.amazonaws.dynamodb.v20120810.";
  expect_errors(
      ErrorCode::kSerialization,
      {
          {R"({"IndexName":23})", "NUMBER_VALUE cannot be converted to String"},
          {R"({"IndexName":-14.6})", "DECIMAL_VALUE cannot be converted to String"},
          {R"({"IndexName":true})", "TRUE_VALUE cannot be converted to String"},
          {R"({"IndexName":false})", "FALSE_VALUE cannot be converted to String"},
          {R"({"IndexName":[]})", "Unrecognized collection type class java.lang.String"},
          {R"({"IndexName":{}})", start},
          {R"({"Limit":"23"})", "STRING_VALUE cannot be converted to Integer"},
          {R"({"Limit":true})", "TRUE_VALUE cannot be converted to Integer"},
          {R"({"Limit":[]})", "Unrecognized collection type class java.lang.Integer"},
          {R"({"Limit":{}})", start},
          {R"({"Limit":99999999999})", "NUMBER_VALUE cannot be converted to Integer"},
          {R"({"Flag":23})", "NUMBER_VALUE cannot be converted to Boolean"},
          {R"({"Flag":1.5})", "DECIMAL_VALUE cannot be converted to Boolean"},
          {R"({"Flag":"maybe"})", "Unexpected token received from parser"},
          {R"({"Flag":[]})", "Unrecognized collection type class java.lang.Boolean"},
          {R"({"ProvisionedThroughput":"x"})", "Unexpected field type"},
          {R"({"ProvisionedThroughput":[]})",
           "Unrecognized collection type class " + model + "ProvisionedThroughput"},
          {R"({"ProvisionedThroughput":{"ReadCapacityUnits":"1"}})",
           "STRING_VALUE cannot be converted to Long"},
          {R"({"KeySchema":"x"})", "Unexpected field type"},
          {R"({"KeySchema":{}})", start},
          {R"({"KeySchema":["x"]})", "Unexpected value type in payload"},
          {R"({"KeySchema":[[]]})",
           "Unrecognized collection type class " + model + "KeySchemaElement"},
          {R"({"Names":5})", "Unexpected field type"},
          {R"({"Names":[]})",
           "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"},
          {R"({"Key":[]})", "Unrecognized collection type java.util.Map<java.lang.String, " +
                                model + "AttributeValue>"},
          {R"({"RequestItems":[]})",
           "Unrecognized collection type java.util.Map<java.lang.String, java.util.List<" + model +
               "KeySchemaElement>>"},
          {R"({"RequestItems":{"a":5}})", generic},
          {R"({"RequestItems":{"a":{}}})", start},
          {R"({"Keys":[5]})", generic},
          {R"([])", "Unrecognized collection type class " + model + "TestInput"},
          {R"("x")", "Unexpected value type in payload"},
      });
}

TEST(Shape, ConstraintsAreToldTogetherInTheOrderOfMembers) {
  expect_errors(
      ErrorCode::kValidation,
      {
          {R"({"IndexName":"a;"})",
           "2 validation errors detected: Value 'a;' at 'indexName' failed to satisfy constraint: "
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at "
           "'indexName' failed to satisfy constraint: Member must have length greater than or "
           "equal "
           "to 3"},
          {R"({"Limit":0})",
           "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
           "must have value greater than or equal to 1"},
          {R"({"Limit":101, "IndexName":""})",
           "3 validation errors detected: Value '' at 'indexName' failed to satisfy constraint: "
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at "
           "'indexName' failed to satisfy constraint: Member must have length greater than or "
           "equal "
           "to 3; Value '101' at 'limit' failed to satisfy constraint: Member must have value less "
           "than or equal to 100"},
          {R"({"KeySchema":[], "ProvisionedThroughput":{"ReadCapacityUnits":-1}})",
           "3 validation errors detected: Value '[]' at 'keySchema' failed to satisfy constraint: "
           "Member must have length greater than or equal to 1; Value null at "
           "'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member must "
           "not be null; Value '-1' at 'provisionedThroughput.readCapacityUnits' failed to satisfy "
           "constraint: Member must have value greater than or equal to 1"},
          {R"({"KeySchema":[{"AttributeName":"a","KeyType":"Woop"},{"KeyType":null}]})",
           "3 validation errors detected: Value 'Woop' at 'keySchema.1.member.keyType' failed to "
           "satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]; Value null at "
           "'keySchema.2.member.attributeName' failed to satisfy constraint: Member must not be "
           "null; Value null at 'keySchema.2.member.keyType' failed to satisfy constraint: Member "
           "must not be null"},
          {R"({"KeySchema":[null]})",
           "1 validation error detected: Value null at 'keySchema.1.member' failed to satisfy "
           "constraint: Member must not be null"},
          {R"({"RequestItems":{}})",
           "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy "
           "constraint: "
           "Member must have length greater than or equal to 1"},
          {R"({"RequestItems":{"a":[]}})",
           "2 validation errors detected: Value '{a=[]}' at 'requestItems' failed to satisfy "
           "constraint: Map keys must satisfy constraint: [Member must have length less than or "
           "equal to 255, Member must have length greater than or equal to 3, Member must satisfy "
           "regular expression pattern: [a-zA-Z0-9_.-]+]; Value '{a=[]}' at 'requestItems' failed "
           "to satisfy constraint: Map value must satisfy constraint: [Member must have length "
           "less "
           "than or equal to 2, Member must have length greater than or equal to 1]"},
          {R"({"RequestItems":{"abc":[{"KeyType":"HASH"}]}})",
           "1 validation error detected: Value null at "
           "'requestItems.abc.member.1.member.attributeName' failed to satisfy constraint: Member "
           "must not be null"},
          {R"({"TagKeys":["ok","toolong"]})",
           "1 validation error detected: Value '[ok, toolong]' at 'tagKeys' failed to satisfy "
           "constraint: Member must satisfy constraint: [Member must have length less than or "
           "equal "
           "to 4, Member must have length greater than or equal to 1]"},
      });
}

TEST(Shape, StructuresPrintByNameWithTheirMembers) {
  const Status status = check(kInput, R"({"KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
                        {"AttributeName":"a","KeyType":"HASH"},
                        {"AttributeName":"b","KeyType":"HASH"}]})");
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message,
            "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), "
            "KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, "
            "keyType=HASH)]' at 'keySchema' failed to satisfy constraint: Member must have length "
            "less than or equal to 2");
}

TEST(Shape, AtMostTenViolationsAreTold) {
  std::string json = R"({"RequestItems":{"abc":[)";
  json += R"({"KeyType":"a"},{"KeyType":"a"}],"abd":[{"KeyType":"a"},{"KeyType":"a"}],)";
  json += R"("abe":[{"KeyType":"a"},{"KeyType":"a"}]}})";
  const Status status = check(kInput, json);
  ASSERT_FALSE(status.has_value());
  EXPECT_TRUE(status.error().message.starts_with("10 validation errors detected: "));
}

TEST(Shape, WrongTypesComeBeforeConstraintsAlsoInsideAttributeValues) {
  expect_errors(
      ErrorCode::kSerialization,
      {
          {R"({"IndexName":"a;","Limit":"x"})", "STRING_VALUE cannot be converted to Integer"},
          {R"({"IndexName":"a;","Key":{"a":{"S":5}}})",
           "NUMBER_VALUE cannot be converted to String"},
          {R"({"IndexName":"a;","Key":{"a":{"M":{"b":{"L":[{"NS":[5]}]}}}}})",
           "NUMBER_VALUE cannot be converted to String"},
          {R"({"IndexName":"a;","Key":{"a":{"B":"abc"}}})",
           "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
          {R"({"IndexName":"a;","Key":{"a":5}})", "Unexpected value type in payload"},
          {R"({"IndexName":"a;","Value":5})", "Unexpected field type"},
          {R"({"IndexName":"a;","Value":{"SS":"x"}})", "Unexpected field type"},
      });
}

TEST(Shape, AttributeValuesAreLeftToTheirParser) {
  EXPECT_TRUE(check(kInput, R"({"Key":{"a":{"S":5},"b":7},"Value":[],"Keys":[{"a":5}]})"));
}

TEST(Shape, NullIsAbsentAndUnknownMembersAreIgnored) {
  EXPECT_TRUE(check(kInput, R"({"IndexName":null,"Limit":null,"Whatever":5})"));
  EXPECT_TRUE(check(kInput, "{}"));
}

TEST(Shape, ParametersAreCheckedAloneBeforeAllElse) {
  const std::string length =
      "TableName must be at least 3 characters long and at most 255 characters long";
  expect_errors(
      ErrorCode::kValidation,
      {
          {"{}", "The parameter 'TableName' is required but was not present in the request"},
          {R"({"TableName":null})",
           "The parameter 'TableName' is required but was not present in the request"},
          {R"({"TableName":""})", length},
          {R"({"TableName":"a;"})", length},
          {R"({"TableName":")" + std::string(256, 'a') + R"("})", length},
          {R"({"TableName":"abc;"})",
           "2 validation errors detected: Value null at 'limit' failed to satisfy "
           "constraint: Member must not be null; Value 'abc;' at 'tableName' failed to "
           "satisfy constraint: Member must satisfy regular expression pattern: "
           "[a-zA-Z0-9_.-]+"},
      },
      kTableInput);
}

TEST(Shape, TableNamesMayBeArns) {
  EXPECT_TRUE(
      check(kTableInput,
            R"({"Limit":1,"TableName":"arn:aws:dynamodb:us-east-1:000000000001:table/abc"})"));
  EXPECT_TRUE(check(kTableInput, R"({"Limit":1,"TableName":"abc"})"));
  EXPECT_TRUE(check(kTableInput, R"({"Limit":1,"TableName":")" + std::string(255, 'a') + R"("})"));
}

TEST(Shape, BooleansMayBeStringsAndIntegersFractions) {
  simdjson::dom::parser parser;
  const std::string json = R"([true,"TRUE","yes","1",false,"No","0"])";
  simdjson::dom::array values;
  ASSERT_EQ(parser.parse(json).get(values), simdjson::SUCCESS);
  std::string seen;
  for (const simdjson::dom::element value : values) seen += boolean_of(value) ? 't' : 'f';
  EXPECT_EQ(seen, "ttttfff");
  EXPECT_TRUE(check(kInput, R"({"Flag":"true","Limit":1.9})"));
  simdjson::dom::element number;
  ASSERT_EQ(parser.parse(std::string("1.9")).get(number), simdjson::SUCCESS);
  EXPECT_EQ(integer_of(number), 1);
}

TEST(Shape, LengthCountsUtf16Units) {
  EXPECT_TRUE(check(kInput, "{\"TagKeys\":[\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\"]}"));
  EXPECT_FALSE(check(kInput, "{\"TagKeys\":[\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80x\"]}"));
}

TEST(Shape, OfANameThatComesTwiceTheFirstCounts) {
  EXPECT_TRUE(check(kInput, R"({"Limit":1,"Limit":1000})"));
  EXPECT_FALSE(check(kTableInput, R"({"Limit":1,"TableName":null,"TableName":"abc"})"));
}

}  // namespace
}  // namespace parley::api
