// Lexer: the tokens of expressions. Keywords in any case; a character that begins no token is a
// token of its own, so that the parser reports the first error in reading order, as DynamoDB does.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::expr {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,  // [A-Za-z][A-Za-z0-9_]*
  kName,        // #name
  kValue,       // :value
  kInteger,     // 0 or digits that do not begin with 0
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kDot,
  kPlus,
  kMinus,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr,
  kNot,
  kBetween,
  kIn,
  kSet,
  kRemove,
  kAdd,
  kDelete,
  kInvalid,  // one character (a whole UTF-8 sequence)
};

/// text[begin, end). At the end of the text both are its size.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// Borrows `text`, which is shorter than 4 GiB.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  /// The next token after white space; kEnd for ever once the text is used up.
  [[nodiscard]] Token next();

 private:
  [[nodiscard]] Token symbol(std::uint32_t begin);
  std::string_view text_;
  std::uint32_t at_ = 0;
};

}  // namespace parley::expr
