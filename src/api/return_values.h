// What a write gives back: ReturnValues and ReturnValuesOnConditionCheckFailure.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/requests.h"

namespace parley::api {

enum class ReturnValues : std::uint8_t { kNone, kAllOld, kAllNew, kUpdatedOld, kUpdatedNew };

/// ReturnValues of an UpdateItem; kNone by default.
[[nodiscard]] ReturnValues read_return_values(const simdjson::dom::object& input);

/// Whether a PutItem or DeleteItem returns the old item. Errors: kValidation "ReturnValues can only
/// be ALL_OLD or NONE".
[[nodiscard]] Result<bool> read_return_old_item(const simdjson::dom::object& input);

/// ReturnValuesOnConditionCheckFailure is ALL_OLD.
[[nodiscard]] bool read_return_item_on_condition_failure(const simdjson::dom::object& input);

}  // namespace parley::api
