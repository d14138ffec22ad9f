// Checks that the stored state is whole: for tests, and for whoever doubts a data directory.
#pragma once

#include "base/result.h"

namespace parley::engine {

class Database;

/// Every active index holds exactly the entries that its table's items give, and every counter of
/// items and bytes is exact. Reads everything; call it while nothing is written. Errors:
/// kCorruption that names the first difference, kIo.
[[nodiscard]] Status verify_indexes(Database& database);

}  // namespace parley::engine
