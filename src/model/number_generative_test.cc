// Thousands of generated numbers against an oracle that knows nothing of coefficients: every number
// is a row of decimal digits from 10^126 down to 10^-170, compared and added digit by digit.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "model/number.h"

namespace parley::model {
namespace {

constexpr int kTop = 130;      // the power of ten of the first digit
constexpr int kBottom = -175;  // and of the last
constexpr std::size_t kPlaces = kTop - kBottom + 1;

/// A decimal by the schoolbook.
struct Oracle {
  bool negative = false;
  std::array<int, kPlaces> digits{};

  static std::size_t place(int power) { return static_cast<std::size_t>(kTop - power); }

  [[nodiscard]] bool is_zero() const {
    return std::ranges::all_of(digits, [](int digit) { return digit == 0; });
  }
  /// The power of ten of the first digit that is not zero, and of the last.
  [[nodiscard]] std::pair<int, int> extent() const {
    int first = kBottom - 1;
    int last = kTop + 1;
    for (int power = kTop; power >= kBottom; --power) {
      if (digits[place(power)] == 0) continue;
      first = std::max(first, power);
      last = power;
    }
    return {first, last};
  }
  [[nodiscard]] std::string text() const {
    if (is_zero()) return "0";
    const auto [first, last] = extent();
    std::string text = negative ? "-" : "";
    for (int power = std::max(first, 0); power >= std::min(last, 0); --power) {
      if (power == -1) text.push_back('.');
      text.push_back(static_cast<char>('0' + digits[place(power)]));
    }
    return text;
  }
  /// What DynamoDB says of it as a number, "" when nothing.
  [[nodiscard]] std::string fault() const {
    if (is_zero()) return "";
    const auto [first, last] = extent();
    if (first > 125) return "overflow";
    if (first < -130) return "underflow";
    return first - last + 1 > 38 ? "digits" : "";
  }
};

int compare(const Oracle& left, const Oracle& right) {
  const bool left_negative = left.negative && !left.is_zero();
  const bool right_negative = right.negative && !right.is_zero();
  if (left_negative != right_negative) return left_negative ? -1 : 1;
  const int order = left.digits < right.digits ? -1 : left.digits == right.digits ? 0 : 1;
  return left_negative ? -order : order;
}

Oracle add(const Oracle& left, const Oracle& right) {
  Oracle sum;
  if (left.negative == right.negative) {
    sum.negative = left.negative;
    int carry = 0;
    for (std::size_t i = kPlaces; i-- > 0;) {
      const int digit = left.digits[i] + right.digits[i] + carry;
      sum.digits[i] = digit % 10;
      carry = digit / 10;
    }
    return sum;
  }
  const bool left_larger = left.digits >= right.digits;
  const Oracle& larger = left_larger ? left : right;
  const Oracle& smaller = left_larger ? right : left;
  sum.negative = larger.negative;
  int borrow = 0;
  for (std::size_t i = kPlaces; i-- > 0;) {
    const int digit = larger.digits[i] - smaller.digits[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    sum.digits[i] = digit + 10 * borrow;
  }
  return sum;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  /// A number that DynamoDB stores. Powers of ten lie close together now and then, so that sums
  /// meet.
  Oracle number() {
    Oracle value;
    value.negative = between(0, 1) == 1;
    if (between(0, 40) == 0) return Oracle();
    const int count = between(0, 3) == 0 ? 38 : between(1, 38);
    int first = between(-130, 125);
    if (between(0, 1) == 0) first = between(-3, 40);
    if (between(0, 9) == 0) first = between(0, 1) == 0 ? 125 : -130;
    const int style = between(0, 3);
    for (int i = 0; i < count; ++i) {
      const int digit = style == 0 ? 9 : style == 1 && i > 0 && i + 1 < count ? 0 : between(0, 9);
      value.digits[Oracle::place(first - i)] = i == 0 && digit == 0 ? 1 : digit;
    }
    return value;
  }

  /// One of the many ways to write `value`.
  std::string write(const Oracle& value) {
    const auto [first, last] = value.is_zero() ? std::pair{0, 0} : value.extent();
    std::string text = value.negative ? "-" : between(0, 3) == 0 ? "+" : "";
    const int before = between(0, 2);
    const int after = between(0, 2);
    text.append(static_cast<std::size_t>(before), '0');
    const int point_after = between(first + 1, last - 2);  // the point stands behind this power
    bool pointed = false;
    for (int power = first; power >= last; --power) {
      text.push_back(static_cast<char>('0' + value.digits[Oracle::place(power)]));
      if (power == point_after) {
        text.push_back('.');
        pointed = true;
      }
    }
    text.append(static_cast<std::size_t>(after), '0');
    const int exponent = pointed ? point_after : last - after;
    if (exponent != 0 || between(0, 1) == 0) {
      text.push_back(between(0, 1) == 0 ? 'e' : 'E');
      if (exponent >= 0 && between(0, 1) == 0) text.push_back('+');
      text.append(std::to_string(exponent));
    }
    return text;
  }

 private:
  std::mt19937_64 random_;
};

std::string encoded(const Number& value) {
  std::string bytes;
  value.append_encoded(bytes);
  return bytes;
}

std::string kind_of(const Error& error) {
  if (error.message.starts_with("Number overflow")) return "overflow";
  if (error.message.starts_with("Number underflow")) return "underflow";
  if (error.message.starts_with("Attempting to store more than 38")) return "digits";
  return "not a number";
}

TEST(NumberGenerated, EveryWayOfWritingANumberReadsAsItsPlainText) {
  Generator generator(1);
  for (int i = 0; i < 20'000; ++i) {
    const Oracle value = generator.number();
    const std::string text = generator.write(value);
    const auto number = Number::parse(text);
    ASSERT_TRUE(number.has_value()) << text << ": " << number.error().message;
    ASSERT_EQ(number->to_text(), value.text()) << text;
    ASSERT_EQ(*number, Number::parse(value.text()).value()) << text;
  }
}

TEST(NumberGenerated, BytesHoldTheNumberAndItsSize) {
  Generator generator(2);
  for (int i = 0; i < 20'000; ++i) {
    const Oracle value = generator.number();
    const std::string text = generator.write(value);
    const Number number = Number::parse(text).value();
    const std::string bytes = encoded(number);
    ASSERT_TRUE(Number::is_valid_encoding(bytes)) << text;
    ASSERT_EQ(Number::decode(bytes), number) << text;

    std::string straight_bytes;
    ASSERT_TRUE(Number::append_encoded_text(text, straight_bytes).has_value());
    ASSERT_EQ(straight_bytes, bytes) << text;
    std::string straight_text;
    Number::append_decoded_text(bytes, straight_text);
    ASSERT_EQ(straight_text, value.text());

    // Pairs of digits between the first and the last that are not zero, counted from the point.
    std::size_t size = 1;
    if (!value.is_zero()) {
      const auto [first, last] = value.extent();
      const auto pair_of = [](int power) { return power >= 0 ? power / 2 : (power - 1) / 2; };
      size += static_cast<std::size_t>(pair_of(first) - pair_of(last) + 1);
      if (value.negative && size < Number::kEncodedSizeBytesMax) ++size;
    }
    ASSERT_EQ(bytes.size(), size) << text;
  }
}

TEST(NumberGenerated, BytesAndNumbersOrderAsTheOracleDoes) {
  Generator generator(3);
  constexpr std::size_t kCount = 1200;
  std::vector<Oracle> oracles;
  std::vector<Number> numbers;
  std::vector<std::string> bytes;
  for (std::size_t i = 0; i < kCount; ++i) {
    Oracle value = i % 8 == 7 ? oracles.back() : generator.number();
    if (i % 8 == 7) {  // a neighbour of the one before, so that long prefixes are shared
      value.digits[Oracle::place(value.is_zero() ? 0 : value.extent().second)] =
          generator.between(1, 9);
    }
    oracles.push_back(value);
    numbers.push_back(Number::parse(generator.write(value)).value());
    bytes.push_back(encoded(numbers.back()));
  }
  for (std::size_t i = 0; i < kCount; ++i) {
    for (std::size_t j = 0; j < kCount; ++j) {
      const auto expected = compare(oracles[i], oracles[j]) <=> 0;
      ASSERT_EQ(numbers[i] <=> numbers[j], expected)
          << oracles[i].text() << " " << oracles[j].text();
      ASSERT_EQ(bytes[i] <=> bytes[j], expected) << oracles[i].text() << " " << oracles[j].text();
      ASSERT_EQ(numbers[i] == numbers[j], expected == 0);
    }
  }
}

TEST(NumberGenerated, SumsAndDifferencesAreTheOraclesOrFailAsItDoes) {
  Generator generator(4);
  std::array<int, 2> outcomes{};
  for (int i = 0; i < 60'000; ++i) {
    const Oracle left = generator.number();
    Oracle right = generator.number();
    const Number left_number = Number::parse(left.text()).value();
    const Number right_number = Number::parse(right.text()).value();
    for (const bool subtract : {false, true}) {
      if (subtract) right.negative = !right.negative;
      const Oracle expected = add(left, right);
      const auto sum = subtract ? Number::subtract(left_number, right_number)
                                : Number::add(left_number, right_number);
      ++outcomes[sum.has_value() ? 1 : 0];
      if (sum) {
        ASSERT_EQ(expected.fault(), "") << left.text() << " " << right.text();
        ASSERT_EQ(sum->to_text(), expected.text()) << left.text() << " " << right.text();
      } else {
        ASSERT_EQ(kind_of(sum.error()), expected.fault()) << left.text() << " " << right.text();
      }
    }
  }
  EXPECT_GT(outcomes[0], 10'000);  // both kinds of outcome are met often
  EXPECT_GT(outcomes[1], 10'000);
}

TEST(NumberGenerated, ValuesOutOfRangeFailAsTheOracleSays) {
  Generator generator(5);
  for (int i = 0; i < 5'000; ++i) {
    Oracle value;
    const int first =
        generator.between(0, 1) == 0 ? generator.between(120, 130) : generator.between(-134, -126);
    const int count = generator.between(1, 41);
    for (int j = 0; j < count; ++j) {
      const int low = j == 0 || j + 1 == count ? 1 : 0;
      value.digits[Oracle::place(first - j)] = generator.between(low, 9);
    }
    const std::string text = generator.write(value);
    const auto number = Number::parse(text);
    ASSERT_EQ(number ? "" : kind_of(number.error()), value.fault()) << text;
  }
}

}  // namespace
}  // namespace parley::model
