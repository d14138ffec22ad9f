// How a transaction is cancelled: one reason for each of its items, in order.
#pragma once

#include <vector>

#include "base/error.h"
#include "engine/requests.h"

namespace parley::engine {

/// The reason that `error` is for one item.
[[nodiscard]] CancellationReason cancellation_reason(Error error);

/// kTransactionCanceled with `reasons`, of which at least one is not none.
[[nodiscard]] Error cancelled(std::vector<CancellationReason> reasons);

}  // namespace parley::engine
