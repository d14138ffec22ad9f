// Tables by name or ARN, with the messages of the operations on tables (which name the table; those
// on items do not).
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/engine.h"

namespace parley::api {

/// The name in a name or in an ARN of a table. Borrows.
[[nodiscard]] std::string_view table_name_of(std::string_view name_or_arn);

/// Errors: kResourceNotFound "Requested resource not found: Table: NAME not found".
[[nodiscard]] Result<engine::TableSnapshot> find_named_table(engine::Database& database,
                                                             std::string_view name_or_arn);

/// `error` in the words of the operations on tables, when it says that the table does not exist.
[[nodiscard]] Error named_table_error(Error error, std::string_view name_or_arn);

}  // namespace parley::api
