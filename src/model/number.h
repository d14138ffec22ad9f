// Number: DynamoDB's 38-digit decimal. Never a double.
//
// Value = (-1)^negative × coefficient × 10^exponent, kept in normal form: the coefficient has no
// trailing decimal zero, zero is {0, 0, not negative}. Two numbers are equal exactly when their
// members are.
//
// Stored bytes (docs/formats/number.md), order-preserving under unsigned byte comparison: a header
// byte of sign and base-100 exponent, then the base-100 digits aligned to the decimal point;
// negative numbers complemented and (unless they have all 20 digits) ended by 0xFF. Their length is
// DynamoDB's own size of the number.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::model {

/// A decimal of up to 38 significant digits and a magnitude of 0 or 1E-130 to 9.99…9E+125.
/// Source: …/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
class Number {
 public:
  Number() = default;

  /// Reads decimal text: optional sign, digits with at most one point, optional exponent.
  /// Errors, all kValidation with DynamoDB's message: not a number (also NaN, Infinity, empty, any
  /// white space), more than 38 significant digits, overflow, underflow.
  [[nodiscard]] static Result<Number> parse(std::string_view text);
  [[nodiscard]] static Number from_int64(std::int64_t value);

  /// Reads stored bytes that append_encoded wrote; anything else is a bug of ours (PARLEY_ASSERT).
  [[nodiscard]] static Number decode(std::string_view encoded);
  /// True for exactly the byte strings append_encoded can write; for the fuzzer and recovery
  /// checks.
  [[nodiscard]] static bool is_valid_encoding(std::string_view encoded);

  /// At most kEncodedSizeBytesMax bytes.
  void append_encoded(std::string& out) const;

  /// parse(text)->append_encoded(out) without the way through a coefficient, for requests. Appends
  /// nothing when it fails. Errors: as parse.
  [[nodiscard]] static Status append_encoded_text(std::string_view text, std::string& out);
  /// decode(encoded).append_text(out), the same way back, for replies.
  static void append_decoded_text(std::string_view encoded, std::string& out);

  /// Plain decimal as DynamoDB returns it: no exponent, no plus sign, no superfluous zeros, "0" for
  /// every zero, "-0.5" and not "-.5". At most 38 + 130 characters.
  void append_text(std::string& out) const;
  [[nodiscard]] std::string to_text() const;

  /// Exact sum or difference. Errors: kValidation when the result needs more than 38 digits or
  /// leaves the range.
  [[nodiscard]] static Result<Number> add(const Number& left, const Number& right);
  [[nodiscard]] static Result<Number> subtract(const Number& left, const Number& right);

  [[nodiscard]] bool is_zero() const { return coefficient_ == 0; }
  [[nodiscard]] bool is_negative() const { return negative_; }

  friend bool operator==(const Number&, const Number&) = default;
  friend std::strong_ordering operator<=>(const Number& left, const Number& right);

  static constexpr std::size_t kEncodedSizeBytesMax = 21;

 private:
  /// Whether adding `smaller`, of the same sign and exponent or less, leaves the range.
  [[nodiscard]] bool carries_over(const Number& smaller) const;

  __extension__ using Coefficient = unsigned __int128;  // no standard type has 128 bits
  Coefficient coefficient_ = 0;
  std::int16_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace parley::model
