// Which changes one UpdateTable may carry together, and which of them the table as it is allows.
// The engine has the last word under its own lock; these are AWS's words for what it would refuse.
#pragma once

#include <simdjson.h>

#include "base/result.h"
#include "engine/requests.h"
#include "model/table.h"

namespace parley::api {

/// Before the table is looked up: that something changes, and that the changes agree with each
/// other. Errors: kValidation.
[[nodiscard]] Status check_changes(const simdjson::dom::object& input);

/// Errors: kValidation, kLimitExceeded (more than one index created or deleted, too many indexes),
/// kResourceNotFound (an index that does not exist).
[[nodiscard]] Status check_against_table(const engine::TableUpdate& update,
                                         const model::Table& table);

}  // namespace parley::api
