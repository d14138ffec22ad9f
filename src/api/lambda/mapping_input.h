// Reading an event source mapping's settings from a request; what create and update share.
#pragma once

#include <simdjson.h>

#include <string_view>

#include "api/common_shapes.h"
#include "api/lambda/function_name.h"
#include "api/shape.h"
#include "base/result.h"
#include "trigger/mappings.h"

namespace parley::api {

inline constexpr Shape kBatchSizeShape = integer(1, 10'000);
inline constexpr Shape kBatchingWindowShape = integer(0, 300);
inline constexpr Shape kParallelizationFactorShape = integer(1, 10);
inline constexpr Shape kRecordAgeShape = integer(-1, 604'800);
inline constexpr Shape kRetryAttemptsShape = integer(-1, 10'000);
inline constexpr Shape kTumblingWindowShape = integer(0, 900);
inline constexpr Shape kPatternShape = string_of(0, 4096);
inline constexpr Member kFilterMembers[] = {{"Pattern", &kPatternShape}};
inline constexpr Shape kFilterShape = structure("Filter", kFilterMembers);
inline constexpr Shape kFiltersShape = list_of(kFilterShape);
inline constexpr Member kFilterCriteriaMembers[] = {{"Filters", &kFiltersShape}};
inline constexpr Shape kFilterCriteriaShape = structure("FilterCriteria", kFilterCriteriaMembers);
inline constexpr Shape kDestinationShape = string_of(0, 350);
inline constexpr Member kDestinationMembers[] = {{"Destination", &kDestinationShape}};
inline constexpr Shape kOnFailureShape = structure("OnFailure", kDestinationMembers);
inline constexpr Shape kOnSuccessShape = structure("OnSuccess", kDestinationMembers);
inline constexpr Member kDestinationConfigMembers[] = {{"OnSuccess", &kOnSuccessShape},
                                                       {"OnFailure", &kOnFailureShape}};
inline constexpr Shape kDestinationConfigShape =
    structure("DestinationConfig", kDestinationConfigMembers);
inline constexpr std::string_view kResponseTypeValues[] = {"ReportBatchItemFailures"};
inline constexpr Shape kResponseTypeShape = enumeration(kResponseTypeValues);
inline constexpr Shape kResponseTypesShape = list_of(kResponseTypeShape, 0, 1);
inline constexpr Shape kMappingFunctionNameShape = {
    .kind = ShapeKind::kString, .min = 1, .max = 140, .text_pattern = &kFunctionNamePattern};

/// Refuses the members of other event sources than DynamoDB streams, and what Parley has not.
/// Errors: kInvalidParameter that names the member.
[[nodiscard]] Status check_unsupported_members(const simdjson::dom::object& input);

/// Puts what `input` has into `settings`; what it has not stays. Errors: kInvalidParameter.
[[nodiscard]] Status read_mapping_settings(const simdjson::dom::object& input,
                                           trigger::MappingSettings& settings);

}  // namespace parley::api
