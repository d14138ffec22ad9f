// Facts about items as JSON, and every error an AttributeValue can be.
#include "codec/item_json.h"

#include <gtest/gtest.h>

#include "model/limits.h"

namespace parley::codec {
namespace {

using namespace std::string_view_literals;

std::string round_trip(std::string_view json) {
  const auto item = parse_item(json);
  if (!item) return item.error().message;
  EXPECT_TRUE(model::is_valid_item(item->bytes())) << json;
  std::string out;
  append_json(out, item->view());
  return out;
}

/// The error of the one value `json`, as "code: message".
std::string error_of(std::string_view json) {
  const auto item = parse_item(std::string(R"({"a":)").append(json).append("}"));
  if (item) return "no error";
  switch (item.error().code) {
    case ErrorCode::kSerialization:
      return "Serialization: " + item.error().message;
    case ErrorCode::kValidation:
      return "Validation: " + item.error().message;
    default:
      return "another code: " + item.error().message;
  }
}

constexpr std::string_view kEmptyValue =
    "Validation: Supplied AttributeValue is empty, must contain exactly one of the supported "
    "datatypes";
constexpr std::string_view kSeveralTypes =
    "Validation: Supplied AttributeValue has more than one datatypes set, must contain exactly one "
    "of the supported datatypes";
constexpr std::string_view kStructure =
    "Serialization: Start of structure or map found where not expected";
constexpr std::string_view kFieldType = "Serialization: Unexpected field type";
constexpr std::string_view kPayload = "Serialization: Unexpected value type in payload";
constexpr std::string_view kNoBase64 =
    "Serialization: only base-64-encoded strings are convertible to bytes";

TEST(ItemJson, EveryTypeComesBackInNormalForm) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({})", R"({})"},
      {R"({"a":{"S":""}})", R"({"a":{"S":""}})"},
      {R"({"a":{"N":"+01.50e1"}})", R"({"a":{"N":"15"}})"},
      {R"({"a":{"B":"AAEC/w=="}})", R"({"a":{"B":"AAEC/w=="}})"},
      {R"({"a":{"B":""}})", R"({"a":{"B":""}})"},
      {R"({"a":{"SS":["b","","a"]}})", R"({"a":{"SS":["","a","b"]}})"},
      {R"({"a":{"NS":["10","-1","2.0"]}})", R"({"a":{"NS":["-1","2","10"]}})"},
      {R"({"a":{"BS":["/w==","","AA=="]}})", R"({"a":{"BS":["","AA==","/w=="]}})"},
      {R"({"a":{"L":[]}})", R"({"a":{"L":[]}})"},
      {R"({"a":{"M":{}}})", R"({"a":{"M":{}}})"},
      {R"({"a":{"L":[{"S":"x"},{"L":[{"NULL":true}]},{"BOOL":false}]}})",
       R"({"a":{"L":[{"S":"x"},{"L":[{"NULL":true}]},{"BOOL":false}]}})"},
      {R"({"b":{"M":{"z":{"N":"1"},"y":{"S":"2"}}},"a":{"BOOL":true}})",
       R"({"a":{"BOOL":true},"b":{"M":{"y":{"S":"2"},"z":{"N":"1"}}}})"},
      {R"({"a":{"BOOL":"YES"}})", R"({"a":{"BOOL":true}})"},
      {R"({"a":{"BOOL":"0"}})", R"({"a":{"BOOL":false}})"},
      {R"({"a":{"NULL":"true"}})", R"({"a":{"NULL":true}})"},
      {R"({"a":{"S":"1"},"a":{"S":"2"}})", R"({"a":{"S":"2"}})"},
  };
  for (const auto& [json, expected] : cases) EXPECT_EQ(round_trip(json), expected);
}

TEST(ItemJson, TheExampleOfTheFormatsDocumentHolds) {
  const auto item =
      parse_item(R"({"pk":{"S":"MSG#1"},"n":{"N":"-1.5"},"tags":{"SS":["b","a"]},)"
                 R"("x":{"M":{"ok":{"BOOL":true},"l":{"L":[{"NULL":true},{"B":"AP8="}]}}}})");
  EXPECT_EQ(item->bytes(),
            "\x01\x04\x01n\x01\x04\x3E\x63\x32\xFF\x02pk\x00\x05MSG#1\x04tags"
            "\x03\x00\x00\x00\x05\x02\x01"
            "a\x01"
            "b\x01x\x06\x00\x00\x00\x12\x02\x01l\x07\x00\x00\x00\x06\x02\x08\x02\x02\x00\xFF"
            "\x02ok\x0A"sv);
  EXPECT_EQ(item->view().size_bytes(), 36U);
}

