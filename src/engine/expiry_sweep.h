// Deleting items whose time to live has run out.
//
// Each item is looked at again under its latch: only what has expired by its newest value goes, by
// a write like any other but for the service's identity on its stream record. An expiry of more
// than five years ago is none, as DynamoDB has it (seconds that were meant to be milliseconds, and
// the like). Source: …/developerguide/howitworks-ttl.html
#pragma once

#include <atomic>
#include <cstddef>

#include "base/result.h"

namespace parley::engine {

struct DatabaseState;

/// Deletes what has expired in every table and waits until that is committed; how many items. Ends
/// early when `stop` becomes true. Hold no lock. Errors: kIo, kCorruption, kStorageFull.
[[nodiscard]] Result<std::size_t> sweep_expired_items(DatabaseState& state,
                                                      const std::atomic<bool>& stop);

}  // namespace parley::engine
