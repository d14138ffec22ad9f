// A bound update: what Update owns.
#pragma once

#include <vector>

#include "expr/bound_expression.h"
#include "expr/sorted_paths.h"

namespace parley::expr {

struct BoundUpdateAction {
  UpdateClause clause = UpdateClause::kSet;
  PathRange target;
  NodeIndex value = kNoNode;  // not for REMOVE
};

struct BoundUpdate : BoundExpression {
  std::vector<BoundUpdateAction> actions;  // in the order of the request
  SortedPaths targets;                     // a leaf is an index into actions
  bool is_legacy = false;                  // AttributeUpdates: ADD takes lists, other messages
};

}  // namespace parley::expr
