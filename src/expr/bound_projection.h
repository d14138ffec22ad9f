// A bound projection: what Projection owns.
#pragma once

#include "expr/bound_expression.h"
#include "expr/sorted_paths.h"

namespace parley::expr {

struct BoundProjection : BoundExpression {
  SortedPaths paths;
};

}  // namespace parley::expr
