// A table's record in the catalog: the description as one stored item (docs/formats/catalog.md).
// Unknown attributes are ignored and missing ones take their default, so that both an older and a
// newer program read it.
#pragma once

#include "base/result.h"
#include "model/item.h"
#include "model/table.h"

namespace parley::engine {

[[nodiscard]] model::Item make_table_record(const model::Table& table);

/// Errors: kCorruption for a record that make_table_record cannot have made.
[[nodiscard]] Result<model::Table> read_table_record(const model::ItemView& record);

}  // namespace parley::engine
