// Random conditions on random items, against a naive evaluator of trees; and the parser against a
// printer.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expr/expr.h"
#include "expr/parser.h"
#include "expr/test_request.h"
#include "expr/test_tree.h"

namespace parley::expr {
namespace {

using Type = Tree::Type;

/// An operand and a condition, written down and evaluated naively at once.
class RandomCondition {
 public:
  RandomCondition(TreeSource& source, const Tree& item) : source_(source), item_(item) {
    holds_ = condition(0, text_);
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool holds() const { return holds_; }
  [[nodiscard]] std::string values() const { return "{" + values_ + "}"; }

 private:
  struct Operand {
    std::string text;
    std::optional<Tree> value;
  };

  bool condition(int depth, std::string& text) {
    const std::size_t kind = source_.below(depth < 4 ? 10 : 6);
    if (kind < 6) return predicate(kind, text);
    if (kind == 6) {
      std::string inner;
      const bool holds = condition(depth + 1, inner);
      text = "NOT (" + inner + ")";
      return !holds;
    }
    const bool both = kind < 8;
    bool holds = both;
    const std::size_t count = 2 + source_.below(2);
    for (std::size_t i = 0; i < count; ++i) {
      std::string part;
      const bool part_holds = condition(depth + 1, part);
      if (i > 0) text += both ? " AND " : " OR ";
      text += "(" + part + ")";
      holds = both ? holds && part_holds : holds || part_holds;
    }
    return holds;
  }

  bool predicate(std::size_t kind, std::string& text) {
    switch (kind) {
      case 0: {
        const Operand operand = path();
        text = "attribute_exists(" + operand.text + ")";
        return operand.value.has_value();
      }
      case 1: {
        const Operand value = any(false);
        const Operand one = any(false);
        const Operand two = any(false);
        text = value.text + " IN (" + one.text + ", " + two.text + ")";
        return equal(value, one) || equal(value, two);
      }
      case 2:
        return contains(text);
      case 3:
        return begins_with(text);
      default:
        return comparison(text);
    }
  }

  bool comparison(std::string& text) {
    static constexpr std::string_view kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
    const std::string_view op = kOperators[source_.below(6)];
    const bool ordered = op != "=" && op != "<>";
    const Operand left = any(ordered);
    const Operand right = any(ordered);
    text = left.text + " " + std::string(op) + " " + right.text;
    if (op == "=") return equal(left, right);
    if (op == "<>") return !equal(left, right);
    if (!left.value || !right.value || left.value->type != right.value->type) return false;
    const Tree& l = *left.value;
    const Tree& r = *right.value;
    if (l.type != Type::kString && l.type != Type::kNumber) return false;
    const auto order = l.type == Type::kNumber ? l.number <=> r.number : l.text <=> r.text;
    if (op == "<") return order < 0;
    if (op == "<=") return order <= 0;
    if (op == ">") return order > 0;
    return order >= 0;
  }

  bool contains(std::string& text) {
    const Operand whole = path();
    const Operand part = any(false);
    text = "contains(" + whole.text + ", " + part.text + ")";
    if (!whole.value || !part.value) return false;
    const Tree& container = *whole.value;
    const bool is_text = part.value->type == Type::kString;
    if (container.type == Type::kString) {
      return is_text && container.text.find(part.value->text) != std::string::npos;
    }
    if (container.type == Type::kStringSet) {
      return is_text && container.members.contains(part.value->text);
    }
    for (const auto& [index, element] : container.list) {
      if (element == *part.value) return true;
    }
    return false;
  }

  bool begins_with(std::string& text) {
    const Operand whole = path();
    Tree prefix;
    prefix.type = Type::kString;
    prefix.text = source_.word();
    text = "begins_with(" + whole.text + ", " + constant(prefix) + ")";
    return whole.value && whole.value->type == Type::kString &&
           whole.value->text.starts_with(prefix.text);
  }

  static bool equal(const Operand& left, const Operand& right) {
    return left.value && right.value && *left.value == *right.value;
  }

  Operand any(bool ordered) {
    const std::size_t kind = source_.below(10);
    if (kind < 5) return path();
    if (kind < 7) return size();
    Tree tree = source_.value(1);
    if (ordered && tree.type != Type::kString) {  // others are refused
      tree = {};
      tree.type = Type::kNumber;
      tree.number = static_cast<std::int64_t>(source_.below(7)) - 3;
    }
    return {constant(tree), tree};
  }

  /// A path no other operand has: an operand may not be compared with itself.
  Operand path() {
    while (true) {
      const TreePath path = source_.path_in(item_);
      const std::string text = text_of(path);
      if (text == last_path_ || text == path_before_) continue;
      path_before_ = last_path_;
      last_path_ = text;
      const Tree* found = find(item_, path);
      return {text, found != nullptr ? std::optional(*found) : std::nullopt};
    }
  }

  Operand size() {
    const Operand operand = path();
    Operand result{"size(" + operand.text + ")", std::nullopt};
    if (!operand.value) return result;
    const Tree& tree = *operand.value;
    if (tree.type == Type::kNumber || tree.type == Type::kBool || tree.type == Type::kNull) {
      return result;
    }
    Tree size;
    size.type = Type::kNumber;
    size.number = static_cast<std::int64_t>(tree.text.size() + tree.members.size() +
                                            tree.list.size() + tree.map.size());
    result.value = size;
    return result;
  }

  std::string constant(const Tree& tree) {
    std::string placeholder = ":v" + std::to_string(next_value_++);
    if (!values_.empty()) values_ += ',';
    values_ += '"' + placeholder + "\":" + json_of(tree);
    return placeholder;
  }

  TreeSource& source_;
  const Tree& item_;
  std::string text_;
  bool holds_ = false;
  std::string values_;
  std::size_t next_value_ = 0;
  std::string last_path_;
  std::string path_before_;
};

TEST(RandomConditions, HoldWhenANaiveEvaluatorSaysSo) {
  TreeSource source(5);
  std::size_t held = 0;
  constexpr int kRounds = 20'000;
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = source.map(3);
    const RandomCondition random(source, tree);
    if (random.text().size() > 4096) continue;
    TestRequest request(random.values());
    const auto condition = Condition::parse(ExpressionKind::kConditionExpression, random.text(),
                                            request.substitutions);
    ASSERT_TRUE(condition.has_value()) << random.text() << condition.error().message;
    ASSERT_TRUE(request.substitutions.check_all_used().has_value());
    ASSERT_EQ(condition->evaluate(item_of(item_json_of(tree)).view()), random.holds())
        << item_json_of(tree) << random.text() << random.values();
    if (random.holds()) ++held;
  }
  EXPECT_GT(held, kRounds / 5U);
}

/// Prints a parsed condition with every parenthesis that may be written.
class Printer {
 public:
  explicit Printer(const Ast& ast) : ast_(ast) {}

