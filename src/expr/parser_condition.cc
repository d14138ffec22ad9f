// Conditions, filters and key conditions.
//
//   or        = and { OR and }
//   and       = not { AND not }
//   not       = { NOT } primary
//   primary   = "(" or ")" | call | predicate
//   predicate = operand comparator operand | operand BETWEEN operand AND operand
//             | operand IN "(" operand { "," operand } ")"
//
// A parenthesis may open a condition or the first operand of a predicate, and a call may be either:
// what follows decides. So the levels return what they have found, and refuse an operand where they
// need a condition.
#include <cstdint>
#include <utility>

#include "expr/parser.h"

namespace parley::expr {
namespace {

class ConditionParser : private Parser {
 public:
  ConditionParser(ExpressionKind kind, std::string_view text) : Parser(kind, text) {}

  Result<Ast> parse() {
    PARLEY_TRY(check_size());
    ast_.root = PARLEY_TRY(parse_or()).node;
    PARLEY_TRY(expect(TokenKind::kEnd));
    PARLEY_TRY(check_deferred());
    return std::move(ast_);
  }

 private:
  enum class Kind : std::uint8_t { kCondition, kOperand, kCall };
  struct Parsed {
    NodeIndex node = kNoNode;
    Kind kind = Kind::kCondition;
    bool parenthesized = false;
  };

  Result<Parsed> parse_or() {
    Parsed first = PARLEY_TRY(parse_and());
    if (!at(TokenKind::kOr)) return first;
    return parse_run(first, TokenKind::kOr, NodeKind::kOr);
  }

  Result<Parsed> parse_and() {
    Parsed first = PARLEY_TRY(parse_not());
    if (!at(TokenKind::kAnd)) return first;
    return parse_run(first, TokenKind::kAnd, NodeKind::kAnd);
  }

  /// The rest of "first AND … AND …" (or OR).
  Result<Parsed> parse_run(const Parsed& first, TokenKind separator, NodeKind kind) {
    if (first.kind == Kind::kOperand) return syntax_error();
    const std::uint32_t position = current_.begin;
    NodeIndex last = first.node;
    std::uint32_t count = 1;
    while (accept(separator)) {
      const Parsed next = PARLEY_TRY(separator == TokenKind::kOr ? parse_and() : parse_not());
      if (next.kind == Kind::kOperand) return syntax_error();
      ast_.nodes[last].next_sibling = next.node;
      last = next.node;
      ++count;
      ++ast_.operator_count;
    }
    const NodeIndex node = add_node(kind, position);
    ast_.nodes[node].first_child = first.node;
    ast_.nodes[node].child_count = count;
    return Parsed{node, Kind::kCondition, false};
  }

  Result<Parsed> parse_not() {
    if (!at(TokenKind::kNot)) return parse_primary();
    const std::uint32_t position = current_.begin;
    std::uint32_t nots = 0;
    while (accept(TokenKind::kNot)) ++nots;
    const Parsed operand = PARLEY_TRY(parse_primary());
    if (operand.kind == Kind::kOperand) return syntax_error();
    NodeIndex node = operand.node;
    for (std::uint32_t i = 0; i < nots; ++i) {
      const NodeIndex outer = add_node(NodeKind::kNot, position);
      ast_.nodes[outer].first_child = node;
      ast_.nodes[outer].child_count = 1;
      node = outer;
    }
    ast_.operator_count += nots;
    return Parsed{node, Kind::kCondition, false};
  }

