// CachedReads: the domain's eventually consistent reads, through the cache.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cache/cache.h"
#include "client/database.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

/// Thread-safe. A collection's name in the cache is its pk.
class CachedReads final : public Reads {
 public:
  /// For which threads it is: those that may wait, or those that must not, with an
  /// ImmediateDatabase. Both may share a cache.
  enum class For : bool { kPatient, kEventLoops };

  /// Both are borrowed and must outlive this.
  CachedReads(client::Database& database, cache::CollectionCache& cache,
              For threads = For::kPatient)
      : database_(database), cache_(cache), threads_(threads) {}

  [[nodiscard]] Result<std::shared_ptr<const std::string>> read(std::string_view collection,
                                                                std::string_view operation,
                                                                std::string_view input) override;
  [[nodiscard]] Result<std::shared_ptr<const std::string>> made(std::string_view collection,
                                                                std::string_view name,
                                                                const Make& make) override;
  void changed(std::string_view collection) override { cache_.invalidate(collection); }

 private:
  client::Database& database_;
  cache::CollectionCache& cache_;
  const For threads_;
};

}  // namespace parley::messaging
