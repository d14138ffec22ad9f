// Updates.
//
//   update = { clause }
//   clause = SET set { "," set } | REMOVE path { "," path }
//          | ADD path :value { "," path :value } | DELETE path :value { "," path :value }
//   set    = path "=" ( operand [ ("+" | "-") operand ] | the same in parentheses )
#include <cstdint>
#include <utility>

#include "expr/parser.h"

namespace parley::expr {
namespace {

class UpdateParser : private Parser {
 public:
  explicit UpdateParser(std::string_view text) : Parser(ExpressionKind::kUpdateExpression, text) {}

  Result<Ast> parse() {
    PARLEY_TRY(check_size());
    do {
      PARLEY_TRY(parse_clause());
    } while (!at(TokenKind::kEnd));
    PARLEY_TRY(check_deferred());
    return std::move(ast_);
  }

 private:
  Status parse_clause() {
    UpdateClause clause = UpdateClause::kSet;
    switch (current_.kind) {
      case TokenKind::kSet:
        clause = UpdateClause::kSet;
        break;
      case TokenKind::kRemove:
        clause = UpdateClause::kRemove;
        break;
      case TokenKind::kAdd:
        clause = UpdateClause::kAdd;
        break;
      case TokenKind::kDelete:
        clause = UpdateClause::kDelete;
        break;
      default:
        return syntax_error();
    }
    advance();
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(clause));
    if ((seen_ & bit) != 0 && !ast_.clause_repeats) {
      ast_.clause_repeats = true;
      ast_.repeated_clause = clause;
    }
    seen_ |= bit;
    do {
      PARLEY_TRY(parse_action(clause));
    } while (accept(TokenKind::kComma));
    return {};
  }

  Status parse_action(UpdateClause clause) {
    AstUpdateAction action;
    action.clause = clause;
    action.target = PARLEY_TRY(parse_path());
    action.first_node = static_cast<NodeIndex>(ast_.nodes.size());
    if (clause == UpdateClause::kSet) {
      PARLEY_TRY(expect(TokenKind::kEqual));
      action.value = PARLEY_TRY(parse_set_value()).node;
    } else if (clause != UpdateClause::kRemove) {
      if (!at(TokenKind::kValue)) return syntax_error();
      action.value = PARLEY_TRY(parse_bare_operand());
    }
    ast_.actions.push_back(action);
    return {};
  }

  /// What may stand right of "=": one operand, one sum or difference; both may be in parentheses.
  Result<Operand> parse_set_value() {
    Operand left;
    bool is_sum = false;
    if (at(TokenKind::kLeftParen)) {
      const Depth depth(*this);
      PARLEY_TRY(check_depth());
      advance();
      left = PARLEY_TRY(parse_set_value());
      PARLEY_TRY(expect(TokenKind::kRightParen));
      if (left.parenthesized) note_redundant_parentheses();
      left.parenthesized = true;
      const NodeKind kind = ast_.nodes[left.node].kind;
      is_sum = kind == NodeKind::kPlus || kind == NodeKind::kMinus;
    } else {
      left.node = PARLEY_TRY(parse_bare_operand());
    }
    if (is_sum || (!at(TokenKind::kPlus) && !at(TokenKind::kMinus))) return left;

    const NodeKind kind = at(TokenKind::kPlus) ? NodeKind::kPlus : NodeKind::kMinus;
    const std::uint32_t position = current_.begin;
    advance();
    const Operand right = PARLEY_TRY(parse_operand());
    ++ast_.operator_count;
    const NodeIndex node = add_node(kind, position);
    NodeIndex last = kNoNode;
    ast_.nodes[left.node].is_operand = true;
    ast_.nodes[right.node].is_operand = true;
    link(node, last, left.node);
    link(node, last, right.node);
    return Operand{node, false};
  }

  std::uint8_t seen_ = 0;  // one bit for each clause
};

}  // namespace

Result<Ast> parse_update(std::string_view text) {
  return UpdateParser(text).parse();
}

}  // namespace parley::expr
