#include "messaging/message_event.h"

#include <simdjson.h>

#include <algorithm>

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

}  // namespace

const MessageArrival& ConversationArrivals::newest() const {
  const MessageArrival* found = &messages.front();
  for (const MessageArrival& each : messages) {
    if (each.time >= found->time) found = &each;
  }
  return *found;
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
    if (record["eventName"].get(name) != simdjson::SUCCESS ||
        record["dynamodb"].get(change) != simdjson::SUCCESS || name == "REMOVE") {
      continue;
    }
    simdjson::dom::element keys;
    if (change["Keys"].get(keys) != simdjson::SUCCESS) continue;
    const auto pk = text_of(keys, "pk");
    const auto sk = text_of(keys, "sk");
    if (!pk || !sk || !pk->starts_with(kMessagePrefix)) continue;
    MessageArrival arrival{
        .sort_key = std::string(*sk), .time = canonical_time(*sk), .edited = name == "MODIFY"};
    simdjson::dom::element image;
    if (change["NewImage"].get(image) == simdjson::SUCCESS) {
      arrival.sender = text_of(image, "user_uuid").value_or("");
      arrival.text = text_of(image, "message");
    }
    if (arrivals.table.empty()) arrivals.table = table_of(record);
    arrivals.conversations[std::string(pk->substr(kMessagePrefix.size()))].messages.push_back(
        std::move(arrival));
  }
  return arrivals;
}

}  // namespace parley::messaging
