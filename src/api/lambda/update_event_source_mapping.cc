// UpdateEventSourceMapping. Source: lambda/latest/api/API_UpdateEventSourceMapping.html
#include "api/input.h"
#include "api/lambda/mapping_input.h"
#include "api/lambda/mapping_json.h"
#include "api/lambda/mapping_lookup.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {
    {"FunctionName", &kMappingFunctionNameShape},
    {"Enabled", &kBooleanShape},
    {"BatchSize", &kBatchSizeShape},
    {"FilterCriteria", &kFilterCriteriaShape},
    {"MaximumBatchingWindowInSeconds", &kBatchingWindowShape},
    {"DestinationConfig", &kDestinationConfigShape},
    {"MaximumRecordAgeInSeconds", &kRecordAgeShape},
    {"BisectBatchOnFunctionError", &kBooleanShape},
    {"MaximumRetryAttempts", &kRetryAttemptsShape},
    {"ParallelizationFactor", &kParallelizationFactorShape},
    {"TumblingWindowInSeconds", &kTumblingWindowShape},
    {"FunctionResponseTypes", &kResponseTypesShape},
};

}  // namespace

constinit const Shape kUpdateEventSourceMappingInput =
    structure("UpdateEventSourceMappingRequest", kMembers);

Result<LambdaReply> update_event_source_mapping(const LambdaCall& call) {
  const simdjson::dom::object& input = call.input;
  trigger::Mapping current = PARLEY_TRY(find_mapping(call));
  PARLEY_TRY(check_unsupported_members(input));
  trigger::MappingUpdate update{.uuid = std::move(current.uuid),
                                .change_settings = [&input](trigger::MappingSettings& settings) {
                                  return read_mapping_settings(input, settings);
                                }};
  if (const auto name = find_string(input, "FunctionName")) {
    update.function_name = PARLEY_TRY(resolve_function(call, *name, std::nullopt)).function.name;
  }
  auto updated = call.context.parts.mappings.update(update);
  if (!updated) return std::unexpected(updated.error());
  LambdaReply reply{.status = 202};
  append_mapping(reply.body, *updated, call.context.parts.realm);
  return reply;
}

}  // namespace parley::api
