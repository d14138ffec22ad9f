// Any JSON as an item of the messaging table and as a stream's event; any text as a time. What a
// reader takes, its writer writes so that it is read as the same again.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "codec/item_json.h"
#include "messaging/domain/items.h"
#include "messaging/message_event.h"
#include "messaging/timestamp.h"

namespace {

using namespace parley;
using namespace parley::messaging;

/// Reads `item`, writes it, and reads and writes that.
template <class Read>
void check(const simdjson::dom::element& item, Read read) {
  const auto value = read(item);
  if (!value) return;
  const std::string written = item_of(*value);
  simdjson::dom::parser parser;
  simdjson::dom::element again;
  PARLEY_ASSERT(parser.parse(written).get(again) == simdjson::SUCCESS);
  const auto same = read(again);
  PARLEY_ASSERT(same && item_of(*same) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string canonical = canonical_time(text);
  PARLEY_ASSERT(canonical_time(canonical) == canonical);
  if (const auto time = parse_iso(text)) {
    PARLEY_ASSERT(canonical == iso_utc(*time) && parse_iso(canonical) == time);
  }
  if (const auto arrivals = arrivals_of(text)) {
    for (const auto& [conversation, each] : arrivals->conversations) {
      PARLEY_ASSERT(!conversation.empty() && !each.messages.empty());
      const MessageArrival* newest = each.newest();
      PARLEY_ASSERT(newest == nullptr || !newest->removed);
    }
  }
  simdjson::dom::parser parser;
  simdjson::dom::element item;
  if (parser.parse(text).get(item) != simdjson::SUCCESS) return 0;
  check(item, message_of);
  check(item, meta_of);
  check(item, member_of);
  check(item, row_of);
  static_cast<void>(profile_of(item));
  return 0;
}
