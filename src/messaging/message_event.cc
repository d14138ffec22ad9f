#include "messaging/message_event.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

/// "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL" names it.
std::string table_of(const simdjson::dom::element& record) {
  std::string_view arn;
  if (record["eventSourceARN"].get(arn) != simdjson::SUCCESS) return {};
  constexpr std::string_view kBefore = ":table/";
  const auto found = arn.find(kBefore);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = arn.substr(found + kBefore.size());
  return std::string(rest.substr(0, rest.find('/')));
}

/// Whether text, deletion and the sender's name are what they were; only where the record has both
/// images.
bool shows_the_same(const simdjson::dom::element& change) {
  simdjson::dom::element before;
  simdjson::dom::element after;
  if (change["OldImage"].get(before) != simdjson::SUCCESS ||
      change["NewImage"].get(after) != simdjson::SUCCESS) {
    return false;
  }
  constexpr std::array<std::string_view, 4> kShown{"message", "deleted_at", "user_display_name",
                                                   "user_handle"};
  return std::ranges::all_of(
      kShown, [&](std::string_view name) { return text_of(before, name) == text_of(after, name); });
}

void note(const simdjson::dom::element& change, std::string_view event_name,
          MessageArrival& arrival) {
  arrival.inserted = arrival.inserted || event_name == "INSERT";
  arrival.edited = arrival.edited || event_name == "MODIFY";
  arrival.removed = event_name == "REMOVE";
  simdjson::dom::element image;
  arrival.told = change["NewImage"].get(image) == simdjson::SUCCESS;
  if (!arrival.told) return;
  arrival.sender = {.id = std::string(text_of(image, "user_uuid").value_or("")),
                    .handle = std::string(text_of(image, "user_handle").value_or("")),
                    .display_name = std::string(text_of(image, "user_display_name").value_or(""))};
  arrival.text = text_of(image, "message");
  // A message that was deleted stays so, whichever record of it comes again.
  arrival.deleted = arrival.deleted || text_of(image, "deleted_at").has_value();
}

}  // namespace

const MessageArrival* ConversationArrivals::newest() const {
  for (auto each = messages.rbegin(); each != messages.rend(); ++each) {
    if (!each->second.removed) return &each->second;
  }
  return nullptr;
}

Result<Arrivals> arrivals_of(std::string_view event_json) {
  simdjson::dom::parser parser;
  simdjson::dom::element event;
  simdjson::dom::array records;
  const simdjson::padded_string text(event_json);
  if (parser.parse(text).get(event) != simdjson::SUCCESS ||
      event["Records"].get(records) != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidArgument,
                "The event is not one of a DynamoDB stream: it has no Records");
  }
  Arrivals arrivals;
  for (const simdjson::dom::element record : records) {
    std::string_view name;
    simdjson::dom::element change;
    simdjson::dom::element keys;
    if (record["eventName"].get(name) != simdjson::SUCCESS ||
        record["dynamodb"].get(change) != simdjson::SUCCESS ||
        change["Keys"].get(keys) != simdjson::SUCCESS) {
      continue;
    }
    const auto pk = text_of(keys, "pk");
    const auto sk = text_of(keys, "sk");
    if (!pk || !sk || !pk->starts_with(kMessagePrefix)) continue;
    // Asked for, the conversation "" would be refused again and again, and hold up the others.
    if (pk->size() == kMessagePrefix.size()) continue;
    if (name == "MODIFY" && shows_the_same(change)) continue;
    if (arrivals.table.empty()) arrivals.table = table_of(record);
    std::string time = canonical_time(*sk);
    auto& messages =
        arrivals.conversations[std::string(pk->substr(kMessagePrefix.size()))].messages;
    MessageArrival& arrival = messages[{time, std::string(*sk)}];
    arrival.sort_key = *sk;
    arrival.time = std::move(time);
    note(change, name, arrival);
  }
  return arrivals;
}

}  // namespace parley::messaging
