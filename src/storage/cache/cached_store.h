// A store in front of another that keeps what is read often resident, as ranges: point reads and
// walks in both directions cost what they cost in the memory store.
// docs/decisions/0001-hot-ranges.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "storage/key_value_store.h"

namespace parley::storage {

struct CacheOptions {
  /// Of resident entries, with their keys and the tree around them. Versions that a long-lived
  /// snapshot still shows come on top.
  std::size_t size_bytes_max = 96u << 20;
  /// At most so much of one walk becomes resident, so that a scan of a table does not displace all
  /// else.
  std::size_t load_bytes_max = 256u << 10;
  /// A key or range becomes resident when it is missed again while its trace is among this many
  /// others, so that what is read once does not displace what is read often. 0: at the first miss.
  std::size_t traces = 1u << 16;
};

/// How often reads were served from what is resident.
struct CacheFigures {
  std::uint64_t hits = 0;    // point reads, and walks that never needed the store below
  std::uint64_t misses = 0;  // those that did
  std::uint64_t loads = 0;   // ranges made resident
  std::size_t resident_bytes = 0;
};

/// Holds no state of its own that matters: every answer is what `base` would answer. Writers take
/// turns.
class CachedStore : public KeyValueStore {
 public:
  [[nodiscard]] virtual CacheFigures figures() const = 0;
};

/// Nothing else may write to `base`.
[[nodiscard]] std::unique_ptr<CachedStore> make_cached_store(std::unique_ptr<KeyValueStore> base,
                                                             const CacheOptions& options = {});

}  // namespace parley::storage
