// Walking all pages of a Query.
#pragma once

#include <simdjson.h>

#include <functional>
#include <string>

#include "base/result.h"
#include "client/database.h"

namespace parley::messaging {

/// Calls `visit` for each item until it returns false. `input` is the Query's JSON without its
/// closing brace and without ExclusiveStartKey. An item is valid during its visit. Errors: the
/// database's.
[[nodiscard]] Status for_each_item(client::Database& database, const std::string& input,
                                   const std::function<bool(const simdjson::dom::element&)>& visit);

}  // namespace parley::messaging
