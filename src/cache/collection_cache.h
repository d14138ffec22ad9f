// CollectionCache: the rules of the cache (cache.h), whatever the store.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cache/cache_store.h"

namespace parley::cache {

/// Since the start. Each read is one of hit, miss, coalesced and bypassed.
struct CacheMetrics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;     // asked the database
  std::uint64_t coalesced = 0;  // waited for another's asking
  std::uint64_t bypassed = 0;   // asked the database because the store cannot be relied on
  std::uint64_t stale_fills_discarded = 0;
  std::uint64_t invalidations = 0;
  std::uint64_t store_failures = 0;
  CacheStore::Usage usage = {};
};

/// Thread-safe.
class CollectionCache {
 public:
  using Fill = std::function<Result<std::string>()>;

  /// `store` is borrowed and must outlive this.
  explicit CollectionCache(CacheStore& store) : store_(store) {}

  /// What is kept, or what `fill` says: one fill at a time for each version of each variant; those
  /// who come meanwhile get the same outcome. A fill that raced an invalidation is followed by a
  /// second one, or by what others have kept since, so that who reads again does not see less.
  /// `fill` may block. Errors: those of `fill`, which are not kept.
  [[nodiscard]] Result<Value> read(std::string_view collection, std::string_view variant,
                                   const Fill& fill);

  /// The same for a thread that must not wait; `fill` must not block either. Errors: also
  /// client::must_wait() where the store is another process, or another thread's fill is under way.
  [[nodiscard]] Result<Value> read_at_once(std::string_view collection, std::string_view variant,
                                           const Fill& fill);

  /// To be called after each change of the collection, and again for each record of its stream. No
  /// read that begins after this returns sees a reply from before it, in this process; where the
  /// store cannot be told, it is told later and reads bypass it until then.
  void invalidate(std::string_view collection);

  /// While false every read bypasses the store: for when changes by others are not heard of.
  /// Turning it on again forgets everything first.
  void set_trusted(bool trusted);

  [[nodiscard]] CacheMetrics metrics() const;

 private:
  struct FlightKey {
    std::string collection;
    std::string variant;
    Version version;
    auto operator<=>(const FlightKey&) const = default;
  };
  /// What a fill came to. `raced`: it was discarded, what others have kept since may be older.
  struct Landed {
    Result<Value> outcome;
    bool raced = false;
  };
  using Flight = std::shared_future<Landed>;
  struct Counters {
    std::atomic<std::uint64_t> hits = 0;
    std::atomic<std::uint64_t> misses = 0;
    std::atomic<std::uint64_t> coalesced = 0;
    std::atomic<std::uint64_t> bypassed = 0;
    std::atomic<std::uint64_t> stale_fills_discarded = 0;
    std::atomic<std::uint64_t> invalidations = 0;
    std::atomic<std::uint64_t> store_failures = 0;
  };

  enum class Patience : bool { kNone, kSome };

  [[nodiscard]] Landed look(std::string_view collection, std::string_view variant, const Fill& fill,
                            Patience patience);
  [[nodiscard]] Result<Value> bypass(const Fill& fill);
  [[nodiscard]] Landed fly(std::string_view collection, std::string_view variant, Version version,
                           const Fill& fill, Patience patience);
  [[nodiscard]] bool tell_untold();

  CacheStore& store_;
  Counters counters_;
  std::atomic<bool> trusted_ = true;

  std::mutex flights_mutex_;
  std::map<FlightKey, Flight> flights_;

  // Invalidations that the store has not heard of yet.
  std::atomic<bool> has_untold_ = false;
  std::mutex untold_mutex_;  // guards what follows; held while the store is told
  std::set<std::string, std::less<>> untold_;
  bool untold_all_ = false;
};

}  // namespace parley::cache
