#include "api/common_shapes.h"

namespace parley::api {

namespace {

constexpr Member kAttributeValueMembers[] = {
    {"S", &kStringShape},       {"B", &kBlobShape},        {"N", &kStringShape},
    {"BOOL", &kBooleanShape},   {"NULL", &kBooleanShape},  {"BS", &kBlobListShape},
    {"NS", &kStringListShape},  {"SS", &kStringListShape}, {"L", &kAttributeValueListShape},
    {"M", &kAttributeMapShape},
};

}  // namespace

constinit const Shape kAttributeValueShape = {.kind = ShapeKind::kAttributeValue,
                                              .name = "AttributeValue",
                                              .members = kAttributeValueMembers};

}  // namespace parley::api
