// Ids in paths: checked before they become keys of the table.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/refusal.h"

namespace parley::messaging {

/// `id` if it can be an id at all (1 to 64 letters, digits, - and _), else a refusal for `reason`:
/// what cannot be is answered as what is not.
[[nodiscard]] Result<std::string> checked_id(std::string_view id, RefusalReason reason);

}  // namespace parley::messaging
