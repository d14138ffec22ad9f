#include "api/request_fingerprint.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace parley::api {
namespace {

std::uint64_t fingerprint_of(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  EXPECT_EQ(parser.parse(text.data(), text.size()).get(json), simdjson::SUCCESS) << text;
  return fingerprint(json);
}

TEST(RequestFingerprint, IgnoresSpaceEscapesOrderAndNulls) {
  const auto plain = fingerprint_of(R"([{"a":"é","b":{"c":1,"d":true}}])");
  EXPECT_EQ(fingerprint_of(R"( [ {"b" : {"d":true, "c":1, "x":null}, "a":"\u00e9"} ] )"), plain);
}

TEST(RequestFingerprint, SeesEveryOtherDifference) {
  constexpr std::string_view kValues[] = {"1",
                                          "2",
                                          "-1",
                                          "1.5",
                                          R"("1")",
                                          R"("")",
                                          "[]",
                                          "{}",
                                          "[1]",
                                          "[[1]]",
                                          "[1,2]",
                                          "[2,1]",
                                          "[1,1]",
                                          "true",
                                          "false",
                                          R"({"a":1})",
                                          R"({"a":2})",
                                          R"({"b":1})",
                                          R"({"a":"1"})",
                                          R"(["a",1])",
                                          R"({"a":{"b":1}})",
                                          R"({"b":{"a":1}})",
                                          R"({"a":1,"b":2})",
                                          R"({"a":2,"b":1})",
                                          "[null]"};
  std::set<std::uint64_t> seen;
  for (const auto value : kValues) {
    EXPECT_TRUE(seen.insert(fingerprint_of(value)).second) << value;
  }
}

TEST(RequestFingerprint, IsTheSameInEveryProcess) {
  EXPECT_EQ(fingerprint_of(R"({"a":[1,"b"]})"), 12639505079715689237u);
}

}  // namespace
}  // namespace parley::api
