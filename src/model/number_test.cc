// Facts about 38-digit decimals and their bytes.
#include "model/number.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace parley::model {
namespace {

Number number(std::string_view text) {
  return Number::parse(text).value();
}

std::string encoded(const Number& value) {
  std::string bytes;
  value.append_encoded(bytes);
  return bytes;
}

std::string error_of(std::string_view text) {
  const auto result = Number::parse(text);
  return result ? "no error: " + result->to_text() : result.error().message;
}

constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kTooManyDigits =
    "Attempting to store more than 38 significant digits in a Number";

TEST(Number, TextComesOutAsPlainDecimalWithoutSuperfluousZeros) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"0.000", "0"},
      {"0e125", "0"},
      {"-0.0e-130", "0"},
      {"1", "1"},
      {"+1", "1"},
      {"-1", "-1"},
      {"001.500", "1.5"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"5.", "5"},
      {"1e3", "1000"},
      {"1E+3", "1000"},
      {"1e-3", "0.001"},
      {"1.20e1", "12"},
      {"123.456", "123.456"},
      {"-1e2", "-100"},
      {"100e-2", "1"},
      {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
      {"1234567890123456789012345678901234567800", "1234567890123456789012345678901234567800"},
      {"0.00012345678901234567890123456789012345678",
       "0.00012345678901234567890123456789012345678"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(number(text).to_text(), expected) << text;
  EXPECT_EQ(number("1e125").to_text(), "1" + std::string(125, '0'));
  EXPECT_EQ(number("1e-130").to_text(), "0." + std::string(129, '0') + "1");
}

TEST(Number, WhatIsNoNumberIsRefusedWithTheTextEchoed) {
  EXPECT_EQ(error_of(""), "The parameter cannot be converted to a numeric value");
  for (const std::string_view text :
       {" 1",          "1 ",   "abc", "NaN", "Infinity", "-Infinity", ".",
        "-",           "+",    "e5",  "1e",  "1e+",      "--1",       "+-1",
        "1.2.3",       "0x10", "1_0", "1d",  "1,5",      "1e5.5",     "1e9223372036854775808",
        "\xEF\xBC\x91"}) {
    EXPECT_EQ(error_of(text),
              "The parameter cannot be converted to a numeric value: " + std::string(text));
  }
}

TEST(Number, MagnitudeLimitsHaveMessagesOfTheirOwn) {
  const std::string nines(38, '9');
  EXPECT_EQ(number(nines + "e88").to_text(), nines + std::string(88, '0'));
  EXPECT_EQ(error_of("1e126"), kOverflow);
  EXPECT_EQ(error_of("-1e126"), kOverflow);
  EXPECT_EQ(error_of("10e125"), kOverflow);
  EXPECT_EQ(error_of("1e99999999999"), kOverflow);
  EXPECT_EQ(error_of("-1e9223372036854775807"), kOverflow);
  EXPECT_EQ(error_of("1e-99999999999"), kUnderflow);
  EXPECT_EQ(error_of("0e126"), kOverflow);
  EXPECT_EQ(error_of("0e-131"), kUnderflow);
  EXPECT_EQ(error_of("1e2147483647"), kOverflow);
  EXPECT_EQ(number("1.1e-130").to_text(), "0." + std::string(129, '0') + "11");
  EXPECT_EQ(error_of("1e-131"), kUnderflow);
  EXPECT_EQ(error_of("-0.9e-130"), kUnderflow);
  EXPECT_EQ(error_of("1e-2147483647"), kUnderflow);
}

TEST(Number, ThirtyEightSignificantDigitsAreTheLimit) {
  const std::string digits(38, '7');
  EXPECT_EQ(number(digits).to_text(), digits);
  EXPECT_EQ(number(digits + "0000").to_text(), digits + "0000");
  EXPECT_EQ(number("000" + digits).to_text(), digits);
  EXPECT_EQ(error_of(digits + "1"), kTooManyDigits);
  EXPECT_EQ(error_of("0." + digits + "1"), kTooManyDigits);
  EXPECT_EQ(error_of("1" + std::string(37, '0') + "1"), kTooManyDigits);
  EXPECT_EQ(number("1" + std::string(36, '0') + "1").to_text(), "1" + std::string(36, '0') + "1");
}

TEST(Number, IntegersOfSixtyFourBitsConvertExactly) {
  EXPECT_EQ(Number::from_int64(0), Number());
  EXPECT_EQ(Number::from_int64(INT64_MIN).to_text(), "-9223372036854775808");
  EXPECT_EQ(Number::from_int64(INT64_MAX).to_text(), "9223372036854775807");
  EXPECT_EQ(Number::from_int64(-1200), number("-1.2e3"));
}

TEST(Number, EncodedBytesAreThoseOfTheFormat) {
  EXPECT_EQ(encoded(number("0")), std::string("\x80", 1));
  EXPECT_EQ(encoded(number("1")), "\xC1\x01");
  EXPECT_EQ(encoded(number("10")), "\xC1\x0A");
  EXPECT_EQ(encoded(number("100")), "\xC2\x01");
  EXPECT_EQ(encoded(number("-1")), "\x3E\x63\xFF");
  EXPECT_EQ(encoded(number("0.5")), "\xC0\x32");
  EXPECT_EQ(encoded(number("-12.34")), "\x3E\x58\x42\xFF");
  EXPECT_EQ(encoded(number("1e-130")), "\x80\x01");
  EXPECT_EQ(encoded(number("1e125")), "\xFF\x0A");
  EXPECT_EQ(encoded(number("123.45")), "\xC2\x01\x17\x2D");
  EXPECT_EQ(encoded(number("-0.001")), "\x40\x5A\xFF");
  EXPECT_EQ(encoded(number("-1234567890123456789012345678901234567.8")),
            "\x2C\x63\x4D\x37\x21\x0B\x63\x4D\x37\x21\x0B\x63\x4D\x37\x21\x0B\x63\x4D\x37\x21\x14");
}

TEST(Number, EncodedLengthIsDynamoDbsSizeOfTheNumber) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"0", 1},
      {"1", 2},
      {"10", 2},
      {"100", 2},
      {"123", 3},
      {"1234", 3},
      {"-1", 3},
      {"1.5", 3},
      {"0.01", 2},
      {"0.001", 2},
      {"-0.5", 3},
      {"12345678", 5},
      {"1e125", 2},
      {"12345678901234567890123456789012345678", 20},
      {"-1234567890123456789012345678901234567.8", 21}};
  for (const auto& [text, size] : cases) EXPECT_EQ(encoded(number(text)).size(), size) << text;
}