  Result<Parsed> parse_primary() {
    Parsed parsed;
    if (at(TokenKind::kLeftParen)) {
      const Depth depth(*this);
      PARLEY_TRY(check_depth());
      advance();
      ++open_parentheses_;
      parsed = PARLEY_TRY(parse_or());
      PARLEY_TRY(expect(TokenKind::kRightParen));
      --open_parentheses_;
      if (parsed.parenthesized) note_redundant_parentheses();
      parsed.parenthesized = true;
      if (parsed.kind == Kind::kCondition) return parsed;
    } else {
      parsed.node = PARLEY_TRY(parse_bare_operand());
      const bool call = ast_.nodes[parsed.node].kind == NodeKind::kFunction;
      parsed.kind = call ? Kind::kCall : Kind::kOperand;
    }
    switch (current_.kind) {
      case TokenKind::kEqual:
        return parse_comparison(parsed.node, Comparison::kEqual);
      case TokenKind::kNotEqual:
        return parse_comparison(parsed.node, Comparison::kNotEqual);
      case TokenKind::kLess:
        return parse_comparison(parsed.node, Comparison::kLess);
      case TokenKind::kLessOrEqual:
        return parse_comparison(parsed.node, Comparison::kLessOrEqual);
      case TokenKind::kGreater:
        return parse_comparison(parsed.node, Comparison::kGreater);
      case TokenKind::kGreaterOrEqual:
        return parse_comparison(parsed.node, Comparison::kGreaterOrEqual);
      case TokenKind::kBetween:
        return parse_between(parsed.node);
      case TokenKind::kIn:
        return parse_in(parsed.node);
      default:
        break;
    }
    // "(a" may still become "(a) = :v"; alone, an operand is no condition.
    const bool may_be_closed = open_parentheses_ > 0 && at(TokenKind::kRightParen);
    if (parsed.kind == Kind::kOperand && !may_be_closed) return syntax_error();
    return parsed;
  }

  Result<Parsed> parse_comparison(NodeIndex left, Comparison comparison) {
    const std::uint32_t position = current_.begin;
    advance();
    const NodeIndex right = PARLEY_TRY(parse_operand()).node;
    const NodeIndex node = add_predicate(NodeKind::kComparison, position);
    ast_.nodes[node].comparison = comparison;
    NodeIndex last = kNoNode;
    add_operand(node, last, left);
    add_operand(node, last, right);
    return Parsed{node, Kind::kCondition, false};
  }

  Result<Parsed> parse_between(NodeIndex left) {
    const std::uint32_t position = current_.begin;
    advance();
    const NodeIndex lower = PARLEY_TRY(parse_operand()).node;
    PARLEY_TRY(expect(TokenKind::kAnd));
    const NodeIndex upper = PARLEY_TRY(parse_operand()).node;
    const NodeIndex node = add_predicate(NodeKind::kBetween, position);
    NodeIndex last = kNoNode;
    add_operand(node, last, left);
    add_operand(node, last, lower);
    add_operand(node, last, upper);
    return Parsed{node, Kind::kCondition, false};
  }

  Result<Parsed> parse_in(NodeIndex left) {
    const std::uint32_t position = current_.begin;
    advance();
    PARLEY_TRY(expect(TokenKind::kLeftParen));
    NodeIndex last_candidate = left;
    std::uint32_t count = 1;
    ast_.nodes[left].is_operand = true;
    do {
      const NodeIndex candidate = PARLEY_TRY(parse_operand()).node;
      ast_.nodes[candidate].is_operand = true;
      ast_.nodes[last_candidate].next_sibling = candidate;
      last_candidate = candidate;
      ++count;
    } while (accept(TokenKind::kComma));
    PARLEY_TRY(expect(TokenKind::kRightParen));
    const NodeIndex node = add_predicate(NodeKind::kIn, position);
    ast_.nodes[node].first_child = left;
    ast_.nodes[node].child_count = count;
    return Parsed{node, Kind::kCondition, false};
  }

  NodeIndex add_predicate(NodeKind kind, std::uint32_t position) {
    ++ast_.operator_count;
    return add_node(kind, position);
  }

  void add_operand(NodeIndex predicate, NodeIndex& last, NodeIndex operand) {
    ast_.nodes[operand].is_operand = true;
    link(predicate, last, operand);
  }

  std::uint32_t open_parentheses_ = 0;
};

}  // namespace

Result<Ast> parse_condition(ExpressionKind kind, std::string_view text) {
  return ConditionParser(kind, text).parse();
}

}  // namespace parley::expr
