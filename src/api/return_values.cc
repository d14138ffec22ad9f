#include "api/return_values.h"

#include "api/input.h"

namespace parley::api {

using simdjson::dom::object;

ReturnValues read_return_values(const object& input) {
  const auto name = find_string(input, "ReturnValues");
  if (!name || *name == "NONE") return ReturnValues::kNone;
  if (*name == "ALL_OLD") return ReturnValues::kAllOld;
  if (*name == "ALL_NEW") return ReturnValues::kAllNew;
  if (*name == "UPDATED_OLD") return ReturnValues::kUpdatedOld;
  return ReturnValues::kUpdatedNew;
}

Result<bool> read_return_old_item(const object& input) {
  switch (read_return_values(input)) {
    case ReturnValues::kNone:
      return false;
    case ReturnValues::kAllOld:
      return true;
    default:
      return invalid("ReturnValues can only be ALL_OLD or NONE");
  }
}

bool read_return_item_on_condition_failure(const object& input) {
  const auto name = find_string(input, "ReturnValuesOnConditionCheckFailure");
  return name && *name == "ALL_OLD";
}

}  // namespace parley::api
