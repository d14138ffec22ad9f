// What expressions may not do to the key attributes of the table they run on. Found without reading
// an item, but not without the table.
#pragma once

#include "base/result.h"
#include "expr/expr.h"
#include "model/table.h"

namespace parley::engine {

// All errors are kValidation.

/// Key attributes of the table and of its indexes hold scalars: no path goes below them.
[[nodiscard]] Status check_no_path_below_keys(const model::Table& table,
                                              const expr::Condition& condition);
[[nodiscard]] Status check_no_path_below_keys(const model::Table& table,
                                              const expr::Projection& projection);

/// The update leaves the table's key alone, and gives no index key attribute a value that is of the
/// wrong type whatever the item is.
[[nodiscard]] Status check_update(const model::Table& table, const expr::Update& update);

}  // namespace parley::engine
