// What Query and Scan read alike: everything about a page but its range of keys.
#pragma once

#include <simdjson.h>

#include <optional>

#include "base/result.h"
#include "engine/requests.h"

namespace parley::api {

/// Table, index, consistency and limit: the members that cannot be wrong once their shape is right.
[[nodiscard]] engine::ReadPage read_page(const simdjson::dom::object& input);

/// Errors: those of codec::parse_item, most of them behind "The provided starting key is invalid:
/// ".
[[nodiscard]] Result<std::optional<model::Item>> read_exclusive_start_key(
    const simdjson::dom::object& input);

/// Errors: kValidation where Select contradicts a projection or lacks one
/// ("Cannot specify the ProjectionExpression when choosing to get only the Count", …).
[[nodiscard]] Result<std::optional<engine::Select>> read_select(const simdjson::dom::object& input);

}  // namespace parley::api
