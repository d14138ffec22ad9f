// CacheInvalidation: tells the cache of what the table's stream says has changed, whoever changed
// it.
#pragma once

#include <string_view>

#include "cache/collection_cache.h"
#include "client/stream_walk.h"

namespace parley::messaging {

/// While the stream is not followed from a known place on, the cache is not to be trusted. Borrows
/// the cache.
class CacheInvalidation final : public client::StreamHandler {
 public:
  explicit CacheInvalidation(cache::CollectionCache& cache) : cache_(cache) {
    cache_.set_trusted(false);
  }

  void begins(std::string_view stream_arn, const client::StreamPositions& positions) override;
  [[nodiscard]] bool handle(const client::StreamBatch& batch) override;
  void gap(std::string_view why) override;

 private:
  cache::CollectionCache& cache_;
};

}  // namespace parley::messaging
