// Parser: text -> Ast, by recursive descent with one token of look-ahead.
//
// It reports what can be told from the text alone and without knowing any word: size, syntax,
// redundant parentheses, list indexes out of range. Parentheses and calls nest at most
// kParserDepthMax deep, so that no text can exhaust the stack here or in an evaluator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/ast.h"
#include "expr/expr.h"
#include "expr/lexer.h"

namespace parley::expr {

/// More than any expression of 300 operators can need without redundant parentheses.
inline constexpr std::uint32_t kParserDepthMax = 700;

/// Each borrows `text`: the result points into it. Errors: kValidation, "Invalid <kind>: …".
[[nodiscard]] Result<Ast> parse_condition(ExpressionKind kind, std::string_view text);
[[nodiscard]] Result<Ast> parse_update(std::string_view text);
[[nodiscard]] Result<Ast> parse_projection(std::string_view text);

/// "Invalid ConditionExpression: " + `what`.
[[nodiscard]] std::unexpected<Error> invalid_expression(ExpressionKind kind, std::string_view what);

/// The error for an expression of more than kExpressionOperatorsMax operators and functions.
[[nodiscard]] std::unexpected<Error> too_many_operators(ExpressionKind kind);

/// What the three grammars share.
class Parser {
 protected:
  Parser(ExpressionKind kind, std::string_view text);
  ~Parser() = default;

  /// Errors: an empty text or one past kExpressionSizeBytesMax.
  [[nodiscard]] Status check_size() const;
  /// To be called at the end: errors that DynamoDB reports only for well-formed text.
  [[nodiscard]] Status check_deferred() const;

  void advance();
  [[nodiscard]] bool at(TokenKind kind) const { return current_.kind == kind; }
  [[nodiscard]] bool accept(TokenKind kind);
  [[nodiscard]] Status expect(TokenKind kind);
  /// A syntax error at the current token.
  [[nodiscard]] std::unexpected<Error> syntax_error() const;
  [[nodiscard]] std::string_view text_of(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

  /// The current token begins a path, if it does not begin a call.
  [[nodiscard]] bool at_path() const;
  [[nodiscard]] Result<PathRange> parse_path();

  /// An operand: path, :value, call, or one of these in parentheses.
  struct Operand {
    NodeIndex node = kNoNode;
    bool parenthesized = false;
  };
  [[nodiscard]] Result<Operand> parse_operand();
  /// The same without parentheses around it.
  [[nodiscard]] Result<NodeIndex> parse_bare_operand();

  [[nodiscard]] NodeIndex add_node(NodeKind kind, std::uint32_t position);
  /// Appends `child` to a list of siblings; `last` is the list's current end.
  void link(NodeIndex parent, NodeIndex& last, NodeIndex child);

  /// Counts nesting for the life of the object.
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Parser& parser_;
  };
  /// The error for a text that nests too deep, as near to DynamoDB's as can be told without reading
  /// on: what it would say of calls, of parentheses, or of the number of operators.
  [[nodiscard]] Status check_depth() const;
  void note_redundant_parentheses() { redundant_parentheses_ = true; }

  Ast ast_;
  Token current_;

 private:
  [[nodiscard]] Result<NodeIndex> parse_call(const Token& name);

  ExpressionKind kind_;
  std::string_view text_;
  Lexer lexer_;
  Token previous_;
  bool has_previous_ = false;
  bool redundant_parentheses_ = false;
  std::string_view index_out_of_range_;  // its digits
  std::uint32_t depth_ = 0;
  std::uint32_t open_calls_ = 0;
  std::string_view unknown_function_;  // the first call of a name that is no function's
};

}  // namespace parley::expr
