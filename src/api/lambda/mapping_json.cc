#include "api/lambda/mapping_json.h"

#include <fmt/format.h>

#include "api/lambda/json_members.h"
#include "codec/item_json.h"
#include "trigger/functions.h"

namespace parley::api {
namespace {

void append_filters(std::string& out, const std::vector<std::string>& patterns) {
  out += "{\"Filters\":[";
  std::string_view separator;
  for (const std::string& pattern : patterns) {
    out += separator;
    out += "{\"Pattern\":";
    codec::append_json_string(out, pattern);
    out += '}';
    separator = ",";
  }
  out += "]}";
}

void append_destination(std::string& out, const std::string& destination) {
  out += "{\"OnFailure\":{";
  if (!destination.empty()) {
    out += "\"Destination\":";
    codec::append_json_string(out, destination);
  }
  out += "}}";
}

}  // namespace

void append_mapping(std::string& out, const trigger::Mapping& mapping, const model::Realm& realm) {
  const trigger::MappingSettings& settings = mapping.settings;
  JsonMembers members(out);
  members.text("UUID", mapping.uuid);
  members.text("StartingPosition", mapping.starting_position == trigger::StartingPosition::kLatest
                                       ? "LATEST"
                                       : "TRIM_HORIZON");
  members.number("BatchSize", settings.batch_size);
  members.number("MaximumBatchingWindowInSeconds", settings.batching_window_s);
  members.number("ParallelizationFactor", settings.parallelization_factor);
  members.text("EventSourceArn", mapping.stream_arn);
  if (!settings.filter_patterns.empty()) {
    members.name("FilterCriteria");
    append_filters(out, settings.filter_patterns);
  }
  members.text("FunctionArn", trigger::function_arn(realm, mapping.function_name));
  members.seconds("LastModified", mapping.last_modified);
  members.text("LastProcessingResult", mapping.last_processing_result);
  members.text("State", mapping.state);
  members.text("StateTransitionReason", mapping.state_transition_reason);
  members.name("DestinationConfig");
  append_destination(out, settings.on_failure_destination);
  members.number("MaximumRecordAgeInSeconds", settings.record_age_max_s);
  members.flag("BisectBatchOnFunctionError", settings.bisect_on_error);
  members.number("MaximumRetryAttempts", settings.retry_attempts_max);
  members.number("TumblingWindowInSeconds", settings.tumbling_window_s);
  members.raw("FunctionResponseTypes",
              settings.report_batch_item_failures ? R"(["ReportBatchItemFailures"])" : "[]");
  members.text("EventSourceMappingArn", fmt::format("arn:aws:lambda:{}:{}:event-source-mapping:{}",
                                                    realm.region, realm.account, mapping.uuid));
  members.finish();
}

}  // namespace parley::api
