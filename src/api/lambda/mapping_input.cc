#include "api/lambda/mapping_input.h"

#include <fmt/format.h>

#include <array>

#include "api/input.h"

namespace parley::api {
namespace {

constexpr std::array<std::string_view, 12> kForeignMembers{
    // Of queues, Kafka and documents.
    "Topics", "Queues", "SourceAccessConfigurations", "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig", "ScalingConfig",
    "DocumentDBEventSourceConfig", "ProvisionedPollerConfig",
    // Of streams too, but not here.
    "KMSKeyArn", "Tags", "LoggingConfig"};

bool is_given(const simdjson::dom::element& value) {
  std::string_view text;
  simdjson::dom::array array;
  simdjson::dom::object object;
  if (value.get(text) == simdjson::SUCCESS) return !text.empty();
  if (value.get(array) == simdjson::SUCCESS) return array.size() > 0;
  if (value.get(object) == simdjson::SUCCESS) return object.size() > 0;
  return true;
}

void read_integer(const simdjson::dom::object& input, std::string_view name, int& out) {
  if (const auto number = find_integer(input, name)) out = static_cast<int>(*number);
}

void read_filters(const simdjson::dom::object& input, std::vector<std::string>& patterns) {
  const auto criteria = find_object(input, "FilterCriteria");
  if (!criteria) return;
  patterns.clear();
  const auto filters = find_array(*criteria, "Filters");
  if (!filters) return;
  for (const auto filter : *filters) {
    patterns.emplace_back(find_string(as_object(filter), "Pattern").value_or("{}"));
  }
}

/// Destination of OnFailure or OnSuccess; empty without one.
std::string destination(const simdjson::dom::object& config, std::string_view name) {
  const auto member = find_object(config, name);
  return std::string(member ? find_string(*member, "Destination").value_or("") : "");
}

}  // namespace

Status check_unsupported_members(const simdjson::dom::object& input) {
  for (const std::string_view name : kForeignMembers) {
    const auto member = find_member(input, name);
    if (member && is_given(*member)) {
      return fail(
          ErrorCode::kInvalidParameter,
          fmt::format("Unsupported parameter for given event source mapping type: {}", name));
    }
  }
  if (const auto metrics = find_object(input, "MetricsConfig")) {
    const auto names = find_member(*metrics, "Metrics");
    if (names && is_given(*names)) {
      return fail(ErrorCode::kInvalidParameter,
                  "Parley does not support MetricsConfig: `parley trigger status` shows what an "
                  "event source mapping has done");
    }
  }
  return {};
}

Status read_mapping_settings(const simdjson::dom::object& input,
                             trigger::MappingSettings& settings) {
  if (const auto enabled = find_boolean(input, "Enabled")) settings.enabled = *enabled;
  read_integer(input, "BatchSize", settings.batch_size);
  read_integer(input, "MaximumBatchingWindowInSeconds", settings.batching_window_s);
  read_integer(input, "ParallelizationFactor", settings.parallelization_factor);
  read_integer(input, "MaximumRecordAgeInSeconds", settings.record_age_max_s);
  read_integer(input, "MaximumRetryAttempts", settings.retry_attempts_max);
  read_integer(input, "TumblingWindowInSeconds", settings.tumbling_window_s);
  if (const auto bisect = find_boolean(input, "BisectBatchOnFunctionError")) {
    settings.bisect_on_error = *bisect;
  }
  read_filters(input, settings.filter_patterns);
  if (const auto types = find_array(input, "FunctionResponseTypes")) {
    settings.report_batch_item_failures = types->size() > 0;
  }
  if (const auto config = find_object(input, "DestinationConfig")) {
    if (!destination(*config, "OnSuccess").empty()) {
      return fail(ErrorCode::kInvalidParameter,
                  "Unsupported DestinationConfig parameter for given event source mapping type.");
    }
    settings.on_failure_destination = destination(*config, "OnFailure");
  }
  return {};
}

}  // namespace parley::api
