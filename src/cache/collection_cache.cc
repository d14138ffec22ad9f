#include "cache/collection_cache.h"

#include <optional>
#include <utility>

#include "client/immediate_database.h"

namespace parley::cache {
namespace {

// Beyond so many untold invalidations everything is forgotten instead.
constexpr std::size_t kUntoldMax = 10'000;
constexpr int kFlightsJoinedMax = 3;  // by one read

}  // namespace

Result<Value> CollectionCache::read(std::string_view collection, std::string_view variant,
                                    const Fill& fill) {
  bool has_raced = false;
  for (int attempt = 1;; ++attempt) {
    Landed landed = look(collection, variant, fill, Patience::kSome);
    if (landed.raced && !std::exchange(has_raced, true)) continue;
    // The flight that was waited for was of a thread that could not wait to its end.
    const bool again = !landed.outcome && client::is_must_wait(landed.outcome.error());
    if (!again) return std::move(landed.outcome);
    if (attempt >= kFlightsJoinedMax) return bypass(fill);
  }
}

Result<Value> CollectionCache::read_at_once(std::string_view collection, std::string_view variant,
                                            const Fill& fill) {
  if (!store_.is_immediate()) return std::unexpected(client::must_wait());
  Landed landed = look(collection, variant, fill, Patience::kNone);
  if (landed.raced) landed = look(collection, variant, fill, Patience::kNone);
  return std::move(landed.outcome);
}

CollectionCache::Landed CollectionCache::look(std::string_view collection, std::string_view variant,
                                              const Fill& fill, Patience patience) {
  if (!trusted_ || (has_untold_ && !tell_untold())) return {bypass(fill)};
  auto found = store_.find(collection, variant);
  if (!found) {
    ++counters_.store_failures;
    return {bypass(fill)};
  }
  if (found->value == nullptr) {
    return fly(collection, variant, found->version, fill, patience);
  }
  ++counters_.hits;
  return {std::move(found->value)};
}

Result<Value> CollectionCache::bypass(const Fill& fill) {
  ++counters_.bypassed;
  return std::make_shared<const std::string>(PARLEY_TRY(fill()));
}

CollectionCache::Landed CollectionCache::fly(std::string_view collection, std::string_view variant,
                                             Version version, const Fill& fill, Patience patience) {
  const FlightKey key{std::string(collection), std::string(variant), version};
  std::promise<Landed> landing;
  {
    std::unique_lock lock(flights_mutex_);
    const auto [flight, is_ours] = flights_.try_emplace(key);
    if (!is_ours) {
      if (patience == Patience::kNone) return {std::unexpected(client::must_wait())};
      const Flight theirs = flight->second;
      lock.unlock();
      ++counters_.coalesced;
      return theirs.get();
    }
    flight->second = landing.get_future().share();
  }
  ++counters_.misses;
  Result<std::string> reply = fill();
  Landed landed{reply ? Result<Value>(std::make_shared<const std::string>(*std::move(reply)))
                      : std::unexpected(std::move(reply).error())};
  if (landed.outcome) {
    const auto kept = store_.keep(collection, variant, version, *landed.outcome);
    if (!kept) ++counters_.store_failures;
    landed.raced = kept && !*kept;
    if (landed.raced) ++counters_.stale_fills_discarded;
  }
  // Out of the table first: whoever looks from now on finds the store's answer.
  {
    const std::scoped_lock lock(flights_mutex_);
    flights_.erase(key);
  }
  landing.set_value(landed);
  return landed;
}

void CollectionCache::invalidate(std::string_view collection) {
  ++counters_.invalidations;
  if (!has_untold_) {
    if (store_.invalidate(collection)) return;
    ++counters_.store_failures;
  }
  const std::scoped_lock lock(untold_mutex_);
  if (untold_.size() < kUntoldMax) {
    untold_.emplace(collection);
  } else {
    untold_all_ = true;
  }
  has_untold_ = true;
}

void CollectionCache::set_trusted(bool trusted) {
  if (trusted && !trusted_) {
    const std::scoped_lock lock(untold_mutex_);
    untold_all_ = true;
    has_untold_ = true;
  }
  trusted_ = trusted;
}

/// Whether the store has now heard of every invalidation. Does not wait for another thread that is
/// telling it.
bool CollectionCache::tell_untold() {
  const std::unique_lock lock(untold_mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return false;
  if (untold_all_) {
    if (!store_.invalidate_all()) return false;
    untold_all_ = false;
    untold_.clear();
  }
  while (!untold_.empty()) {
    if (!store_.invalidate(*untold_.begin())) return false;
    untold_.erase(untold_.begin());
  }
  has_untold_ = false;
  return true;
}

CacheMetrics CollectionCache::metrics() const {
  return {.hits = counters_.hits,
          .misses = counters_.misses,
          .coalesced = counters_.coalesced,
          .bypassed = counters_.bypassed,
          .stale_fills_discarded = counters_.stale_fills_discarded,
          .invalidations = counters_.invalidations,
          .store_failures = counters_.store_failures,
          .usage = store_.usage()};
}

}  // namespace parley::cache
