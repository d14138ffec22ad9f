#include "engine/cancellation.h"

#include <memory>
#include <utility>

namespace parley::engine {

CancellationReason cancellation_reason(Error error) {
  CancellationReason reason{error.code, false, std::move(error.message), {}};
  if (const auto* const failure = dynamic_cast<const ConditionFailureDetail*>(error.detail.get())) {
    reason.item = failure->item;
  }
  return reason;
}

Error cancelled(std::vector<CancellationReason> reasons) {
  auto detail = std::make_shared<CancellationDetail>();
  detail->reasons = std::move(reasons);
  return {ErrorCode::kTransactionCanceled,
          "Transaction cancelled, please refer cancellation reasons for specific reasons",
          std::move(detail)};
}

}  // namespace parley::engine