  [[nodiscard]] std::string print(NodeIndex index) const {
    const AstNode& node = ast_.nodes[index];
    switch (node.kind) {
      case NodeKind::kPath:
        return path(node.path);
      case NodeKind::kValue:
        return std::string(node.text);
      case NodeKind::kFunction:
        return std::string(node.text) + "(" + children(node, ", ") + ")";
      case NodeKind::kAnd:
        return parenthesized(node, " AND ");
      case NodeKind::kOr:
        return parenthesized(node, " OR ");
      case NodeKind::kNot:
        return "NOT (" + print(node.first_child) + ")";
      case NodeKind::kComparison:
        return children(node, comparison(node.comparison));
      case NodeKind::kIn: {
        const NodeIndex second = ast_.nodes[node.first_child].next_sibling;
        return print(node.first_child) + " IN (" + rest(second, ", ") + ")";
      }
      case NodeKind::kBetween: {
        const NodeIndex second = ast_.nodes[node.first_child].next_sibling;
        return print(node.first_child) + " BETWEEN " + rest(second, " AND ");
      }
      case NodeKind::kPlus:
      case NodeKind::kMinus:
        break;
    }
    return "?";
  }

 private:
  static std::string comparison(Comparison comparison) {
    static constexpr std::string_view kTexts[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
    return std::string(kTexts[static_cast<std::size_t>(comparison)]);
  }

  [[nodiscard]] std::string path(const PathRange& range) const {
    std::string text;
    for (std::uint32_t i = range.begin; i < range.begin + range.size; ++i) {
      const AstPathElement& element = ast_.elements[i];
      if (element.kind == AstPathElement::Kind::kIndex) {
        text += "[" + std::to_string(element.index) + "]";
      } else {
        text += (text.empty() ? "" : ".") + std::string(element.text);
      }
    }
    return text;
  }

  [[nodiscard]] std::string rest(NodeIndex first, const std::string& separator) const {
    std::string text;
    for (NodeIndex i = first; i != kNoNode; i = ast_.nodes[i].next_sibling) {
      if (i != first) text += separator;
      text += print(i);
    }
    return text;
  }
  [[nodiscard]] std::string children(const AstNode& node, const std::string& separator) const {
    return rest(node.first_child, separator);
  }
  [[nodiscard]] std::string parenthesized(const AstNode& node, const std::string& separator) const {
    std::string text;
    for (NodeIndex i = node.first_child; i != kNoNode; i = ast_.nodes[i].next_sibling) {
      if (i != node.first_child) text += separator;
      text += "(" + print(i) + ")";
    }
    return text;
  }

  const Ast& ast_;
};

TEST(RandomConditions, ReadBackWhatIsPrinted) {
  TreeSource source(6);
  for (int round = 0; round < 5'000; ++round) {
    const Tree tree = source.map(3);
    const RandomCondition random(source, tree);
    if (random.text().size() > 2000) continue;
    const auto ast = parse_condition(ExpressionKind::kFilterExpression, random.text());
    ASSERT_TRUE(ast.has_value()) << random.text();
    const std::string printed = Printer(*ast).print(ast->root);
    EXPECT_EQ(printed, random.text());
    const auto again = parse_condition(ExpressionKind::kFilterExpression, printed);
    ASSERT_TRUE(again.has_value()) << printed;
    EXPECT_EQ(Printer(*again).print(again->root), printed);
    EXPECT_EQ(again->operator_count, ast->operator_count);
  }
}

TEST(RandomText, IsAnErrorOrAnExpressionAndNeverACrash) {
  static constexpr std::string_view kParts[] = {"a",
                                                "b.c",
                                                "[0]",
                                                "[",
                                                "]",
                                                ".",
                                                "(",
                                                ")",
                                                ",",
                                                "=",
                                                "<>",
                                                "<=",
                                                "+",
                                                "-",
                                                " AND ",
                                                " OR ",
                                                " NOT ",
                                                " BETWEEN ",
                                                " IN ",
                                                "SET ",
                                                " REMOVE ",
                                                " ADD ",
                                                " DELETE ",
                                                ":v",
                                                "#n",
                                                "#",
                                                ":",
                                                "size(",
                                                "contains(",
                                                "if_not_exists(",
                                                "list_append(",
                                                "foo(",
                                                "1",
                                                "99999999999",
                                                "\xC3\xA9",
                                                "\xF0\x9F\x98\x80",
                                                "\xFF",
                                                "\"",
                                                "$",
                                                " "};
  TreeSource source(7);
  std::size_t accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (std::size_t i = 1 + source.below(12); i > 0; --i) {
      text += kParts[source.below(std::size(kParts))];
    }
    TestRequest request(R"({":v":{"L":[]}})", {{"#n", "n"}});
    const model::Item item = item_of(R"({"a":{"L":[{"N":"1"}]},"n":{"N":"1"}})");
    const auto condition =
        Condition::parse(ExpressionKind::kConditionExpression, text, request.substitutions);
    if (condition) accepted += condition->evaluate(item.view()) ? 1 : 1;
    const auto update = Update::parse(text, request.substitutions);
    if (update) accepted += update->apply(item.view(), true) ? 1 : 1;
    const auto projection = Projection::parse(text, request.substitutions);
    std::string out;
    if (projection) projection->project(item.view(), out);
    if (projection) ++accepted;
    const auto key = KeyCondition::parse(text, request.substitutions);
    if (key) ++accepted;
  }
  EXPECT_GT(accepted, 100U);
}

}  // namespace
}  // namespace parley::expr
