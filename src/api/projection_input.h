// ProjectionExpression or AttributesToGet of one request, or of one table or member of it.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>

#include "api/expression_parameters.h"
#include "base/result.h"
#include "expr/expr.h"
#include "model/table.h"
#include "model/value_view.h"

namespace parley::api {

/// Both parameters with all their errors, for a request that has no other expressions.
/// `expressions` is fresh and must outlive the result.
[[nodiscard]] Result<std::optional<expr::Projection>> read_projection(
    const simdjson::dom::object& input, ExpressionParameters& expressions);

/// To be called with the table the items came from, before any is shown. Errors: kValidation for a
/// path below a key attribute ("Key attributes must be scalars; …").
[[nodiscard]] Status check_projection(const std::optional<expr::Projection>& projection,
                                      const model::Table& table);

/// Appends `item`, or what `projection` leaves of it, as JSON. `scratch` is room to work in, reused
/// from item to item.
void append_projected(std::string& out, const model::MapView& item,
                      const std::optional<expr::Projection>& projection, std::string& scratch);

}  // namespace parley::api