TEST(ItemJson, StringsAreEscapedWhereJsonMustAndNowhereElse) {
  EXPECT_EQ(round_trip(R"({"a\"\\":{"S":"\u0000\u001f\b\f\n\r\t\"\\\/\u007f é 😀 \u2028"}})"),
            "{\"a\\\"\\\\\":{\"S\":\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\x7f é 😀 \u2028\"}}");
}

TEST(ItemJson, AnEscapeIsFoundAtEveryPlaceOfAStringOfAnyLength) {
  for (std::size_t size = 0; size <= 70; ++size) {
    const std::string plain(size, 'x');
    std::string json;
    append_json_string(json, plain);
    ASSERT_EQ(json, '"' + plain + '"');
    for (std::size_t at = 0; at < size; ++at) {
      for (const auto& [special, escaped] : {std::pair<char, std::string_view>{'"', R"(\")"},
                                             {'\\', R"(\\)"},
                                             {'\x1f', R"(\u001f)"},
                                             {'\x00', R"(\u0000)"},
                                             {'\x20', " "},
                                             {'\x7f', "\x7f"},
                                             {'\x80', "\x80"},
                                             {'\xa2', "\xa2"},
                                             {'\xff', "\xff"}}) {
        std::string text = plain;
        text[at] = special;
        std::string expected = text;
        expected.replace(at, 1, escaped);
        json.clear();
        append_json_string(json, text);
        ASSERT_EQ(json, '"' + expected + '"') << size << " " << at;
      }
    }
  }
}

TEST(ItemJson, NamesAndStringsOfAnyLengthComeBackWithAnEscapeAtAnyPlace) {
  for (std::size_t size = 0; size <= 40; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {  // size: no escape at all
      for (const std::string_view escaped : {R"(\")", R"(\\)", R"(\n)", R"(\u001f)", "é"}) {
        std::string text(size, 'x');
        for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
        if (at < size) text.replace(at, 1, escaped);
        const std::string value = R"({"a":{"S":")" + text + R"("},"b":{"S":"plain"}})";
        ASSERT_EQ(round_trip(value), value);
        if (size == 0) continue;  // no name is empty
        const std::string name = R"({")" + text + R"(":{"S":"value"}})";
        ASSERT_EQ(round_trip(name), name);
      }
    }
  }
}

TEST(ItemJson, NullMembersAndUnknownNamesDoNotCount) {
  EXPECT_EQ(round_trip(R"({"a":{"S":"x","N":null}})"), R"({"a":{"S":"x"}})");
  EXPECT_EQ(round_trip(R"({"a":{"X":1,"S":"x"}})"), R"({"a":{"S":"x"}})");
  EXPECT_EQ(round_trip(R"({"a":{"S":"x","S":"y"}})"), R"({"a":{"S":"y"}})");
}

TEST(ItemJson, AValueHasExactlyOneType) {
  EXPECT_EQ(error_of("{}"), kEmptyValue);
  EXPECT_EQ(error_of("null"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"X":"x"})"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"s":"x"})"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"S":null})"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"S":null,"N":null})"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"L":[{}]})"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"M":{"x":{}}})"), kEmptyValue);
  EXPECT_EQ(error_of(R"({"S":"x","N":"1"})"), kSeveralTypes);
  EXPECT_EQ(error_of(R"({"S":"x","NULL":true})"), kSeveralTypes);
}

TEST(ItemJson, WhatIsWrongInOneOfSeveralTypesIsFoundFirst) {
  EXPECT_EQ(error_of(R"({"S":"x","N":"y"})"),
            "Validation: The parameter cannot be converted to a numeric value: y");
  EXPECT_EQ(
      error_of(R"({"SS":[],"S":"x"})"),
      "Validation: One or more parameter values were invalid: An string set  may not be empty");
}

