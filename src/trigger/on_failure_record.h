// The on-failure record: what a destination is told of a batch that was given up
// (lambda/latest/dg/services-dynamodb-errors.html).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "trigger/lane.h"

namespace parley::trigger {

struct OnFailureContext {
  std::string_view function_arn;
  std::string_view shard_id;
  std::string_view stream_arn;
  std::string_view request_id;  // if the function never saw the batch
  TimestampMicros now = 0;
};

/// "RetryAttemptsExhausted" or "RecordAgeExceeded".
[[nodiscard]] std::string_view wire_name(GivenUp::Condition condition);

/// The JSON text. A batch the function never saw has no responseContext.
[[nodiscard]] std::string on_failure_record(const GivenUp& given_up,
                                            const OnFailureContext& context);

}  // namespace parley::trigger
