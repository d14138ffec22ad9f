// The second half of applying an update: one recursive merge of the old item with the sorted target
// paths, straight from encoded bytes to encoded bytes. What no path touches is copied as it is.
#pragma once

#include "base/result.h"
#include "expr/bound_update.h"
#include "expr/update_values.h"
#include "model/item.h"

namespace parley::expr {

/// Errors: kValidation for a path whose parent is missing or of another type ("The document path
/// provided in the update expression is invalid for update"; not for a REMOVE or DELETE on a
/// missing item) and for values that would nest too deeply.
[[nodiscard]] Result<model::Item> rewrite_item(const BoundUpdate& bound, const UpdateValues& values,
                                               const model::MapView& old_item, bool item_exists);

}  // namespace parley::expr
