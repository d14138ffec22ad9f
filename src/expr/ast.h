// The syntax tree of one expression, as flat vectors.
//
// Nodes stand in post-order: every node after its children, so binding is a loop and destruction is
// never recursive. Children are a linked list of indexes in reading order. AND and OR hold all the
// operands of one run ("a AND b AND c" is one node with three children).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace parley::expr {

enum class NodeKind : std::uint8_t {
  kPath,
  kValue,
  kFunction,
  kComparison,
  kBetween,
  kIn,
  kAnd,
  kOr,
  kNot,
  kPlus,
  kMinus,
};

enum class Comparison : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = UINT32_MAX;

/// A run of elements in Ast::elements or in a bound expression's elements.
struct PathRange {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

struct AstPathElement {
  enum class Kind : std::uint8_t { kName, kPlaceholder, kIndex };
  Kind kind = Kind::kName;
  std::uint32_t position = 0;  // in the text
  std::uint32_t index = 0;     // kIndex
  std::string_view text;       // the name, the placeholder with its '#'
};

struct AstNode {
  NodeKind kind = NodeKind::kPath;
  Comparison comparison = Comparison::kEqual;
  bool is_operand = false;  // a function: its result is compared or handed on
  std::uint32_t position = 0;
  NodeIndex first_child = kNoNode;
  NodeIndex next_sibling = kNoNode;
  std::uint32_t child_count = 0;
  PathRange path;         // kPath
  std::string_view text;  // kValue: the placeholder with its ':'; kFunction: the name
};

enum class UpdateClause : std::uint8_t { kSet, kRemove, kAdd, kDelete };

struct AstUpdateAction {
  UpdateClause clause = UpdateClause::kSet;
  PathRange target;
  NodeIndex first_node = 0;   // nodes [first_node, value] make up the value
  NodeIndex value = kNoNode;  // not for REMOVE
};

/// Views point into the text that was parsed.
struct Ast {
  std::vector<AstNode> nodes;
  std::vector<AstPathElement> elements;
  NodeIndex root = kNoNode;              // a condition
  std::vector<AstUpdateAction> actions;  // an update
  UpdateClause repeated_clause = UpdateClause::kSet;
  bool clause_repeats = false;   // a clause of an update came twice
  std::vector<PathRange> paths;  // a projection
  std::uint32_t operator_count = 0;
};

}  // namespace parley::expr
