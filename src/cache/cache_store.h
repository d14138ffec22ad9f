// CacheStore: where replies are kept. Two implementations under one contract suite
// (cache_store_test.cc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::cache {

using Value = std::shared_ptr<const std::string>;

/// Of a collection; two states of a collection with an invalidation between them never have the
/// same one. The numbers mean nothing else.
using Version = std::uint64_t;

/// Thread-safe. A failed call says so (kIo, kTimeout, kUnavailable) within the store's own time
/// limit, and may or may not have taken effect.
class CacheStore {
 public:
  struct Found {
    Version version = 0;
    Value value = nullptr;  // null: not there
  };
  struct Usage {
    std::size_t collections = 0;
    std::size_t size_bytes = 0;
  };
  virtual ~CacheStore() = default;

  /// The collection's version, and what is kept of `variant` under that very version.
  [[nodiscard]] virtual Result<Found> find(std::string_view collection,
                                           std::string_view variant) = 0;
  /// Keeps `value` if the collection still has `version`; whether it has. What is kept may vanish
  /// at any time.
  [[nodiscard]] virtual Result<bool> keep(std::string_view collection, std::string_view variant,
                                          Version version, const Value& value) = 0;
  /// Forgets what is kept of the collection; its version is another from now on.
  [[nodiscard]] virtual Status invalidate(std::string_view collection) = 0;
  /// The same for all collections.
  [[nodiscard]] virtual Status invalidate_all() = 0;
  /// Whether calls return at once, without asking anybody outside this process.
  [[nodiscard]] virtual bool is_immediate() const { return false; }
  /// What this process holds.
  [[nodiscard]] virtual Usage usage() const { return {}; }
};

}  // namespace parley::cache
