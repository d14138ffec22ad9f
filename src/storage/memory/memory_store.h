// The store behind --in-memory: a versioned tree. Nothing survives the process.
#pragma once

#include <memory>

#include "storage/key_value_store.h"

namespace parley::storage {

/// Readers never wait for writers: each read pins a version of the tree. Writers take turns. Sync
/// is of no meaning here, and nothing fails.
[[nodiscard]] std::unique_ptr<KeyValueStore> make_memory_store();

}  // namespace parley::storage
