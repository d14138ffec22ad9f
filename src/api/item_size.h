// The 400 KiB limit of an item that is put whole; updates are checked where they are applied.
#pragma once

#include "base/result.h"
#include "model/item.h"

namespace parley::api {

/// Errors: kValidation "Item size has exceeded the maximum allowed size".
[[nodiscard]] Status check_item_size(const model::Item& item);

}  // namespace parley::api
