// Shapes of the members that CreateTable and UpdateTable share.
#pragma once

#include <string_view>

#include "api/common_shapes.h"
#include "api/shape.h"
#include "model/limits.h"

namespace parley::api {

inline constexpr Shape kAttributeNameShape = string_of(1, 255);

inline constexpr std::string_view kAttributeTypeValues[] = {"B", "N", "S"};
inline constexpr Shape kAttributeTypeShape = enumeration(kAttributeTypeValues);
inline constexpr Member kAttributeDefinitionMembers[] = {
    {"AttributeName", &kAttributeNameShape, Presence::kRequired},
    {"AttributeType", &kAttributeTypeShape, Presence::kRequired},
};
inline constexpr Shape kAttributeDefinitionShape =
    structure("AttributeDefinition", kAttributeDefinitionMembers);
inline constexpr Shape kAttributeDefinitionsShape = list_of(kAttributeDefinitionShape);

inline constexpr std::string_view kKeyTypeValues[] = {"HASH", "RANGE"};
inline constexpr Shape kKeyTypeShape = enumeration(kKeyTypeValues);
inline constexpr Member kKeySchemaElementMembers[] = {
    {"AttributeName", &kAttributeNameShape, Presence::kRequired},
    {"KeyType", &kKeyTypeShape, Presence::kRequired},
};
inline constexpr Shape kKeySchemaElementShape =
    structure("KeySchemaElement", kKeySchemaElementMembers);
/// Of a table or a local index.
inline constexpr Shape kKeySchemaShape = list_of(kKeySchemaElementShape, 1, 2);
inline constexpr Shape kGlobalKeySchemaShape = list_of(
    kKeySchemaElementShape, 1, model::kIndexHashAttributesMax + model::kIndexRangeAttributesMax);

inline constexpr std::string_view kBillingModeValues[] = {"PROVISIONED", "PAY_PER_REQUEST"};
inline constexpr Shape kBillingModeShape = enumeration(kBillingModeValues);

inline constexpr Shape kCapacityUnitsShape = long_integer(1);
inline constexpr Member kProvisionedThroughputMembers[] = {
    {"WriteCapacityUnits", &kCapacityUnitsShape, Presence::kRequired},
    {"ReadCapacityUnits", &kCapacityUnitsShape, Presence::kRequired},
};
inline constexpr Shape kProvisionedThroughputShape =
    structure("ProvisionedThroughput", kProvisionedThroughputMembers);

inline constexpr Shape kLongShape = long_integer();
inline constexpr Member kOnDemandThroughputMembers[] = {
    {"MaxReadRequestUnits", &kLongShape},
    {"MaxWriteRequestUnits", &kLongShape},
};
inline constexpr Shape kOnDemandThroughputShape =
    structure("OnDemandThroughput", kOnDemandThroughputMembers);

inline constexpr Member kWarmThroughputMembers[] = {
    {"ReadUnitsPerSecond", &kLongShape},
    {"WriteUnitsPerSecond", &kLongShape},
};
inline constexpr Shape kWarmThroughputShape = structure("WarmThroughput", kWarmThroughputMembers);

inline constexpr std::string_view kProjectionTypeValues[] = {"ALL", "INCLUDE", "KEYS_ONLY"};
inline constexpr Shape kProjectionTypeShape = enumeration(kProjectionTypeValues);
inline constexpr Shape kNonKeyAttributesShape = list_of(kAttributeNameShape, 1, 20);
inline constexpr Member kProjectionMembers[] = {
    {"ProjectionType", &kProjectionTypeShape},
    {"NonKeyAttributes", &kNonKeyAttributesShape},
};
inline constexpr Shape kProjectionShape = structure("Projection", kProjectionMembers);

inline constexpr std::string_view kStreamViewTypeValues[] = {"NEW_IMAGE", "OLD_IMAGE",
                                                             "NEW_AND_OLD_IMAGES", "KEYS_ONLY"};
inline constexpr Shape kStreamViewTypeShape = enumeration(kStreamViewTypeValues);
inline constexpr Member kStreamSpecificationMembers[] = {
    {"StreamEnabled", &kBooleanShape, Presence::kRequired},
    {"StreamViewType", &kStreamViewTypeShape},
};
inline constexpr Shape kStreamSpecificationShape =
    structure("StreamSpecification", kStreamSpecificationMembers);

inline constexpr std::string_view kSseTypeValues[] = {"AES256", "KMS"};
inline constexpr Shape kSseTypeShape = enumeration(kSseTypeValues);
inline constexpr Shape kKmsKeyShape = string_of(1, Shape::kNoMax);
inline constexpr Member kSseSpecificationMembers[] = {
    {"Enabled", &kBooleanShape},
    {"SSEType", &kSseTypeShape},
    {"KMSMasterKeyId", &kKmsKeyShape},
};
inline constexpr Shape kSseSpecificationShape =
    structure("SSESpecification", kSseSpecificationMembers);

inline constexpr Member kTagMembers[] = {{"Key", &kStringShape}, {"Value", &kStringShape}};
inline constexpr Shape kTagShape = structure("Tag", kTagMembers);
inline constexpr Shape kTagListShape = list_of(kTagShape);

}  // namespace parley::api
