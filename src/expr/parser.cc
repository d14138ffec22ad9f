#include "expr/parser.h"

#include <charconv>
#include <limits>
#include <utility>

#include "expr/functions.h"
#include "model/limits.h"

namespace parley::expr {
namespace {

std::string_view kind_name(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::kConditionExpression:
      return "ConditionExpression";
    case ExpressionKind::kFilterExpression:
      return "FilterExpression";
    case ExpressionKind::kKeyConditionExpression:
      return "KeyConditionExpression";
    case ExpressionKind::kUpdateExpression:
      return "UpdateExpression";
    case ExpressionKind::kProjectionExpression:
      return "ProjectionExpression";
  }
  return "";
}

bool is_condition(ExpressionKind kind) {
  return kind != ExpressionKind::kUpdateExpression && kind != ExpressionKind::kProjectionExpression;
}

}  // namespace

std::unexpected<Error> invalid_expression(ExpressionKind kind, std::string_view what) {
  std::string message = "Invalid ";
  message += kind_name(kind);
  message += ": ";
  message += what;
  return invalid(std::move(message));
}

std::unexpected<Error> too_many_operators(ExpressionKind kind) {
  // DynamoDB stops counting at the first one too many.
  return invalid_expression(kind, "The expression contains too many operators; operator count: " +
                                      std::to_string(model::kExpressionOperatorsMax + 1));
}

Parser::Parser(ExpressionKind kind, std::string_view text)
    : kind_(kind), text_(text), lexer_(text.substr(0, model::kExpressionSizeBytesMax)) {
  // A first guess that fits most expressions: one allocation each, and none while parsing.
  ast_.elements.reserve(8);
  current_ = lexer_.next();
}

Status Parser::check_size() const {
  if (text_.empty()) return invalid_expression(kind_, "The expression can not be empty;");
  if (text_.size() > model::kExpressionSizeBytesMax) {
    std::string what = "Expression size has exceeded the maximum allowed size;";
    if (is_condition(kind_)) what += " expression size: " + std::to_string(text_.size());
    return invalid_expression(kind_, what);
  }
  return {};
}

Status Parser::check_deferred() const {
  if (redundant_parentheses_) {
    return invalid_expression(kind_, "The expression has redundant parentheses;");
  }
  if (!index_out_of_range_.empty()) {
    std::string what = "List index is not within the allowable range; index: [";
    what += index_out_of_range_;
    what += ']';
    return invalid_expression(kind_, what);
  }
  return {};
}

Status Parser::check_depth() const {
  if (depth_ <= kParserDepthMax) return {};
  // So deep a text has calls of short names, which no function has, or parentheses without an
  // operator between them, or too many operators.
  if (open_calls_ > depth_ / 2 && !unknown_function_.empty()) {
    return invalid_expression(
        kind_, std::string("Invalid function name; function: ").append(unknown_function_));
  }
  if (ast_.operator_count > model::kExpressionOperatorsMax) {
    return too_many_operators(kind_);
  }
  return invalid_expression(kind_, "The expression has redundant parentheses;");
}

void Parser::advance() {
  previous_ = current_;
  has_previous_ = true;
  current_ = lexer_.next();
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind)) return false;
  advance();
  return true;
}

Status Parser::expect(TokenKind kind) {
  if (!accept(kind)) return syntax_error();
  return {};
}

std::unexpected<Error> Parser::syntax_error() const {
  // "near" is the text from the token before to the token after.
  const std::uint32_t begin = has_previous_ ? previous_.begin : 0;
  Lexer ahead = lexer_;
  const std::uint32_t end = at(TokenKind::kEnd) ? current_.end : ahead.next().end;
  std::string what = "Syntax error; token: \"";
  what += at(TokenKind::kEnd) ? std::string_view("<EOF>") : text_of(current_);
  what += "\", near: \"";
  what += text_.substr(begin, end - begin);
  what += '"';
  return invalid_expression(kind_, what);
}

bool Parser::at_path() const {
  return at(TokenKind::kIdentifier) || at(TokenKind::kName);
}

