// What binding leaves of an expression: names and values resolved, types checked. Nodes keep the
// order and the indexes of the syntax tree (ast.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/ast.h"
#include "expr/functions.h"
#include "model/value_view.h"

namespace parley::expr {

/// One step of a document path: into a map by name, or into a list by index.
struct PathElement {
  bool is_index = false;
  std::uint32_t index = 0;
  std::string_view name;
  friend bool operator==(const PathElement&, const PathElement&) = default;
};

using Path = std::span<const PathElement>;

struct BoundNode {
  NodeKind kind = NodeKind::kPath;
  Comparison comparison = Comparison::kEqual;
  Function function = Function::kSize;
  NodeIndex first_child = kNoNode;
  NodeIndex next_sibling = kNoNode;
  std::uint32_t child_count = 0;
  PathRange path;          // kPath
  model::ValueView value;  // kValue
};

/// Immutable once bound. Never moved: views in `elements` point into `text`.
struct BoundExpression {
  std::string text;  // a copy of the expression, or of the legacy parameters' attribute names
  std::vector<PathElement> elements;
  std::vector<BoundNode> nodes;

  BoundExpression() = default;
  BoundExpression(const BoundExpression&) = delete;
  BoundExpression& operator=(const BoundExpression&) = delete;
  ~BoundExpression() = default;

  [[nodiscard]] Path path(const PathRange& range) const {
    return Path(elements).subspan(range.begin, range.size);
  }
};

/// The value at `path`, or nullopt when a step finds nothing or another type.
[[nodiscard]] std::optional<model::ValueView> find_value(const model::MapView& item, Path path);

/// "[a, [0], b]", as error messages have it.
[[nodiscard]] std::string path_text(Path path);

}  // namespace parley::expr
