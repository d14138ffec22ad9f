// Scan. Source: …/APIReference/API_Scan.html
#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "api/common_shapes.h"
#include "api/expression_parameters.h"
#include "api/input.h"
#include "api/legacy_parameters.h"
#include "api/legacy_shapes.h"
#include "api/operations.h"
#include "api/page_input.h"
#include "api/page_json.h"
#include "model/limits.h"

namespace parley::api {

namespace {

constexpr std::string_view kSelectValues[] = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                              "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelectShape = enumeration(kSelectValues);
constexpr Shape kLimitShape = integer(1);
constexpr Shape kTotalSegmentsShape = integer(1, model::kTotalSegmentsMax);
constexpr Shape kSegmentShape = integer(0, model::kTotalSegmentsMax - 1);

constexpr Member kMembers[] = {
    {"Select", &kSelectShape},
    {"IndexName", &kIndexNameShape},
    {"TotalSegments", &kTotalSegmentsShape},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacityShape},
    {"TableName", &kTableNameShape, Presence::kRequired},
    {"ConditionalOperator", &kConditionalOperatorShape},
    {"ScanFilter", &kConditionMapShape},
    {"Segment", &kSegmentShape},
    {"Limit", &kLimitShape},
    {"AttributesToGet", &kAttributesToGetShape},
    {"ExclusiveStartKey", &kAttributeMapShape},
    {"ConsistentRead", &kBooleanShape},
    {"FilterExpression", &kStringShape},
    {"ProjectionExpression", &kStringShape},
    {"ExpressionAttributeValues", &kAttributeMapShape},
    {"ExpressionAttributeNames", &kAttributeNamesShape},
};

/// Segment and TotalSegments into `scan`: both or neither.
Status read_segments(const simdjson::dom::object& input, engine::Scan& scan) {
  const auto segment = find_integer(input, "Segment");
  const auto total_segments = find_integer(input, "TotalSegments");
  if (segment && !total_segments) {
    return invalid(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (!total_segments) return {};
  if (!segment) {
    return invalid(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (*segment >= *total_segments) {
    return invalid(fmt::format(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: {} is not less than TotalSegments: {}",
        *segment, *total_segments));
  }
  scan.segment = static_cast<std::uint32_t>(*segment);
  scan.total_segments = static_cast<std::uint32_t>(*total_segments);
  return {};
}

}  // namespace

constinit const Shape kScanInput = structure("ScanInput", kMembers);

Result<OperationReply> scan(OperationContext& context, const simdjson::dom::object& input,
                            std::string& out) {
  PARLEY_TRY(check_parameter_use(input, kScanParameters));
  engine::Scan request{.page = read_page(input)};
  auto& page = request.page;
  page.projection = PARLEY_TRY(LegacyParameters::attributes_to_get(input));
  LegacyParameters legacy;
  page.filter = PARLEY_TRY(legacy.filter(input, "ScanFilter"));
  page.exclusive_start_key = PARLEY_TRY(read_exclusive_start_key(input));
  PARLEY_TRY(read_segments(input, request));
  ExpressionParameters expressions;
  PARLEY_TRY(expressions.read(input));
  if (auto filter = PARLEY_TRY(expressions.filter(input))) page.filter = std::move(filter);
  if (auto projection = PARLEY_TRY(expressions.projection(input))) {
    page.projection = std::move(projection);
  }
  PARLEY_TRY(expressions.check_all_used());
  page.select = PARLEY_TRY(read_select(input));

  PageWriter writer(out, page);
  const auto outcome = PARLEY_TRY(context.database.scan(request, writer));
  writer.finish(outcome, input);
  return OperationReply{};
}

}  // namespace parley::api
