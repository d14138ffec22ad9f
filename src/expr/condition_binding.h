// Text -> bound condition, for the expressions that are conditions or are made from one.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "expr/bound_condition.h"
#include "expr/expr.h"

namespace parley::expr {

/// Parses and binds; ownership as for Condition. Errors: kValidation.
[[nodiscard]] Result<std::unique_ptr<BoundCondition>> bind_condition(ExpressionKind kind,
                                                                     std::string_view text,
                                                                     Substitutions& substitutions);

}  // namespace parley::expr
