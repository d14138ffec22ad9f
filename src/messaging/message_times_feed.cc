#include "messaging/message_times_feed.h"

#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {

bool MessageTimesFeed::handle(const client::StreamBatch& batch) {
  for (const client::StreamRecord& record : batch.records) {
    const auto pk = text_of(record.keys, "pk");
    const auto sk = text_of(record.keys, "sk");
    if (!pk || !sk || !pk->starts_with(kMessagePrefix)) continue;
    const auto time = parse_iso(canonical_time(*sk));
    if (time) times_.note(pk->substr(kMessagePrefix.size()), *time);
  }
  return true;
}

}  // namespace parley::messaging
