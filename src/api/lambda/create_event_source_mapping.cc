// CreateEventSourceMapping, of DynamoDB streams.
// Source: lambda/latest/api/API_CreateEventSourceMapping.html
#include <fmt/format.h>

#include "api/input.h"
#include "api/lambda/mapping_input.h"
#include "api/lambda/mapping_json.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr std::string_view kPositionValues[] = {"LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"};
constexpr Shape kPosition = enumeration(kPositionValues);
constexpr Member kMembers[] = {
    {"EventSourceArn", &kStringShape},
    {"FunctionName", &kMappingFunctionNameShape, Presence::kRequired},
    {"Enabled", &kBooleanShape},
    {"BatchSize", &kBatchSizeShape},
    {"FilterCriteria", &kFilterCriteriaShape},
    {"MaximumBatchingWindowInSeconds", &kBatchingWindowShape},
    {"ParallelizationFactor", &kParallelizationFactorShape},
    {"StartingPosition", &kPosition},
    {"DestinationConfig", &kDestinationConfigShape},
    {"MaximumRecordAgeInSeconds", &kRecordAgeShape},
    {"BisectBatchOnFunctionError", &kBooleanShape},
    {"MaximumRetryAttempts", &kRetryAttemptsShape},
    {"TumblingWindowInSeconds", &kTumblingWindowShape},
    {"FunctionResponseTypes", &kResponseTypesShape},
};

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::kInvalidParameter, std::move(message));
}

Result<std::string> read_source(const simdjson::dom::object& input) {
  const std::string_view arn = find_string(input, "EventSourceArn").value_or("");
  if (arn.empty()) return refused("Unrecognized event source.");
  if (!arn.starts_with("arn:") || arn.find(":dynamodb:") == std::string_view::npos) {
    return refused(
        fmt::format("Unrecognized event source, must be a DynamoDB stream: Parley has no other "
                    "sources than its "
                    "tables' streams. Unsupported source arn : {}",
                    arn));
  }
  if (arn.find("/stream/") == std::string_view::npos) {
    return refused(
        fmt::format("Stream not found: {} is no stream's ARN; `LatestStreamArn` of "
                    "DescribeTable is the one of a table's stream",
                    arn));
  }
  return std::string(arn);
}

Result<trigger::StartingPosition> read_position(const simdjson::dom::object& input,
                                                const std::string& arn) {
  const auto position = find_string(input, "StartingPosition");
  if (!position) {
    return refused(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
        "constraint: Member must not be null.");
  }
  if (*position == "AT_TIMESTAMP") {
    return refused(fmt::format("Unsupported starting position for arn type: {}", arn));
  }
  const auto timestamp = find_member(input, "StartingPositionTimestamp");
  if (timestamp && !timestamp->is_null()) {
    return refused("Timestamp only valid with StartingPosition AT_TIMESTAMP");
  }
  return *position == "LATEST" ? trigger::StartingPosition::kLatest
                               : trigger::StartingPosition::kTrimHorizon;
}

}  // namespace

constinit const Shape kCreateEventSourceMappingInput =
    structure("CreateEventSourceMappingRequest", kMembers);

Result<LambdaReply> create_event_source_mapping(const LambdaCall& call) {
  const simdjson::dom::object& input = call.input;
  PARLEY_TRY(check_unsupported_members(input));
  std::string arn = PARLEY_TRY(read_source(input));
  const trigger::StartingPosition position = PARLEY_TRY(read_position(input, arn));
  trigger::MappingSettings settings;
  PARLEY_TRY(read_mapping_settings(input, settings));
  ResolvedFunction found =
      PARLEY_TRY(resolve_function(call, string_member(input, "FunctionName"), std::nullopt));
  auto created = call.context.parts.mappings.create(std::move(arn), std::move(found.function.name),
                                                    position, std::move(settings));
  if (!created) return std::unexpected(created.error());
  LambdaReply reply{.status = 202};
  append_mapping(reply.body, *created, call.context.parts.realm);
  return reply;
}

}  // namespace parley::api
