#include "expr/lexer.h"

#include <array>
#include <cstddef>

namespace parley::expr {
namespace {

enum CharacterClass : std::uint8_t { kOther, kSpace, kLetter, kDigit, kUnderscore };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  for (std::size_t c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  classes['_'] = kUnderscore;
  classes[' '] = classes['\t'] = classes['\n'] = classes['\r'] = kSpace;
  return classes;
}
constexpr auto kClasses = make_classes();

std::uint8_t class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}
bool is_word(char c) {
  return class_of(c) >= kLetter;
}

bool equals_ignoring_case(std::string_view word, std::string_view upper) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((word[i] & ~0x20) != upper[i]) return false;
  }
  return true;
}

TokenKind word_kind(std::string_view word) {
  struct Keyword {
    std::string_view upper;
    TokenKind kind;
  };
  static constexpr std::array<Keyword, 9> kKeywords{{{"AND", TokenKind::kAnd},
                                                     {"OR", TokenKind::kOr},
                                                     {"NOT", TokenKind::kNot},
                                                     {"BETWEEN", TokenKind::kBetween},
                                                     {"IN", TokenKind::kIn},
                                                     {"SET", TokenKind::kSet},
                                                     {"REMOVE", TokenKind::kRemove},
                                                     {"ADD", TokenKind::kAdd},
                                                     {"DELETE", TokenKind::kDelete}}};
  if (word.size() < 2 || word.size() > 7) return TokenKind::kIdentifier;
  for (const Keyword& keyword : kKeywords) {
    if (keyword.upper.size() == word.size() && equals_ignoring_case(word, keyword.upper)) {
      return keyword.kind;
    }
  }
  return TokenKind::kIdentifier;
}

/// Bytes of the UTF-8 sequence that `lead` begins.
std::uint32_t sequence_size(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

}  // namespace

Token Lexer::next() {
  const auto size = static_cast<std::uint32_t>(text_.size());
  while (at_ < size && class_of(text_[at_]) == kSpace) ++at_;
  const std::uint32_t begin = at_;
  if (begin == size) return {TokenKind::kEnd, size, size};
  const char c = text_[begin];
  switch (class_of(c)) {
    case kLetter:
      while (at_ < size && is_word(text_[at_])) ++at_;
      return {word_kind(text_.substr(begin, at_ - begin)), begin, at_};
    case kDigit:
      ++at_;
      if (c != '0') {
        while (at_ < size && class_of(text_[at_]) == kDigit) ++at_;
      }
      return {TokenKind::kInteger, begin, at_};
    default:
      break;
  }
  if ((c == '#' || c == ':') && begin + 1 < size && is_word(text_[begin + 1])) {
    ++at_;
    while (at_ < size && is_word(text_[at_])) ++at_;
    return {c == '#' ? TokenKind::kName : TokenKind::kValue, begin, at_};
  }
  return symbol(begin);
}

Token Lexer::symbol(std::uint32_t begin) {
  const auto size = static_cast<std::uint32_t>(text_.size());
  const char c = text_[begin];
  const char following = begin + 1 < size ? text_[begin + 1] : '\0';
  auto token = [&](TokenKind kind, std::uint32_t length) {
    at_ = begin + length < size ? begin + length : size;
    return Token{kind, begin, at_};
  };
  switch (c) {
    case '(':
      return token(TokenKind::kLeftParen, 1);
    case ')':
      return token(TokenKind::kRightParen, 1);
    case '[':
      return token(TokenKind::kLeftBracket, 1);
    case ']':
      return token(TokenKind::kRightBracket, 1);
    case ',':
      return token(TokenKind::kComma, 1);
    case '.':
      return token(TokenKind::kDot, 1);
    case '+':
      return token(TokenKind::kPlus, 1);
    case '-':
      return token(TokenKind::kMinus, 1);
    case '=':
      return token(TokenKind::kEqual, 1);
    case '<':
      if (following == '>') return token(TokenKind::kNotEqual, 2);
      if (following == '=') return token(TokenKind::kLessOrEqual, 2);
      return token(TokenKind::kLess, 1);
    case '>':
      if (following == '=') return token(TokenKind::kGreaterOrEqual, 2);
      return token(TokenKind::kGreater, 1);
    default:
      return token(TokenKind::kInvalid, sequence_size(c));
  }
}

}  // namespace parley::expr
