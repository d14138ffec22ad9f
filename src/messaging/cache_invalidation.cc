#include "messaging/cache_invalidation.h"

#include <string>

#include "messaging/table_items.h"

namespace parley::messaging {

void CacheInvalidation::begins(std::string_view, const client::StreamPositions&) {
  cache_.set_trusted(true);
}

bool CacheInvalidation::handle(const client::StreamBatch& batch) {
  std::string_view last;  // a batch often has several records of one collection in a row
  for (const client::StreamRecord& record : batch.records) {
    std::string_view pk;
    if (record.keys["pk"]["S"].get(pk) != simdjson::SUCCESS) continue;
    if (pk != last) cache_.invalidate(pk);
    last = pk;
    const auto user = user_of_list(pk, text_of(record.keys, "sk").value_or(""));
    if (user) cache_.invalidate(std::string(kRowPrefix).append(*user));
  }
  return true;
}

void CacheInvalidation::gap(std::string_view) {
  cache_.set_trusted(false);
}

}  // namespace parley::messaging
