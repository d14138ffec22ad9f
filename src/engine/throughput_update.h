// Capacity settings of UpdateTable: billing mode, and units of table and indexes. Stored and shown;
// nothing is throttled by them.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "engine/requests.h"
#include "model/table.h"

namespace parley::engine {

/// Billing mode and units of the table. Errors: kValidation.
[[nodiscard]] Status update_throughput(model::Table& table, const TableUpdate& update,
                                       TimestampMicros now);

/// What `change` (a kUpdate) says about units and ceilings of `index`, which is in `table`.
[[nodiscard]] Status update_index_throughput(const model::Table& table,
                                             model::SecondaryIndex& index,
                                             const model::SecondaryIndex& change,
                                             TimestampMicros now);

/// A new index has units exactly when its table is provisioned.
[[nodiscard]] Status check_new_index_throughput(const model::Table& table,
                                                const model::SecondaryIndex& index);

}  // namespace parley::engine
