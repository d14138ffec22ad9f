#include "model/number.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>

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
constexpr unsigned char kZeroHeader = 0x80;  // also the least positive header
// Sorts a shorter negative number after the longer ones; with kPairsMax pairs nothing is longer.
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

/// A number on its way between text, bytes and coefficient: its significant digits, the first and
/// the last of them not zero, at digits()[0 .. count); zero has none. One place is left in front of
/// them and one behind, so that either end can be filled up to a pair.
struct Decimal {
  char storage[2 * kPairsMax + 2];
  int count = 0;
  int exponent = 0;  // the power of ten of the last digit
  bool negative = false;
  [[nodiscard]] char* digits() { return storage + 1; }
  [[nodiscard]] const char* digits() const { return storage + 1; }
  /// The power of ten of the first digit.
  [[nodiscard]] int magnitude() const { return exponent + count - 1; }
};

void write_chunk(std::uint64_t chunk, int count, char* out) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + chunk % 10);
    chunk /= 10;
  }
}

Decimal to_decimal(Coefficient coefficient, int exponent, bool negative) {
  Decimal decimal;
  decimal.exponent = exponent;
  decimal.negative = negative;
  if (coefficient == 0) return decimal;
  decimal.count = digit_count(coefficient);
  int high_count = 0;
  if (decimal.count > kChunkDigits) {
    high_count = decimal.count - kChunkDigits;
    write_chunk(static_cast<std::uint64_t>(coefficient / kChunk), high_count, decimal.digits());
    coefficient %= kChunk;
  }
  write_chunk(static_cast<std::uint64_t>(coefficient), decimal.count - high_count,
              decimal.digits() + high_count);
  return decimal;
}

std::uint64_t read_chunk(const char* digits, int count) {
  std::uint64_t chunk = 0;
  for (int i = 0; i < count; ++i) chunk = chunk * 10 + static_cast<unsigned>(digits[i] - '0');
  return chunk;
}

Coefficient coefficient_of(const Decimal& decimal) {
  if (decimal.count <= kChunkDigits) return read_chunk(decimal.digits(), decimal.count);
  const int high_count = decimal.count - kChunkDigits;
  return Coefficient{read_chunk(decimal.digits(), high_count)} * kChunk +
         read_chunk(decimal.digits() + high_count, kChunkDigits);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

enum class Fault : std::uint8_t { kNone, kNotANumber, kOverflow, kUnderflow, kTooManyDigits };

/// The error of `fault` in DynamoDB's words; `text` is what the request gave.
std::unexpected<Error> error_of(Fault fault, std::string_view text) {
  switch (fault) {
    case Fault::kOverflow:
      return invalid(
          "Number overflow. Attempting to store a number with magnitude larger than supported "
          "range");
    case Fault::kUnderflow:
      return invalid(
          "Number underflow. Attempting to store a number with magnitude smaller than supported "
          "range");
    case Fault::kTooManyDigits:
      return invalid("Attempting to store more than 38 significant digits in a Number");
    default:
      break;
  }
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty()) message.append(": ").append(text);
  return invalid(std::move(message));
}

Fault check_range(std::int64_t magnitude, std::int64_t digit_count) {
  if (magnitude > kMagnitudeMax) return Fault::kOverflow;
  if (magnitude < kMagnitudeMin) return Fault::kUnderflow;
  return digit_count > kDigitsMax ? Fault::kTooManyDigits : Fault::kNone;
}

/// Reads the power of ten behind an 'e'. A number whose power does not fit 64 bits is none at all;
/// one far outside the range is cut down to a power that still is.
bool read_exponent(const char* at, const char* end, std::int64_t& exponent) {
  constexpr std::int64_t kLimit = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kFarOutside = std::int64_t{1} << 40;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '+' || *at == '-')) ++at;
  if (at == end) return false;
  for (; at != end; ++at) {
    if (!is_digit(*at)) return false;
    const int digit = *at - '0';
    if (exponent > (kLimit - digit) / 10) return false;
    exponent = exponent * 10 + digit;
  }
  exponent = std::min(exponent, kFarOutside);
  if (negative) exponent = -exponent;
  return true;
}

