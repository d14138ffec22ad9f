#include "model/number.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include "base/assert.h"

namespace parley::model {
namespace {

__extension__ using Coefficient = unsigned __int128;

constexpr int kDigitsMax = 38;
constexpr int kMagnitudeMax = 125;   // of the leading digit: 9.99…9E+125
constexpr int kMagnitudeMin = -130;  // 1E-130
// A pair of digits is one base-100 digit. Pairs are aligned to the decimal point, so 38 digits take
// at most 20 of them; the leading pair's power of 100 is -65 (1E-130) to 62 (1E+125).
constexpr int kPairsMax = 20;
constexpr int kPairExponentMin = -65;
constexpr unsigned char kZeroHeader = 0x80;          // also the least positive header
constexpr unsigned char kNegativeTerminator = 0xFF;  // sorts after every complemented pair
constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000ULL;  // 10^19, the most a u64 holds
constexpr int kChunkDigits = 19;

constexpr std::array<Coefficient, 39> kPowersOfTen = [] {
  std::array<Coefficient, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

Coefficient power_of_ten(int exponent) {
  return kPowersOfTen[static_cast<std::size_t>(exponent)];
}

int digit_count(Coefficient value) {
  const auto* end = std::upper_bound(kPowersOfTen.begin(), kPowersOfTen.end(), value);
  return static_cast<int>(end - kPowersOfTen.begin());
}

/// Writes the decimal digits of `value` as characters; returns how many. `out` holds 39.
int write_digits(Coefficient value, char* out) {
  const int count = digit_count(value);
  auto low = static_cast<std::uint64_t>(value % kChunk);
  auto high = static_cast<std::uint64_t>(value / kChunk % kChunk);
  for (int i = count - 1; i >= 0; --i) {
    std::uint64_t& chunk = count - 1 - i < kChunkDigits ? low : high;
    out[i] = static_cast<char>('0' + chunk % 10);
    chunk /= 10;
  }
  return count;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::unexpected<Error> not_a_number(std::string_view text) {
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty()) message.append(": ").append(text);
  return invalid(std::move(message));
}

std::unexpected<Error> overflow() {
  return invalid(
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
}

std::unexpected<Error> underflow() {
  return invalid(
      "Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

std::unexpected<Error> too_many_digits() {
  return invalid("Attempting to store more than 38 significant digits in a Number");
}

/// What decimal text says: its digits without the point, and the power of ten of the last of them.
struct Decimal {
  std::string_view before_point;
  std::string_view after_point;
  std::int64_t exponent = 0;
  bool negative = false;
};

bool consume_exponent(std::string_view& text, std::int64_t& exponent) {
  constexpr std::int64_t kLimit = 2'147'483'647;  // a larger one is not a number at all
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return false;
  while (!text.empty() && is_digit(text.front())) {
    exponent = exponent * 10 + (text.front() - '0');
    if (exponent > kLimit) return false;
    text.remove_prefix(1);
  }
  if (negative) exponent = -exponent;
  return true;
}

std::string_view consume_digits(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

bool read_decimal(std::string_view text, Decimal& decimal) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  decimal.before_point = consume_digits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    decimal.after_point = consume_digits(text);
  }
  if (decimal.before_point.empty() && decimal.after_point.empty()) return false;
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    if (!consume_exponent(text, decimal.exponent)) return false;
  }
  return text.empty();
}

}  // namespace

Result<Number> Number::parse(std::string_view text) {
  Decimal decimal;
  if (!read_decimal(text, decimal)) return not_a_number(text);

  // Gather the digits from the first to the last that is not zero; `position` counts all of them.
  Coefficient coefficient = 0;
  std::int64_t first = -1;
  std::int64_t last = -1;
  std::int64_t position = 0;
  int gathered = 0;
  for (const std::string_view part : {decimal.before_point, decimal.after_point}) {
    for (const char c : part) {
      if (c != '0') {
        if (first < 0) {
          first = position;
          last = position - 1;
        }
        gathered = static_cast<int>(std::min<std::int64_t>(position - first + 1, kDigitsMax + 1));
        if (gathered <= kDigitsMax) {
          coefficient = coefficient * power_of_ten(static_cast<int>(position - last)) +
                        static_cast<unsigned>(c - '0');
        }
        last = position;
      }
      ++position;
    }
  }
  if (first < 0) return Number();

  const auto point = static_cast<std::int64_t>(decimal.before_point.size());
  const std::int64_t magnitude = decimal.exponent + point - 1 - first;
  if (magnitude > kMagnitudeMax) return overflow();
  if (magnitude < kMagnitudeMin) return underflow();
  if (gathered > kDigitsMax) return too_many_digits();
  Number number;
  number.coefficient_ = coefficient;
  number.exponent_ = static_cast<std::int16_t>(decimal.exponent + point - 1 - last);
  number.negative_ = decimal.negative;
  return number;
}

Number Number::from_int64(std::int64_t value) {
  Number number;
  if (value == 0) return number;
  number.negative_ = value < 0;
  auto magnitude = static_cast<std::uint64_t>(value);
  if (number.negative_) magnitude = 0 - magnitude;
  while (magnitude % 10 == 0) {
    magnitude /= 10;
    ++number.exponent_;
  }
  number.coefficient_ = magnitude;
  return number;
}

void Number::append_encoded(std::string& out) const {
  if (coefficient_ == 0) {
    out.push_back(static_cast<char>(kZeroHeader));
    return;
  }
  // One zero in front where the leading pair has one digit only, and one behind for the last pair.
  char digits[kDigitsMax + 3] = {'0'};
  const int count = write_digits(coefficient_, digits + 1);
  const int magnitude = exponent_ + count - 1;
  const bool leading_zero = magnitude % 2 == 0;
  digits[count + 1] = '0';
  const char* pair = leading_zero ? digits : digits + 1;
  const int pair_count = (count + (leading_zero ? 2 : 1)) / 2;
  const int pair_exponent = (magnitude - (leading_zero ? 0 : 1)) / 2;

  char bytes[kEncodedSizeBytesMax];
  int size = 0;
  const int header = kZeroHeader + pair_exponent - kPairExponentMin;
  bytes[size++] = static_cast<char>(negative_ ? 0xFF - header : header);
  for (int i = 0; i < pair_count; ++i, pair += 2) {
    const int value = (pair[0] - '0') * 10 + (pair[1] - '0');
    bytes[size++] = static_cast<char>(negative_ ? 100 - value : value);
  }
  if (negative_) bytes[size++] = static_cast<char>(kNegativeTerminator);
  out.append(bytes, static_cast<std::size_t>(size));
}

Number Number::decode(std::string_view encoded) {
  PARLEY_ASSERT(!encoded.empty() && encoded.size() <= kEncodedSizeBytesMax);
  Number number;
  if (encoded.size() == 1) return number;
  const auto header = static_cast<unsigned char>(encoded.front());
  number.negative_ = header < kZeroHeader;
  if (number.negative_) encoded.remove_suffix(1);
  const int pair_exponent =
      (number.negative_ ? 0xFF - header : int{header}) - kZeroHeader + kPairExponentMin;
  const int pair_count = static_cast<int>(encoded.size()) - 1;
  PARLEY_ASSERT(pair_count >= 1 && pair_count <= kPairsMax);
  const auto pair = [&](int i) {
    const int byte = static_cast<unsigned char>(encoded[static_cast<std::size_t>(i) + 1]);
    return static_cast<unsigned>(number.negative_ ? 100 - byte : byte);
  };
  Coefficient coefficient = 0;
  for (int i = 0; i + 1 < pair_count; ++i) coefficient = coefficient * 100 + pair(i);
  // The last pair apart: its zero would be one digit more than the coefficient has room for.
  int exponent = 2 * (pair_exponent - pair_count + 1);
  const unsigned last = pair(pair_count - 1);
  if (last % 10 == 0) {
    coefficient = coefficient * 10 + last / 10;
    ++exponent;
  } else {
    coefficient = coefficient * 100 + last;
  }
  number.coefficient_ = coefficient;
  number.exponent_ = static_cast<std::int16_t>(exponent);
  return number;
}

bool Number::is_valid_encoding(std::string_view encoded) {
  if (encoded.empty() || encoded.size() > kEncodedSizeBytesMax) return false;
  const auto header = static_cast<unsigned char>(encoded.front());
  if (encoded.size() == 1) return header == kZeroHeader;
  const bool negative = header < kZeroHeader;
  std::string_view pairs = encoded.substr(1);
  if (negative) {
    if (static_cast<unsigned char>(pairs.back()) != kNegativeTerminator) return false;
    pairs.remove_suffix(1);
  }
  if (pairs.empty() || pairs.size() > std::size_t{kPairsMax}) return false;
  const auto pair = [&](std::size_t i) {
    const int byte = static_cast<unsigned char>(pairs[i]);
    return negative ? 100 - byte : byte;
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pair(i) < 0 || pair(i) > 99) return false;
  }
  const int first = pair(0);
  const int last = pair(pairs.size() - 1);
  if (first == 0 || last == 0) return false;
  const int digits =
      static_cast<int>(pairs.size()) * 2 - (first < 10 ? 1 : 0) - (last % 10 == 0 ? 1 : 0);
  return digits <= kDigitsMax;
}

void Number::append_text(std::string& out) const {
  if (coefficient_ == 0) {
    out.push_back('0');
    return;
  }
  if (negative_) out.push_back('-');
  char digits[kDigitsMax + 1];
  const int count = write_digits(coefficient_, digits);
  const int point = count + exponent_;  // how many digits stand before the decimal point
  if (exponent_ >= 0) {
    out.append(digits, static_cast<std::size_t>(count));
    out.append(static_cast<std::size_t>(exponent_), '0');
  } else if (point > 0) {
    out.append(digits, static_cast<std::size_t>(point));
    out.push_back('.');
    out.append(digits + point, static_cast<std::size_t>(count - point));
  } else {
    out.append("0.");
    out.append(static_cast<std::size_t>(-point), '0');
    out.append(digits, static_cast<std::size_t>(count));
  }
}

std::string Number::to_text() const {
  std::string text;
  append_text(text);
  return text;
}

Result<Number> Number::subtract(const Number& left, const Number& right) {
  Number negated = right;
  if (!negated.is_zero()) negated.negative_ = !negated.negative_;
  return add(left, negated);
}

Result<Number> Number::add(const Number& left, const Number& right) {
  if (left.is_zero()) return right;
  if (right.is_zero()) return left;
  const Number& high = left.exponent_ >= right.exponent_ ? left : right;
  const Number& low = left.exponent_ >= right.exponent_ ? right : left;
  const int shift = high.exponent_ - low.exponent_;

  // At 10^low.exponent the sum has no trailing zero to drop when shift > 0, so it has as many
  // significant digits as it is long. More than twice 10^38 cannot come down to 38 digits by taking
  // away a coefficient below 10^38; up to there both fit 128 bits, their sum too.
  constexpr int kShiftMax = kDigitsMax;
  if (shift > kShiftMax || high.coefficient_ > 2 * power_of_ten(kDigitsMax) / power_of_ten(shift)) {
    return too_many_digits();
  }
  const Coefficient a = high.coefficient_ * power_of_ten(shift);
  const Coefficient b = low.coefficient_;
  Number sum;
  sum.exponent_ = low.exponent_;
  if (high.negative_ == low.negative_) {
    sum.coefficient_ = a + b;
    sum.negative_ = high.negative_;
  } else if (a == b) {
    return Number();
  } else {
    sum.coefficient_ = a > b ? a - b : b - a;
    sum.negative_ = a > b ? high.negative_ : low.negative_;
  }
  while (sum.coefficient_ % 10 == 0) {
    sum.coefficient_ /= 10;
    ++sum.exponent_;
  }
  const int digits = digit_count(sum.coefficient_);
  const int magnitude = sum.exponent_ + digits - 1;
  if (magnitude > kMagnitudeMax) return overflow();
  if (magnitude < kMagnitudeMin) return underflow();
  if (digits > kDigitsMax) return too_many_digits();
  return sum;
}

std::strong_ordering operator<=>(const Number& left, const Number& right) {
  if (left == right) return std::strong_ordering::equal;
  const int left_sign = left.is_zero() ? 0 : left.negative_ ? -1 : 1;
  const int right_sign = right.is_zero() ? 0 : right.negative_ ? -1 : 1;
  if (left_sign != right_sign) return left_sign <=> right_sign;
  const int left_digits = digit_count(left.coefficient_);
  const int right_digits = digit_count(right.coefficient_);
  std::strong_ordering order = left.exponent_ + left_digits <=> right.exponent_ + right_digits;
  if (order == 0) {
    const int digits = std::max(left_digits, right_digits);
    order = left.coefficient_ * power_of_ten(digits - left_digits) <=>
            right.coefficient_ * power_of_ten(digits - right_digits);
  }
  return left_sign < 0 ? 0 <=> order : order;
}

}  // namespace parley::model
