// What a function replied: any bytes become an outcome of the batch, with an error that can be
// shown and stored. The input's first byte chooses the rules; the batch's numbers are as records
// have them.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/utf8.h"
#include "trigger/attempt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::trigger;
  using Kind = Attempt::Result;
  if (size < 1) return 0;
  constexpr std::array<stream::SequenceNumber, 3> kNumbers{1, 2, 3};
  const ReplyRules rules{.report_batch_item_failures = (data[0] & 1U) != 0,
                         .needs_state = (data[0] & 2U) != 0};
  InvocationOutcome outcome;
  outcome.function_error = (data[0] & 4U) != 0;
  outcome.payload.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  const Attempt attempt = read_attempt(outcome, rules, kNumbers);
  PARLEY_ASSERT(attempt.result != Kind::kNotRun);
  PARLEY_ASSERT(!outcome.function_error || attempt.result == Kind::kFailed);
  PARLEY_ASSERT(attempt.error.empty() == (attempt.result == Kind::kSucceeded));
  PARLEY_ASSERT(is_utf8(attempt.error) && is_utf8(attempt.state));
  if (attempt.result == Kind::kPartly) {
    PARLEY_ASSERT(rules.report_batch_item_failures);
    PARLEY_ASSERT(attempt.first_failed == 2 || attempt.first_failed == 3);
  }
  const bool is_done = attempt.result == Kind::kSucceeded || attempt.result == Kind::kPartly;
  PARLEY_ASSERT(attempt.state.empty() == !(rules.needs_state && is_done));
  return 0;
}