TEST(ItemJson, NumbersHaveErrorsOfTheirOwn) {
  EXPECT_EQ(error_of(R"({"N":""})"),
            "Validation: The parameter cannot be converted to a numeric value");
  EXPECT_EQ(error_of(R"({"N":"NaN"})"),
            "Validation: The parameter cannot be converted to a numeric value: NaN");
  EXPECT_EQ(error_of(R"({"N":"1e126"})"),
            "Validation: Number overflow. Attempting to store a number with magnitude larger than "
            "supported range");
  EXPECT_EQ(
      error_of(R"({"NS":["1","1e-131"]})"),
      "Validation: Number underflow. Attempting to store a number with magnitude smaller than "
      "supported range");
  EXPECT_EQ(error_of(R"({"L":[{"N":"123456789012345678901234567890123456789"}]})"),
            "Validation: Attempting to store more than 38 significant digits in a Number");
}

TEST(ItemJson, SetsAreNeitherEmptyNorRepeating) {
  constexpr std::string_view kPrefix = "Validation: One or more parameter values were invalid: ";
  const auto with_prefix = [&](std::string_view text) { return std::string(kPrefix).append(text); };
  EXPECT_EQ(error_of(R"({"SS":[]})"), with_prefix("An string set  may not be empty"));
  EXPECT_EQ(error_of(R"({"NS":[]})"), with_prefix("An number set  may not be empty"));
  EXPECT_EQ(error_of(R"({"BS":[]})"), with_prefix("Binary sets should not be empty"));
  EXPECT_EQ(error_of(R"({"L":[{"M":{"x":{"SS":[]}}}]})"),
            with_prefix("An string set  may not be empty"));
  EXPECT_EQ(error_of(R"({"SS":["a","a"]})"),
            with_prefix("Input collection [a, a] contains duplicates."));
  EXPECT_EQ(error_of(R"({"SS":["b","a","b"]})"),
            with_prefix("Input collection [b, a, b] contains duplicates."));
  EXPECT_EQ(error_of(R"({"SS":["",""]})"),
            with_prefix("Input collection [, ] contains duplicates."));
  EXPECT_EQ(error_of(R"({"NS":["1","1.0"]})"), "Validation: Input collection contains duplicates");
  EXPECT_EQ(error_of(R"({"BS":["Yg==","Yg=="]})"),
            with_prefix("Input collection [Yg==, Yg==]of type BS contains duplicates."));
  EXPECT_EQ(error_of(R"({"SS":[null]})"),
            with_prefix("An string set may not have a null string as a member"));
}

TEST(ItemJson, ANullMemberOfANumberSetIsNoNumber) {
  EXPECT_EQ(error_of(R"({"NS":["1",null]})"),
            "Validation: The parameter cannot be converted to a numeric value");
  EXPECT_EQ(
      error_of(R"({"BS":[null]})"),
      "Validation: One or more parameter values were invalid: Binary sets may not contain null "
      "or empty values");
}

TEST(ItemJson, NullMustBeTrue) {
  EXPECT_EQ(
      error_of(R"({"NULL":false})"),
      "Validation: One or more parameter values were invalid: Null attribute value types must "
      "have the value of true");
}

