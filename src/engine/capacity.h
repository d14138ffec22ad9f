// Capacity units by DynamoDB's rules: what a request costs, to the half unit.
// Source: …/developerguide/read-write-operations.html, …/GSI.html#GSI.ThroughputConsiderations
#pragma once

#include <cstddef>

#include "engine/requests.h"
#include "model/table.h"

namespace parley::engine {

/// Units of a read of `size_bytes` (of one item, or of all items of a page together): one for each
/// 4 KiB begun, at least one; half of that if eventually consistent.
[[nodiscard]] double read_units(std::size_t size_bytes, bool consistent_read);

/// A transactional read: two units for each 4 KiB begun, at least two.
[[nodiscard]] double transactional_read_units(std::size_t size_bytes);

/// Units of a write: one for each KiB begun of the larger of the two, at least one. A missing item
/// counts 0 bytes.
[[nodiscard]] double write_units(std::size_t old_size_bytes, std::size_t new_size_bytes);

/// Adds `units` to those of `index` in `capacity`.
void add_index_units(Capacity& capacity, const model::SecondaryIndex& index, double units);

}  // namespace parley::engine
