// Shapes that several operations share. The order of members and enum values is the one AWS's error
// messages show (it follows the service's own tables, not the alphabet).
#pragma once

#include <string_view>

#include "api/shape.h"

namespace parley::api {

inline constexpr Shape kStringShape = {.kind = ShapeKind::kString};
inline constexpr Shape kBlobShape = {.kind = ShapeKind::kBlob};
inline constexpr Shape kBooleanShape = {.kind = ShapeKind::kBoolean};
inline constexpr Shape kStringListShape = list_of(kStringShape);
inline constexpr Shape kBlobListShape = list_of(kBlobShape);

/// A table's name or ARN, and an index's name.
inline constexpr Shape kTableNameShape = string_of(3, 255, Pattern::kNameOrArn);
inline constexpr Shape kIndexNameShape = string_of(3, 255, Pattern::kName);

/// An AttributeValue, for use in lists, maps and structures alike (api/common_shapes.cc).
extern const Shape kAttributeValueShape;

/// Item, Key, ExclusiveStartKey, ExpressionAttributeValues: {"name": AttributeValue, …}.
inline constexpr Shape kAttributeMapShape = map_of(kAttributeValueShape);
inline constexpr Shape kAttributeValueListShape = list_of(kAttributeValueShape);
/// ExpressionAttributeNames.
inline constexpr Shape kAttributeNamesShape = map_of(kStringShape);
inline constexpr Shape kAttributesToGetShape = list_of(kStringShape, 1, 255);

inline constexpr std::string_view kReturnConsumedCapacityValues[] = {"INDEXES", "TOTAL", "NONE"};
inline constexpr Shape kReturnConsumedCapacityShape = enumeration(kReturnConsumedCapacityValues);

inline constexpr std::string_view kReturnItemCollectionMetricsValues[] = {"SIZE", "NONE"};
inline constexpr Shape kReturnItemCollectionMetricsShape =
    enumeration(kReturnItemCollectionMetricsValues);

inline constexpr std::string_view kReturnValuesValues[] = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD",
                                                           "NONE", "UPDATED_NEW"};
inline constexpr Shape kReturnValuesShape = enumeration(kReturnValuesValues);

inline constexpr std::string_view kReturnValuesOnConditionCheckFailureValues[] = {"ALL_OLD",
                                                                                  "NONE"};
inline constexpr Shape kReturnValuesOnConditionCheckFailureShape =
    enumeration(kReturnValuesOnConditionCheckFailureValues);

inline constexpr std::string_view kConditionalOperatorValues[] = {"OR", "AND"};
inline constexpr Shape kConditionalOperatorShape = enumeration(kConditionalOperatorValues);

inline constexpr std::string_view kComparisonOperatorValues[] = {
    "IN",       "NULL", "BETWEEN", "LT",          "NOT_CONTAINS", "EQ",      "GT",
    "NOT_NULL", "NE",   "LE",      "BEGINS_WITH", "GE",           "CONTAINS"};
inline constexpr Shape kComparisonOperatorShape = enumeration(kComparisonOperatorValues);

}  // namespace parley::api
