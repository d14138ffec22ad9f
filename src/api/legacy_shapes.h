// The shapes of the parameters of DynamoDB's first API (api/legacy_parameters.h).
#pragma once

#include "api/common_shapes.h"

namespace parley::api {

inline constexpr Member kExpectedAttributeValueMembers[] = {
    {"AttributeValueList", &kAttributeValueListShape},
    {"ComparisonOperator", &kComparisonOperatorShape},
    {"Exists", &kBooleanShape},
    {"Value", &kAttributeValueShape},
};
inline constexpr Shape kExpectedAttributeValueShape =
    structure("ExpectedAttributeValue", kExpectedAttributeValueMembers);
/// Expected.
inline constexpr Shape kExpectedShape = map_of(kExpectedAttributeValueShape);

inline constexpr Member kConditionMembers[] = {
    {"AttributeValueList", &kAttributeValueListShape},
    {"ComparisonOperator", &kComparisonOperatorShape, Presence::kRequired},
};
inline constexpr Shape kConditionShape = structure("Condition", kConditionMembers);
/// QueryFilter, ScanFilter, KeyConditions.
inline constexpr Shape kConditionMapShape = map_of(kConditionShape);

inline constexpr std::string_view kAttributeActionValues[] = {"ADD", "DELETE", "PUT"};
inline constexpr Shape kAttributeActionShape = enumeration(kAttributeActionValues);
inline constexpr Member kAttributeValueUpdateMembers[] = {
    {"Action", &kAttributeActionShape},
    {"Value", &kAttributeValueShape},
};
inline constexpr Shape kAttributeValueUpdateShape =
    structure("AttributeValueUpdate", kAttributeValueUpdateMembers);
/// AttributeUpdates.
inline constexpr Shape kAttributeUpdatesShape = map_of(kAttributeValueUpdateShape);

}  // namespace parley::api