/// Reads decimal text in one pass. Zeros are held back until a later digit makes them significant.
Fault read_text(std::string_view text, Decimal& decimal) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at != end && (*at == '+' || *at == '-')) decimal.negative = *at++ == '-';
  char* const digits = decimal.digits();
  std::int64_t written = 0;     // significant digits, also those there is no room for
  std::int64_t held_zeros = 0;  // zeros behind the last digit written
  std::int64_t after_point = 0;
  bool point = false;
  bool any = false;
  for (; at != end; ++at) {
    const char c = *at;
    if (is_digit(c)) {
      any = true;
      after_point += point ? 1 : 0;
      if (c == '0') {
        held_zeros += written > 0 ? 1 : 0;
        continue;
      }
      for (; held_zeros > 0; --held_zeros, ++written) {
        if (written < kDigitsMax) digits[written] = '0';
      }
      if (written < kDigitsMax) digits[written] = c;
      ++written;
    } else if (c == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  std::int64_t exponent = 0;
  if (!any) return Fault::kNotANumber;
  if (at != end && ((*at != 'e' && *at != 'E') || !read_exponent(at + 1, end, exponent))) {
    return Fault::kNotANumber;
  }
  if (written == 0) {
    decimal.negative = false;
    return check_range(exponent, 1);  // as it is written: 0e126 overflows
  }
  exponent += held_zeros - after_point;
  const Fault fault = check_range(exponent + written - 1, written);
  if (fault != Fault::kNone) return fault;
  decimal.count = static_cast<int>(written);
  decimal.exponent = static_cast<int>(exponent);
  return Fault::kNone;
}

void append_plain_text(const Decimal& decimal, std::string& out) {
  const int count = decimal.count;
  if (count == 0) {
    out.push_back('0');
    return;
  }
  if (decimal.negative) out.push_back('-');
  const char* const digits = decimal.digits();
  const int point = count + decimal.exponent;  // how many digits stand before the decimal point
  if (decimal.exponent >= 0) {
    out.append(digits, static_cast<std::size_t>(count));
    out.append(static_cast<std::size_t>(decimal.exponent), '0');
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

void append_bytes(Decimal& decimal, std::string& out) {
  if (decimal.count == 0) {
    out.push_back(static_cast<char>(kZeroHeader));
    return;
  }
  // Fill up to pairs: a zero in front where the leading pair has one digit only, and one behind.
  const int magnitude = decimal.magnitude();
  const bool leading_zero = magnitude % 2 == 0;
  decimal.digits()[-1] = '0';
  decimal.digits()[decimal.count] = '0';
  const char* pair = decimal.digits() - (leading_zero ? 1 : 0);
  const int pair_count = (decimal.count + (leading_zero ? 2 : 1)) / 2;
  const int pair_exponent = (magnitude - (leading_zero ? 0 : 1)) / 2;

  char bytes[Number::kEncodedSizeBytesMax];
  int size = 0;
  const int header = kZeroHeader + pair_exponent - kPairExponentMin;
  bytes[size++] = static_cast<char>(decimal.negative ? 0xFF - header : header);
  for (int i = 0; i < pair_count; ++i, pair += 2) {
    const int value = (pair[0] - '0') * 10 + (pair[1] - '0');
    bytes[size++] = static_cast<char>(decimal.negative ? 100 - value : value);
  }
  if (decimal.negative && pair_count < kPairsMax) {
    bytes[size++] = static_cast<char>(kNegativeTerminator);
  }
  out.append(bytes, static_cast<std::size_t>(size));
}

Decimal from_bytes(std::string_view encoded) {
  PARLEY_ASSERT(!encoded.empty() && encoded.size() <= Number::kEncodedSizeBytesMax);
  Decimal decimal;
  if (encoded.size() == 1) return decimal;
  const auto header = static_cast<unsigned char>(encoded.front());
  decimal.negative = header < kZeroHeader;
  if (decimal.negative && static_cast<unsigned char>(encoded.back()) == kNegativeTerminator) {
    encoded.remove_suffix(1);
  }
  const int pair_exponent =
      (decimal.negative ? 0xFF - header : int{header}) - kZeroHeader + kPairExponentMin;
  const auto pair_count = static_cast<int>(encoded.size()) - 1;
  PARLEY_ASSERT(pair_count >= 1 && pair_count <= kPairsMax);
  // A leading zero goes to the place before the digits. (What is no digit can only come of damaged
  // bytes; it stays inside the array all the same.)
  const auto pair_at = [&](int i) {
    const int byte = static_cast<unsigned char>(encoded[static_cast<std::size_t>(i) + 1]);
    return decimal.negative ? 100 - byte : byte;
  };
  char* out = decimal.digits() - (pair_at(0) < 10 ? 1 : 0);
  const char* const begin = decimal.digits();
  for (int i = 0; i < pair_count; ++i, out += 2) {
    const int pair = pair_at(i);
    out[0] = static_cast<char>('0' + pair / 10);
    out[1] = static_cast<char>('0' + pair % 10);
  }
  decimal.count = static_cast<int>(out - begin);
  decimal.exponent = 2 * (pair_exponent - pair_count + 1);
  if (decimal.digits()[decimal.count - 1] == '0') {
    --decimal.count;
    ++decimal.exponent;
  }
  return decimal;
}

}  // namespace

Result<Number> Number::parse(std::string_view text) {
  Decimal decimal;
  const Fault fault = read_text(text, decimal);
  if (fault != Fault::kNone) return error_of(fault, text);
  Number number;
  number.coefficient_ = coefficient_of(decimal);
  number.exponent_ = static_cast<std::int16_t>(decimal.exponent);
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
  Decimal decimal = to_decimal(coefficient_, exponent_, negative_);
  append_bytes(decimal, out);
}

Status Number::append_encoded_text(std::string_view text, std::string& out) {
  Decimal decimal;
  const Fault fault = read_text(text, decimal);
  if (fault != Fault::kNone) return error_of(fault, text);
  append_bytes(decimal, out);
  return {};
}

void Number::append_decoded_text(std::string_view encoded, std::string& out) {
  const Decimal decimal = from_bytes(encoded);
  append_plain_text(decimal, out);
}

Number Number::decode(std::string_view encoded) {
  const Decimal decimal = from_bytes(encoded);
  Number number;
  number.coefficient_ = coefficient_of(decimal);
  number.exponent_ = static_cast<std::int16_t>(decimal.exponent);
  number.negative_ = decimal.negative;
  return number;
}

bool Number::is_valid_encoding(std::string_view encoded) {
  if (encoded.empty() || encoded.size() > kEncodedSizeBytesMax) return false;
  const auto header = static_cast<unsigned char>(encoded.front());
  if (encoded.size() == 1) return header == kZeroHeader;
  const bool negative = header < kZeroHeader;
  std::string_view pairs = encoded.substr(1);
  if (negative) {
    // Either a terminator behind fewer than all pairs (there is no room for it behind all), or
    // none.
    if (static_cast<unsigned char>(pairs.back()) == kNegativeTerminator) {
      pairs.remove_suffix(1);
    } else if (pairs.size() != std::size_t{kPairsMax}) {
      return false;
    }
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
  const Decimal decimal = to_decimal(coefficient_, exponent_, negative_);
  append_plain_text(decimal, out);
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
  if (shift > kDigitsMax ||
      high.coefficient_ > 2 * power_of_ten(kDigitsMax) / power_of_ten(shift)) {
    const bool carries = high.negative_ == low.negative_ && high.carries_over(low);
    return error_of(carries ? Fault::kOverflow : Fault::kTooManyDigits, {});
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
  const Fault fault = check_range(sum.exponent_ + digits - 1, digits);
  if (fault != Fault::kNone) return error_of(fault, {});
  return sum;
}

bool Number::carries_over(const Number& smaller) const {
  const int digits =
      kMagnitudeMax + 1 - exponent_;      // of this one's coefficient, once it is too large
  if (digits > kDigitsMax) return false;  // it does not reach up to the limit
  Number missing;
  missing.coefficient_ = power_of_ten(digits) - coefficient_;
  missing.exponent_ = exponent_;
  missing.negative_ = smaller.negative_;
  return smaller.negative_ ? smaller <= missing : smaller >= missing;
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