Result<PathRange> Parser::parse_path() {
  PathRange path{static_cast<std::uint32_t>(ast_.elements.size()), 0};
  auto add_name = [this] {
    const bool placeholder = !at(TokenKind::kIdentifier);
    ast_.elements.push_back(
        {placeholder ? AstPathElement::Kind::kPlaceholder : AstPathElement::Kind::kName,
         current_.begin, 0, text_of(current_)});
    advance();
  };
  if (!at_path()) return syntax_error();
  add_name();
  while (true) {
    if (accept(TokenKind::kDot)) {
      // DynamoDB's grammar lets a :value stand here, and then finds no attribute name for it.
      if (!at_path() && !at(TokenKind::kValue)) return syntax_error();
      add_name();
    } else if (accept(TokenKind::kLeftBracket)) {
      if (!at(TokenKind::kInteger)) return syntax_error();
      const std::string_view digits = text_of(current_);
      std::int32_t index = 0;  // AWS keeps them in a Java int
      const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), index);
      if (parsed.ec != std::errc() && index_out_of_range_.empty()) index_out_of_range_ = digits;
      ast_.elements.push_back({AstPathElement::Kind::kIndex, current_.begin,
                               static_cast<std::uint32_t>(index), std::string_view{}});
      advance();
      PARLEY_TRY(expect(TokenKind::kRightBracket));
    } else {
      break;
    }
  }
  path.size = static_cast<std::uint32_t>(ast_.elements.size()) - path.begin;
  return path;
}

Result<Parser::Operand> Parser::parse_operand() {
  if (!at(TokenKind::kLeftParen)) return Operand{PARLEY_TRY(parse_bare_operand()), false};
  const Depth depth(*this);
  PARLEY_TRY(check_depth());
  advance();
  const Operand inner = PARLEY_TRY(parse_operand());
  PARLEY_TRY(expect(TokenKind::kRightParen));
  if (inner.parenthesized) note_redundant_parentheses();
  return Operand{inner.node, true};
}

Result<NodeIndex> Parser::parse_bare_operand() {
  const Token token = current_;
  if (token.kind == TokenKind::kValue) {
    advance();
    const NodeIndex node = add_node(NodeKind::kValue, token.begin);
    ast_.nodes[node].text = text_of(token);
    return node;
  }
  if (token.kind == TokenKind::kIdentifier) {
    Lexer ahead = lexer_;
    if (ahead.next().kind == TokenKind::kLeftParen) return parse_call(token);
  }
  const PathRange path = PARLEY_TRY(parse_path());
  const NodeIndex node = add_node(NodeKind::kPath, token.begin);
  ast_.nodes[node].path = path;
  return node;
}

Result<NodeIndex> Parser::parse_call(const Token& name) {
  if (unknown_function_.empty() && find_function(text_of(name)) == nullptr) {
    unknown_function_ = text_of(name);
  }
  const Depth depth(*this);
  PARLEY_TRY(check_depth());
  ++open_calls_;
  advance();  // the name
  advance();  // the parenthesis
  NodeIndex first = kNoNode;
  NodeIndex last = kNoNode;
  std::uint32_t count = 0;
  do {
    const NodeIndex argument = PARLEY_TRY(parse_operand()).node;
    ast_.nodes[argument].is_operand = true;
    if (first == kNoNode) {
      first = argument;
    } else {
      ast_.nodes[last].next_sibling = argument;
    }
    last = argument;
    ++count;
  } while (accept(TokenKind::kComma));
  PARLEY_TRY(expect(TokenKind::kRightParen));
  --open_calls_;
  ++ast_.operator_count;
  const NodeIndex node = add_node(NodeKind::kFunction, name.begin);
  ast_.nodes[node].text = text_of(name);
  ast_.nodes[node].first_child = first;
  ast_.nodes[node].child_count = count;
  return node;
}

NodeIndex Parser::add_node(NodeKind kind, std::uint32_t position) {
  if (ast_.nodes.empty()) ast_.nodes.reserve(16);
  const auto index = static_cast<NodeIndex>(ast_.nodes.size());
  AstNode& node = ast_.nodes.emplace_back();
  node.kind = kind;
  node.position = position;
  return index;
}

void Parser::link(NodeIndex parent, NodeIndex& last, NodeIndex child) {
  if (last == kNoNode) {
    ast_.nodes[parent].first_child = child;
  } else {
    ast_.nodes[last].next_sibling = child;
  }
  last = child;
  ++ast_.nodes[parent].child_count;
}

namespace {

class ProjectionParser : private Parser {
 public:
  explicit ProjectionParser(std::string_view text)
      : Parser(ExpressionKind::kProjectionExpression, text) {}

  Result<Ast> parse() {
    PARLEY_TRY(check_size());
    do {
      ast_.paths.push_back(PARLEY_TRY(parse_path()));
    } while (accept(TokenKind::kComma));
    PARLEY_TRY(expect(TokenKind::kEnd));
    PARLEY_TRY(check_deferred());
    return std::move(ast_);
  }
};

}  // namespace

Result<Ast> parse_projection(std::string_view text) {
  return ProjectionParser(text).parse();
}

}  // namespace parley::expr
