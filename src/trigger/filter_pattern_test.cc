#include "trigger/filter_pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace parley::trigger {
namespace {

constexpr std::string_view kEvent = R"({"eventID":"1","eventName":"MODIFY",
  "dynamodb":{"Keys":{"pk":{"S":"MSG#7"}},
    "NewImage":{"pk":{"S":"MSG#7"},"n":{"N":"7"},"flag":{"BOOL":true},"none":{"NULL":true},
      "tags":{"SS":["red","green"]},"empty":{"S":""},"m":{"M":{"in":{"S":"Deep"}}},
      "list":{"L":[{"S":"a"},{"N":"1"}]},"void":{"L":[]}},
    "SequenceNumber":"100000000000000000001","SizeBytes":70},
  "userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}})";

bool passes(std::string_view pattern) {
  auto compiled = FilterPattern::compile(pattern);
  EXPECT_TRUE(compiled) << pattern;
  if (!compiled) return false;
  std::vector<FilterPattern> patterns;
  patterns.push_back(*std::move(compiled));
  return RecordFilter(std::move(patterns)).passes(kEvent);
}

std::string image(std::string_view leaf) {
  return R"({"dynamodb":{"NewImage":)" + std::string(leaf) + "}}";
}

TEST(FilterPattern, EqualsAnyOfAList) {
  EXPECT_TRUE(passes(R"({"eventName":["INSERT","MODIFY"]})"));
  EXPECT_FALSE(passes(R"({"eventName":["INSERT","REMOVE"]})"));
  EXPECT_TRUE(passes(image(R"({"pk":{"S":["MSG#7"]}})")));
  EXPECT_TRUE(passes(image(R"({"empty":{"S":[""]}})")));
  EXPECT_TRUE(passes(image(R"({"m":{"M":{"in":{"S":["Deep"]}}}})")));
  EXPECT_TRUE(passes(image(R"({"flag":{"BOOL":[true]}})")));
  EXPECT_FALSE(passes(image(R"({"flag":{"BOOL":[false]}})")));
  EXPECT_FALSE(passes(image(R"({"flag":{"BOOL":["true"]}})")));
}

TEST(FilterPattern, AllNamesMustMatch) {
  EXPECT_TRUE(passes(R"({"eventName":["MODIFY"],"dynamodb":{"Keys":{"pk":{"S":["MSG#7"]}}}})"));
  EXPECT_FALSE(passes(R"({"eventName":["MODIFY"],"dynamodb":{"Keys":{"pk":{"S":["MSG#8"]}}}})"));
  EXPECT_FALSE(passes(R"({"nothing":["x"]})"));
}

TEST(FilterPattern, OneOfSeveralPatternsIsEnough) {
  std::vector<FilterPattern> patterns;
  patterns.push_back(FilterPattern::compile(R"({"eventName":["INSERT"]})").value());
  patterns.push_back(FilterPattern::compile(R"({"eventName":["MODIFY"]})").value());
  EXPECT_TRUE(RecordFilter(std::move(patterns)).passes(kEvent));
  EXPECT_TRUE(RecordFilter().passes(kEvent));
}

TEST(FilterPattern, OrOverSeveralNames) {
  EXPECT_TRUE(passes(R"({"$or":[{"eventName":["INSERT"]},{"dynamodb":{"SizeBytes":[70]}}]})"));
  EXPECT_FALSE(passes(R"({"$or":[{"eventName":["INSERT"]},{"dynamodb":{"SizeBytes":[71]}}]})"));
  EXPECT_FALSE(passes(R"({"eventID":["2"],"$or":[{"eventName":["MODIFY"]}]})"));
}

TEST(FilterPattern, PrefixSuffixAndCase) {
  EXPECT_TRUE(passes(image(R"({"pk":{"S":[{"prefix":"MSG#"}]}})")));
  EXPECT_FALSE(passes(image(R"({"pk":{"S":[{"prefix":"GRP#"}]}})")));
  EXPECT_TRUE(passes(image(R"({"pk":{"S":[{"suffix":"#7"}]}})")));
  EXPECT_FALSE(passes(image(R"({"pk":{"S":[{"suffix":"#8"}]}})")));
  EXPECT_TRUE(passes(image(R"({"pk":{"S":[{"equals-ignore-case":"msg#7"}]}})")));
  EXPECT_FALSE(passes(image(R"({"pk":{"S":[{"equals-ignore-case":"msg#"}]}})")));
}

TEST(FilterPattern, NumericSeesNumbersOnly) {
  EXPECT_TRUE(passes(R"({"dynamodb":{"SizeBytes":[{"numeric":[">",60,"<=",70]}]}})"));
  EXPECT_FALSE(passes(R"({"dynamodb":{"SizeBytes":[{"numeric":[">",70]}]}})"));
  EXPECT_TRUE(passes(R"({"dynamodb":{"SizeBytes":[{"numeric":["=",70.0]}]}})"));
  // DynamoDB's numbers are strings in the event.
  EXPECT_FALSE(passes(image(R"({"n":{"N":[{"numeric":[">",1]}]}})")));
  EXPECT_FALSE(passes(image(R"({"n":{"N":[7]}})")));
  EXPECT_TRUE(passes(image(R"({"n":{"N":["7"]}})")));
}

TEST(FilterPattern, ExistsLooksAtLeaves) {
  EXPECT_TRUE(passes(image(R"({"n":{"N":[{"exists":true}]}})")));
  EXPECT_FALSE(passes(image(R"({"q":{"N":[{"exists":true}]}})")));
  EXPECT_TRUE(passes(image(R"({"q":{"N":[{"exists":false}]}})")));
  EXPECT_FALSE(passes(image(R"({"n":{"N":[{"exists":false}]}})")));
  EXPECT_FALSE(passes(image(R"({"n":[{"exists":true}]})")));  // {"N":…} is no leaf
  EXPECT_FALSE(passes(image(R"({"void":{"L":[{"exists":true}]}})")));
  EXPECT_TRUE(passes(R"({"dynamodb":{"OldImage":{"pk":{"S":[{"exists":false}]}}}})"));
}

TEST(FilterPattern, AnythingBut) {
  EXPECT_TRUE(passes(R"({"eventName":[{"anything-but":"INSERT"}]})"));
  EXPECT_FALSE(passes(R"({"eventName":[{"anything-but":["INSERT","MODIFY"]}]})"));
  EXPECT_FALSE(passes(R"({"dynamodb":{"SizeBytes":[{"anything-but":[70]}]}})"));
  EXPECT_FALSE(passes(image(R"({"pk":{"S":[{"anything-but":{"prefix":"MSG"}}]}})")));
  EXPECT_TRUE(passes(image(R"({"pk":{"S":[{"anything-but":{"prefix":"GRP"}}]}})")));
  EXPECT_FALSE(passes(image(R"({"pk":{"S":[{"anything-but":{"suffix":["#1","#7"]}}]}})")));
  EXPECT_FALSE(passes(image(R"({"pk":{"S":[{"anything-but":{"equals-ignore-case":"msg#7"}}]}})")));
  EXPECT_FALSE(passes(image(R"({"q":{"S":[{"anything-but":"x"}]}})")));  // it must be there
}

TEST(FilterPattern, ArraysMatchByAnElement) {
  EXPECT_TRUE(passes(image(R"({"tags":{"SS":["green"]}})")));
  EXPECT_FALSE(passes(image(R"({"tags":{"SS":["blue"]}})")));
  EXPECT_TRUE(passes(image(R"({"list":{"L":{"S":["a"]}}})")));
}

TEST(FilterPattern, NullIsAValue) {
  auto pattern = FilterPattern::compile(R"({"a":[null]})");
  ASSERT_TRUE(pattern);
  std::vector<FilterPattern> patterns;
  patterns.push_back(*std::move(pattern));
  RecordFilter filter(std::move(patterns));
  EXPECT_TRUE(filter.passes(R"({"a":null})"));
  EXPECT_FALSE(filter.passes(R"({"a":"x"})"));
  EXPECT_FALSE(filter.passes(R"({})"));
}

TEST(FilterPattern, TtlDeletionsCanBePicked) {
  EXPECT_TRUE(
      passes(R"({"userIdentity":{"type":["Service"],"principalId":["dynamodb.amazonaws.com"]}})"));
}

TEST(FilterPattern, LengthCountsCharactersNotBytes) {
  std::string text;
  constexpr std::string_view kFrame = R"({"a":[""]})";
  for (std::size_t i = kFrame.size(); i < kFilterPatternCharactersMax; ++i) text.append("\u00e9");
  EXPECT_TRUE(FilterPattern::compile(R"({"a":[")" + text + R"("]})"));
  EXPECT_FALSE(FilterPattern::compile(R"({"a":[")" + text + R"(x"]})"));
}

TEST(FilterPattern, RefusesWhatIsNoPattern) {
  const std::string too_long =
      R"({"eventName":[")" + std::string(kFilterPatternCharactersMax, 'x') + R"("]})";
  for (const std::string_view text : {std::string_view("single-string"),
                                      std::string_view(R"([{"eventName": ["INSERT"=123}])"),
                                      std::string_view("{}"),
                                      std::string_view("[]"),
                                      std::string_view(R"({"a":"b"})"),
                                      std::string_view(R"({"a":[]})"),
                                      std::string_view(R"({"a":{}})"),
                                      std::string_view(R"({"a":[["b"]]})"),
                                      std::string_view(R"({"a":[{"wildcard":"b*"}]})"),
                                      std::string_view(R"({"a":[{"prefix":7}]})"),
                                      std::string_view(R"({"a":[{"exists":"yes"}]})"),
                                      std::string_view(R"({"a":[{"numeric":[">"]}]})"),
                                      std::string_view(R"({"a":[{"numeric":["!",1]}]})"),
                                      std::string_view(R"({"a":[{"numeric":["<",5,">",1]}]})"),
                                      std::string_view(R"({"a":[{"numeric":[">",5,"<",5]}]})"),
                                      std::string_view(R"({"a":[{"anything-but":[]}]})"),
                                      std::string_view(R"({"a":[{"anything-but":["x",1]}]})"),
                                      std::string_view(R"({"a":[{"prefix":"x","suffix":"y"}]})"),
                                      std::string_view(R"({"$or":{}})"),
                                      std::string_view(too_long)}) {
    const auto pattern = FilterPattern::compile(text);
    ASSERT_FALSE(pattern) << text;
    EXPECT_EQ(pattern.error().code, ErrorCode::kInvalidParameter);
    EXPECT_EQ(pattern.error().message, "Invalid filter pattern definition.");
  }
}

}  // namespace
}  // namespace parley::trigger
