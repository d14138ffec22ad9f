#include "trigger/on_failure_record.h"

#include <fmt/format.h>

#include <iterator>

#include "codec/item_json.h"
#include "trigger/utc_text.h"

namespace parley::trigger {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append("\"").append(name).append("\":");
  codec::append_json_string(out, text);
}

}  // namespace

std::string_view wire_name(GivenUp::Condition condition) {
  return condition == GivenUp::Condition::kRecordAgeExceeded ? "RecordAgeExceeded"
                                                             : "RetryAttemptsExhausted";
}

std::string on_failure_record(const GivenUp& given_up, const OnFailureContext& context) {
  std::string out = "{\"requestContext\":{";
  const auto& attempt = given_up.last_attempt;
  append_member(out, "requestId", attempt ? attempt->request_id : context.request_id);
  out.push_back(',');
  append_member(out, "functionArn", context.function_arn);
  fmt::format_to(std::back_inserter(out), R"(,"condition":"{}","approximateInvokeCount":{}}})",
                 wire_name(given_up.condition), given_up.invocations);
  if (attempt) {
    out.append(",\"responseContext\":{\"statusCode\":200,");
    append_member(out, "executedVersion", attempt->executed_version);
    out.append(attempt->function_error ? ",\"functionError\":\"Unhandled\"}"
                                       : ",\"functionError\":null}");
  }
  fmt::format_to(std::back_inserter(out),
                 R"(,"version":"1.0","timestamp":"{}","DDBStreamBatchInfo":{{)",
                 utc_millis_text(context.now));
  append_member(out, "shardId", context.shard_id);
  fmt::format_to(std::back_inserter(out),
                 R"(,"startSequenceNumber":"{}","endSequenceNumber":"{}",)"
                 R"("approximateArrivalOfFirstRecord":"{}",)"
                 R"("approximateArrivalOfLastRecord":"{}","batchSize":{},)",
                 stream::sequence_number_text(given_up.first_number),
                 stream::sequence_number_text(given_up.last_number),
                 utc_seconds_text(given_up.first_arrival), utc_seconds_text(given_up.last_arrival),
                 given_up.numbers.size());
  append_member(out, "streamArn", context.stream_arn);
  out.append("}}");
  return out;
}

}  // namespace parley::trigger
