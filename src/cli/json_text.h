// JSON for the inputs of operations.
#pragma once

#include "messaging/table_items.h"

namespace parley::cli {

using messaging::json_string;

}  // namespace parley::cli