TEST(ItemJson, AttributeNamesAreNeitherEmptyNorTooLong) {
  EXPECT_EQ(round_trip(R"({"":{"S":"x"}})"), "Empty attribute name");
  EXPECT_EQ(error_of(R"({"M":{"":{"S":"x"}}})"), "Validation: Empty attribute name");
  const auto named = [](std::size_t size) {
    return R"({"M":{")" + std::string(size, 'n') + R"(":{"S":"x"}}})";
  };
  EXPECT_EQ(error_of(named(65'535)), "no error");
  EXPECT_EQ(error_of(named(65'536)),
            "Validation: Attribute name is too large, must be less than 65536 bytes");
}

TEST(ItemJson, WrongJsonTypesAreWordedByTheJavaTypeWanted) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"1", kPayload},
      {"true", kPayload},
      {R"("x")", kPayload},
      {"[]",
       "Serialization: Unrecognized collection type class "
       "com.amazonaws.dynamodb.v20120810.AttributeValue"},
      {R"({"S":1})", "Serialization: NUMBER_VALUE cannot be converted to String"},
      {R"({"S":-1})", "Serialization: NUMBER_VALUE cannot be converted to String"},
      {R"({"S":1.5})", "Serialization: DECIMAL_VALUE cannot be converted to String"},
      {R"({"N":1})", "Serialization: NUMBER_VALUE cannot be converted to String"},
      {R"({"N":true})", "Serialization: TRUE_VALUE cannot be converted to String"},
      {R"({"S":false})", "Serialization: FALSE_VALUE cannot be converted to String"},
      {R"({"S":[]})", "Serialization: Unrecognized collection type class java.lang.String"},
      {R"({"S":{}})", kStructure},
      {R"({"B":1})", kNoBase64},
      {R"({"B":true})", kNoBase64},
      {R"({"B":[]})", "Serialization: Unrecognized collection type class java.nio.ByteBuffer"},
      {R"({"B":{}})", kStructure},
      {R"({"BOOL":1})", "Serialization: NUMBER_VALUE cannot be converted to Boolean"},
      {R"({"BOOL":0.5})", "Serialization: DECIMAL_VALUE cannot be converted to Boolean"},
      {R"({"BOOL":"x"})", "Serialization: Unexpected token received from parser"},
      {R"({"BOOL":[]})", "Serialization: Unrecognized collection type class java.lang.Boolean"},
      {R"({"NULL":{}})", kStructure},
      {R"({"SS":"a"})", kFieldType},
      {R"({"SS":1})", kFieldType},
      {R"({"SS":{}})", kStructure},
      {R"({"SS":[1]})", "Serialization: NUMBER_VALUE cannot be converted to String"},
      {R"({"NS":[true]})", "Serialization: TRUE_VALUE cannot be converted to String"},
      {R"({"SS":[[]]})", "Serialization: Unrecognized collection type class java.lang.String"},
      {R"({"SS":[{}]})", kStructure},
      {R"({"BS":[1]})", kNoBase64},
      {R"({"BS":"a"})", kFieldType},
      {R"({"L":"a"})", kFieldType},
      {R"({"L":{}})", kStructure},
      {R"({"L":[1]})", kPayload},
      {R"({"L":["a"]})", kPayload},
      {R"({"M":"a"})", kFieldType},
      {R"({"M":[]})",
       "Serialization: Unrecognized collection type java.util.Map<java.lang.String, "
       "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
      {R"({"M":{"x":1}})", kPayload},
  };
  for (const auto& [json, expected] : cases) EXPECT_EQ(error_of(json), expected) << json;
}

TEST(ItemJson, Base64IsWholeAndHasNoSpareBits) {
  EXPECT_EQ(error_of(R"({"B":"abc"})"),
            "Serialization: Base64 encoded length is expected a multiple of 4 bytes but found: 3");
  for (const std::string_view json :
       {R"({"B":"ab=="})", R"({"B":"a$bc"})", R"({"B":"=aaa"})", R"({"BS":["YQ==","ab=="]})"}) {
    EXPECT_EQ(error_of(json), "Serialization: Invalid last non-pad Base64 character dectected");
  }
}

std::string nested(std::size_t levels, std::string_view open, std::string_view close,
                   std::string_view leaf) {
  std::string json;
  for (std::size_t i = 0; i < levels; ++i) json.append(open);
  json.append(leaf);
  for (std::size_t i = 0; i < levels; ++i) json.append(close);
  return json;
}

TEST(ItemJson, NestingEndsAtTheLimitWhichCountsTheAttributeItself) {
  constexpr std::string_view kTooDeep =
      "Validation: Nesting Levels have exceeded supported limits: Attributes in the item have "
      "nested "
      "levels beyond supported limit";
  constexpr std::size_t kMost = model::kNestingDepthMax - 1;
  constexpr std::string_view kLeaf = R"({"S":"x"})";
  EXPECT_EQ(error_of(nested(kMost, R"({"L":[)", "]}", kLeaf)), "no error");
  EXPECT_EQ(error_of(nested(kMost + 1, R"({"L":[)", "]}", kLeaf)), kTooDeep);
  EXPECT_EQ(error_of(nested(kMost, R"({"M":{"a":)", "}}", kLeaf)), "no error");
  EXPECT_EQ(error_of(nested(kMost + 1, R"({"M":{"a":)", "}}", kLeaf)), kTooDeep);
  EXPECT_EQ(error_of(nested(kMost, R"({"L":[)", "]}", R"({"M":{}})")), kTooDeep);
  EXPECT_EQ(error_of(nested(kMost, R"({"L":[)", "]}", R"({"SS":["x"]})")), "no error");
  EXPECT_EQ(error_of(nested(400, R"({"L":[)", "]}", kLeaf)), kTooDeep);
}

TEST(ItemJson, TextThatIsNoJsonObjectIsRefused) {
  for (const std::string_view text : {"", "[]", "{", R"({"a":{"S":"\ud800"}})"}) {
    EXPECT_EQ(parse_item(text).error().code, ErrorCode::kSerialization) << text;
  }
}

}  // namespace
}  // namespace parley::codec