TEST(Number, BytesOrderAsTheNumbersDo) {
  const std::vector<std::string_view> ascending = {
      "-9.9e125", "-1e125", "-1000", "-100.1",    "-100",    "-99",    "-1.5",   "-1.0001",
      "-1",       "-0.5",   "-0.05", "-1.1e-130", "-1e-130", "0",      "1e-130", "1.1e-130",
      "0.05",     "0.5",    "1",     "1.0001",    "1.5",     "2",      "10",     "99",
      "100",      "100.1",  "101",   "1000",      "1e125",   "9.9e125"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const Number left = number(ascending[i]);
      const Number right = number(ascending[j]);
      EXPECT_EQ(left <=> right, i <=> j) << ascending[i] << " " << ascending[j];
      EXPECT_EQ(encoded(left) <=> encoded(right), i <=> j) << ascending[i] << " " << ascending[j];
    }
  }
}

TEST(Number, DecodeInvertsEncode) {
  for (const std::string_view text :
       {"0", "1", "-1", "10", "0.1", "123456.789", "-0.00120", "1e125", "-1e-130",
        "12345678901234567890123456789012345678", "-1.2345678901234567890123456789012345678",
        "99999999999999999999999999999999999999e88"}) {
    const std::string bytes = encoded(number(text));
    EXPECT_TRUE(Number::is_valid_encoding(bytes)) << text;
    EXPECT_EQ(Number::decode(bytes), number(text)) << text;
  }
}

TEST(Number, OnlyWhatEncodeWritesIsAValidEncoding) {
  for (const std::string_view bytes :
       {std::string_view(""), std::string_view("\x81"), std::string_view("\x7F"),
        std::string_view("\xC1\x00", 2), std::string_view("\xC1\x64"),
        std::string_view("\xC1\x01\x00", 3), std::string_view("\x3E\x63"),
        std::string_view("\x3E\xFF"), std::string_view("\x3E\x64\xFF"),
        std::string_view("\x3E\x00\xFF", 3), std::string_view("\x80\x00", 2)}) {
    EXPECT_FALSE(Number::is_valid_encoding(bytes)) << testing::PrintToString(bytes);
  }
}

TEST(Number, SumsAreExact) {
  const auto sum = [](std::string_view left, std::string_view right) {
    const auto result = Number::add(number(left), number(right));
    return result ? result->to_text() : result.error().message;
  };
  EXPECT_EQ(sum("1", "2"), "3");
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("5", "-5"), "0");
  EXPECT_EQ(sum("99", "1"), "100");
  EXPECT_EQ(sum("-1.5", "1"), "-0.5");
  EXPECT_EQ(sum("0", "7"), "7");
  EXPECT_EQ(sum("1e38", "-1"), std::string(38, '9'));
  EXPECT_EQ(sum("-1e38", "1"), "-" + std::string(38, '9'));
  EXPECT_EQ(sum("1e37", "1"), "1" + std::string(36, '0') + "1");
  EXPECT_EQ(sum("1e38", "1"), kTooManyDigits);
  EXPECT_EQ(sum("1e50", "1"), kTooManyDigits);
  EXPECT_EQ(sum("1e125", "1e-130"), kTooManyDigits);
  EXPECT_EQ(sum("9e125", "1e125"), kOverflow);
  EXPECT_EQ(sum("1.1e-130", "-1e-130"), kUnderflow);
  EXPECT_EQ(Number::subtract(number("3"), number("4"))->to_text(), "-1");
  EXPECT_EQ(Number::subtract(number("3"), number("0"))->to_text(), "3");
}

}  // namespace
}  // namespace parley::model
