#include "messaging/domain/message_lookup.h"

#include <fmt/format.h>

#include "messaging/query_pages.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
constexpr TimestampMicros kForeignIdSlack = 10 * kMicrosPerSecond;

/// The message with this id among those that `key_condition` (on ":pk") finds.
Result<std::optional<Message>> look_through(Domain& domain, std::string_view conversation,
                                            std::string_view id, std::string_view key_condition,
                                            Parameters parameters) {
  parameters.text(":pk", key_of(kMessagePrefix, conversation)).text(":id", id);
  std::optional<Message> found;
  const TimestampMicros now = domain.clock.now();
  PARLEY_TRY(for_each_item(
      domain.database,
      fmt::format(R"({{"TableName":{},"ConsistentRead":true,"KeyConditionExpression":{},)"
                  R"("FilterExpression":"message_uuid = :id"{})",
                  json_string(domain.settings.table), json_string(key_condition),
                  parameters.json()),
      [&](const simdjson::dom::element& item) {
        found = living_message_of(item, now);
        return false;
      }));
  return found;
}

}  // namespace

ItemKey message_key(std::string_view conversation, std::string_view sort_key) {
  return {key_of(kMessagePrefix, conversation), std::string(sort_key)};
}

std::optional<Message> living_message_of(const simdjson::dom::element& item, TimestampMicros now) {
  const auto ttl = number_of(item, "ttl");
  if (ttl && *ttl <= now / kMicrosPerSecond) return std::nullopt;
  return message_of(item);
}

Result<Message> find_message(Domain& domain, std::string_view conversation, std::string_view id) {
  std::optional<Message> found;
  if (const auto time = time_of_message_id(id)) {
    const TimestampMicros now = domain.clock.now();
    TableCalls table(domain);
    PARLEY_TRY(attempted(table.visit(
        message_key(conversation, iso_utc(*time)),
        [&](const simdjson::dom::element& item) { found = living_message_of(item, now); })));
    if (!found || found->id != id) {
      found =
          PARLEY_TRY(look_through(domain, conversation, id, "pk = :pk AND sk BETWEEN :from AND :to",
                                  Parameters()
                                      .text(":from", iso_utc(*time - kForeignIdSlack))
                                      .text(":to", iso_utc(*time + kForeignIdSlack))));
    }
  } else if (!id.empty()) {
    found = PARLEY_TRY(look_through(domain, conversation, id, "pk = :pk", {}));
  }
  if (!found) return refuse(RefusalReason::kNoSuchMessage);
  return *std::move(found);
}

Result<std::string> newest_message_time(Domain& domain, std::string_view conversation) {
  std::string newest;
  PARLEY_TRY(for_each_item(
      domain.database,
      fmt::format(R"({{"TableName":{},"ConsistentRead":true,"KeyConditionExpression":"pk = :pk",)"
                  R"("ScanIndexForward":false,"Limit":1,"ProjectionExpression":"sk"{})",
                  json_string(domain.settings.table),
                  Parameters().text(":pk", key_of(kMessagePrefix, conversation)).json()),
      [&](const simdjson::dom::element& item) {
        newest = canonical_time(text_of(item, "sk").value_or(""));
        return false;
      }));
  return newest;
}

}  // namespace parley::messaging
