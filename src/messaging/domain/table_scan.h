// Looking through the whole table, for what no key leads to: everything that one person has
// written, wherever. It costs a read of the table.
#pragma once

#include <simdjson.h>

#include <functional>

#include "base/result.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

/// Visits every item, read consistently. Those of a collection come one after the other in the
/// order of their sort keys. An item is valid during its visit; an error of the visitor ends the
/// scan and is returned. Errors: the database's.
[[nodiscard]] Status scan_table(Domain& domain,
                                const std::function<Status(const simdjson::dom::element&)>& visit);

}  // namespace parley::messaging
