// Attempt: what came of one invocation with a batch, as the rules of event source mappings see it
// (lambda/latest/dg/services-ddb-batchfailurereporting.html, services-ddb-windows.html).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "stream/stream.h"
#include "trigger/invoker.h"

namespace parley::trigger {

/// Room in a payload for what surrounds the records and, in windows, for the members they add.
inline constexpr std::size_t kPayloadFrameSizeBytes = 4096;

/// What the function's reply has to be read for.
struct ReplyRules {
  bool report_batch_item_failures = false;
  bool needs_state = false;  // tumbling windows
};

struct Attempt {
  enum class Result : std::uint8_t {
    kSucceeded,
    kPartly,  // the records before first_failed are done
    kFailed,
    kNotRun,  // the function never saw the batch: throttled, missing, shutting down
  };
  Result result = Result::kSucceeded;
  stream::SequenceNumber first_failed = 0;  // kPartly
  std::string state = {};                   // JSON; kSucceeded and kPartly with needs_state
  std::string error = {};                   // what status shows; empty if kSucceeded
  // For the on-failure record; empty if kNotRun.
  std::string request_id = {};
  std::string executed_version = {};
  bool function_error = false;
};

/// `numbers` are those of the batch, ascending. Partial results, when asked for: no list of
/// failures or an empty one is success, as is a reply of null, {} or []; the lowest number is the
/// first that failed; an item without a known number fails the whole batch, as does any other
/// reply. Windows: a reply without "state", or with one that no payload can carry, is a failure.
[[nodiscard]] Attempt read_attempt(const Result<InvocationOutcome>& outcome,
                                   const ReplyRules& rules,
                                   std::span<const stream::SequenceNumber> numbers);

}  // namespace parley::trigger
