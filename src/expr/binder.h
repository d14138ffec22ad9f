// Binder: Ast -> BoundExpression. Everything DynamoDB refuses before it reads an item.
//
// Its stages are DynamoDB's, each finding its errors over the whole expression before the next
// begins: words (reserved words, functions that do not exist or stand where they may not), then
// names, values and operand types, then the number of operators. Binding itself follows the order
// in which DynamoDB visits the parts, since the first error wins.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "expr/ast.h"
#include "expr/bound_expression.h"
#include "expr/expr.h"
#include "expr/sorted_paths.h"

namespace parley::expr {

class Binder {
 public:
  /// Borrows everything for its life. `out` is empty; it gets the tree's nodes and path elements,
  /// index by index.
  Binder(ExpressionKind kind, const Ast& ast, Substitutions& substitutions, BoundExpression& out);

  /// The first reserved word or misplaced function in reading order.
  [[nodiscard]] Status check_words() const;
  [[nodiscard]] Status check_operator_count() const;

  /// The paths of an update's targets or of a projection, none of which may clash with another.
  /// Leaf ids are positions in `paths`.
  [[nodiscard]] Result<SortedPaths> bind_distinct_paths(std::span<const PathRange> paths);
  /// Nodes [begin, end): their paths and values, then each operator's operands.
  [[nodiscard]] Status bind_nodes(NodeIndex begin, NodeIndex end);

  /// The type `node` (bound) has whatever the item is, or nullopt.
  [[nodiscard]] std::optional<model::AttributeType> static_type(NodeIndex node) const;

  [[nodiscard]] std::unexpected<Error> error(std::string_view what) const;

 private:
  [[nodiscard]] Status bind_path(const PathRange& path);
  [[nodiscard]] Status bind_node(NodeIndex index);
  [[nodiscard]] Status check_operands(NodeIndex index) const;
  [[nodiscard]] Status check_function(const BoundNode& node) const;
  [[nodiscard]] Status check_attribute_type(const BoundNode& node) const;
  [[nodiscard]] Status check_between_bounds(const BoundNode& node) const;
  [[nodiscard]] Status check_distinct(const BoundNode& node, std::string_view name) const;
  /// Every operand whose type is known must be one of those that `allowed` accepts.
  [[nodiscard]] Status check_types(const BoundNode& node, std::string_view name,
                                   bool (*allowed)(model::AttributeType)) const;
  [[nodiscard]] std::optional<std::string> word_error(const AstNode& function) const;

  ExpressionKind kind_;
  const Ast& ast_;
  Substitutions& substitutions_;
  BoundExpression& out_;
};

/// "=", "<>", "<", ….
[[nodiscard]] std::string_view comparison_text(Comparison comparison);

}  // namespace parley::expr
