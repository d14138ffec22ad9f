// A bound condition: what Condition owns.
#pragma once

#include <cstdint>

#include "expr/bound_expression.h"

namespace parley::expr {

struct BoundCondition : BoundExpression {
  NodeIndex root = kNoNode;  // kNoNode: always true (legacy parameters without an entry)
  bool is_legacy = false;    // ScanFilter, QueryFilter or Expected
};

}  // namespace parley::expr
