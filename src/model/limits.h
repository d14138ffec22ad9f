// DynamoDB's limits, named once.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html and
// …/Constraints.html
#pragma once

#include <cstddef>

namespace parley::model {

inline constexpr std::size_t kItemSizeBytesMax = 409'600;
/// Levels of an attribute's value, its own the first: a scalar may stand inside 31 lists and maps,
/// an empty list inside 30. (AWS says 32 levels; DynamoDB Local counts so.)
inline constexpr std::size_t kNestingDepthMax = 32;
inline constexpr std::size_t kAttributeNameSizeBytesMax = 65'535;
inline constexpr std::size_t kPartitionKeySizeBytesMax = 2048;
inline constexpr std::size_t kSortKeySizeBytesMax = 1024;
inline constexpr std::size_t kExpressionSizeBytesMax = 4096;
inline constexpr std::size_t kExpressionOperatorsMax = 300;
inline constexpr std::size_t kPageSizeBytesMax = 1'048'576;
inline constexpr std::size_t kBatchGetKeysMax = 100;
inline constexpr std::size_t kBatchWriteItemsMax = 25;
inline constexpr std::size_t kBatchSizeBytesMax = 16'777'216;
inline constexpr std::size_t kTransactionItemsMax = 100;
inline constexpr std::size_t kTransactionSizeBytesMax = 4'194'304;
inline constexpr std::size_t kGlobalSecondaryIndexesMax = 20;
inline constexpr std::size_t kLocalSecondaryIndexesMax = 5;
inline constexpr std::size_t kProjectedAttributesMax = 100;
inline constexpr std::size_t kTotalSegmentsMax = 1'000'000;
inline constexpr std::size_t kIndexHashAttributesMax = 4;
inline constexpr std::size_t kIndexRangeAttributesMax = 4;

}  // namespace parley::model
