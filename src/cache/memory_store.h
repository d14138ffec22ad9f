// MemoryStore: replies kept in this process, the least recently used collections forgotten first.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "cache/cache_store.h"

namespace parley::cache {

struct MemoryStoreOptions {
  std::size_t size_bytes_max = 64u << 20;         // of texts, replies and bookkeeping together
  std::size_t value_size_bytes_max = 512u << 10;  // a larger reply is not kept
  std::size_t variants_max = 64;                  // of a collection; the oldest go
  std::chrono::seconds age_max{60};               // of a reply: what a lost record can cost at most
};

class MemoryStore final : public CacheStore {
 public:
  /// `clock` is borrowed and must outlive this.
  explicit MemoryStore(const Clock& clock, const MemoryStoreOptions& options = {})
      : clock_(clock), options_(options) {}

  [[nodiscard]] Result<Found> find(std::string_view collection, std::string_view variant) override;
  [[nodiscard]] Result<bool> keep(std::string_view collection, std::string_view variant,
                                  Version version, const Value& value) override;
  [[nodiscard]] Status invalidate(std::string_view collection) override;
  [[nodiscard]] Status invalidate_all() override;
  [[nodiscard]] bool is_immediate() const override { return true; }
  [[nodiscard]] Usage usage() const override;

 private:
  struct Reply {
    Value value;
    TimestampMicros kept_at;
  };
  struct Collection {
    std::string name;
    Version version;
    std::map<std::string, Reply, std::less<>> replies;
    std::size_t size_bytes;
  };
  /// Versions come from one counter, so that a collection which was forgotten and is met again has
  /// another one.
  struct Shard {
    mutable std::mutex mutex;
    std::list<Collection> recent;  // the most recently used first
    // The keys are views of the names in `recent`.
    std::unordered_map<std::string_view, std::list<Collection>::iterator> by_name;
    std::size_t size_bytes = 0;
  };
  static constexpr std::size_t kShards = 16;

  [[nodiscard]] Shard& shard_of(std::string_view collection);
  void forget_one(Shard& shard);

  const Clock& clock_;
  const MemoryStoreOptions options_;
  std::atomic<Version> last_version_ = 0;
  std::array<Shard, kShards> shards_;
};

}  // namespace parley::cache
