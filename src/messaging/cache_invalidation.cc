#include "messaging/cache_invalidation.h"

namespace parley::messaging {

void CacheInvalidation::begins(std::string_view, const client::StreamPositions&) {
  cache_.set_trusted(true);
}

bool CacheInvalidation::handle(const client::StreamBatch& batch) {
  std::string_view last;  // a batch often has several records of one collection in a row
  for (const client::StreamRecord& record : batch.records) {
    std::string_view pk;
    if (record.keys["pk"]["S"].get(pk) != simdjson::SUCCESS) continue;
    if (pk == last) continue;
    cache_.invalidate(pk);
    last = pk;
  }
  return true;
}

void CacheInvalidation::gap(std::string_view) {
  cache_.set_trusted(false);
}

}  // namespace parley::messaging
