#include "trigger/attempt.h"

#include <simdjson.h>

#include <algorithm>
#include <string_view>

#include "base/utf8.h"

namespace parley::trigger {
namespace {

using simdjson::dom::element;

constexpr std::size_t kErrorTextSizeMax = 1024;

/// "Type: message" of a function error's object, or the reply itself.
std::string error_text(std::string_view payload) {
  simdjson::dom::parser parser;
  element reply;
  std::string text;
  if (parser.parse(payload.data(), payload.size()).get(reply) == simdjson::SUCCESS) {
    std::string_view type;
    std::string_view message;
    if (reply["errorType"].get(type) == simdjson::SUCCESS) text.append(type);
    if (reply["errorMessage"].get(message) == simdjson::SUCCESS) {
      if (!text.empty()) text.append(": ");
      text.append(message);
    }
  }
  if (text.empty()) text = to_utf8(payload.substr(0, kErrorTextSizeMax));
  if (text.empty()) text = "The function failed and did not say why";
  return std::string(utf8_front(text, kErrorTextSizeMax));
}

void fail_with(Attempt& attempt, std::string why) {
  attempt.result = Attempt::Result::kFailed;
  attempt.error = std::move(why);
  attempt.state.clear();
}

void read_failure_list(const element& reply, std::span<const stream::SequenceNumber> numbers,
                       Attempt& attempt) {
  element list;
  if (reply["batchItemFailures"].get(list) != simdjson::SUCCESS || list.is_null()) return;
  simdjson::dom::array items;
  if (list.get(items) != simdjson::SUCCESS) {
    return fail_with(attempt, "batchItemFailures is not a list");
  }
  std::optional<stream::SequenceNumber> lowest;
  for (const element item : items) {
    std::string_view text;
    const bool has_text = item["itemIdentifier"].get(text) == simdjson::SUCCESS;
    const auto number = has_text ? stream::parse_sequence_number(text) : std::nullopt;
    if (!number || !std::ranges::binary_search(numbers, *number)) {
      return fail_with(attempt, "batchItemFailures has an itemIdentifier that is not in the batch");
    }
    lowest = std::min(lowest.value_or(*number), *number);
  }
  if (!lowest) return;
  attempt.result = *lowest == numbers.front() ? Attempt::Result::kFailed : Attempt::Result::kPartly;
  attempt.first_failed = *lowest;
  attempt.error = "The function reported failed records";
}

void read_reply(std::string_view payload, const ReplyRules& rules,
                std::span<const stream::SequenceNumber> numbers, Attempt& attempt) {
  simdjson::dom::parser parser;
  element reply;
  if (parser.parse(payload.data(), payload.size()).get(reply) != simdjson::SUCCESS) {
    return fail_with(attempt, "The function's reply is not JSON");
  }
  const bool is_object = reply.is_object();
  if (rules.report_batch_item_failures) {
    simdjson::dom::array list;
    const bool is_empty =
        reply.is_null() || (reply.get(list) == simdjson::SUCCESS && list.size() == 0);
    if (!is_object && !is_empty) {
      return fail_with(attempt, "The function's reply has no batchItemFailures");
    }
    if (is_object && !numbers.empty()) read_failure_list(reply, numbers, attempt);
  }
  if (rules.needs_state && attempt.result != Attempt::Result::kFailed) {
    element state;
    if (!is_object || reply["state"].get(state) != simdjson::SUCCESS) {
      return fail_with(attempt, "The function's reply has no state, which a tumbling window needs");
    }
    attempt.state = simdjson::minify(state);
    if (attempt.state.size() + kPayloadFrameSizeBytes > kPayloadSizeBytesMax) {
      fail_with(attempt, "The window's state is too large to be passed on");
    }
  }
}

}  // namespace

Attempt read_attempt(const Result<InvocationOutcome>& outcome, const ReplyRules& rules,
                     std::span<const stream::SequenceNumber> numbers) {
  Attempt attempt;
  if (!outcome) {
    attempt.result = Attempt::Result::kNotRun;
    attempt.error = outcome.error().message;
    return attempt;
  }
  attempt.request_id = outcome->request_id;
  attempt.executed_version = outcome->executed_version;
  attempt.function_error = outcome->function_error;
  if (outcome->function_error) {
    fail_with(attempt, error_text(outcome->payload));
  } else if (rules.report_batch_item_failures || rules.needs_state) {
    read_reply(outcome->payload, rules, numbers, attempt);
  }
  return attempt;
}

}  // namespace parley::trigger
