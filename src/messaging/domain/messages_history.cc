// Messages: pattern A, the history of a conversation.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "client/item_page.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/message_lookup.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/view_json.h"
#include "messaging/json_parser.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kHistoryLimitMax = 100;
constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
// Of a kept page besides its items, about.
constexpr std::size_t kFieldsSizeBytes = 200;

/// What a Query of messages answered.
struct QueriedPage {
  std::vector<Message> messages = {};  // in the order of the reply, without those past their time
  std::string first = {};              // sort keys of the reply's ends, whatever is there
  std::string last = {};
  bool more = false;
  // When the first of the messages is past its time.
  TimestampMicros good_until = std::numeric_limits<TimestampMicros>::max();
};

/// A page, and when the first of its messages is past its time.
struct TimedPage {
  HistoryPage page = {};
  TimestampMicros good_until = 0;
};

Result<QueriedPage> page_of(std::string_view reply, std::size_t limit, TimestampMicros now) {
  const JsonParser parser;
  const client::ItemPage queried = PARLEY_TRY(client::item_page_of(*parser, reply));
  QueriedPage page{.more = queried.last_key.has_value()};
  std::size_t count = 0;
  for (const simdjson::dom::element item : queried.items) {
    if (count++ == limit) {  // one more was asked for, to know whether there is one
      page.more = true;
      break;
    }
    page.last = text_of(item, "sk").value_or("");
    if (page.first.empty()) page.first = page.last;
    auto message = living_message_of(item, now);
    if (!message) continue;
    page.messages.push_back(*std::move(message));
    const auto ttl_s = number_of(item, "ttl");
    if (ttl_s && *ttl_s < page.good_until / kMicrosPerSecond) {
      page.good_until = *ttl_s * kMicrosPerSecond;
    }
  }
  if (count <= limit && count < queried.items.size()) page.more = true;
  return page;
}

Status check(const HistoryFrom& from, std::size_t limit) {
  if (limit < 1 || limit > kHistoryLimitMax) {
    return refuse(RefusalReason::kInvalidInput,
                  fmt::format("The limit is 1 to {}", kHistoryLimitMax));
  }
  if (!from.newer_than.empty() && !from.older_than.empty()) {
    return refuse(RefusalReason::kInvalidInput, "History is read older or newer, not both");
  }
  return {};
}

Result<TimedPage> read_history(Domain& domain, Reads& reads, std::string_view conversation,
                               const HistoryFrom& from, std::size_t limit) {
  const bool forward = !from.newer_than.empty();
  const std::string& place = forward ? from.newer_than : from.older_than;
  const std::string pk = key_of(kMessagePrefix, conversation);
  Parameters parameters;
  parameters.text(":pk", pk);
  if (!place.empty()) parameters.text(":from", place);
  const auto reply = PARLEY_TRY(reads.read(
      pk, "Query",
      fmt::format(
          R"({{{},"KeyConditionExpression":"pk = :pk{}","ScanIndexForward":{},"Limit":{}{}}})",
          TableCalls(domain).table(),
          place.empty() ? "" : (forward ? " AND sk > :from" : " AND sk < :from"), forward,
          limit + 1, parameters.json())));
  QueriedPage page = PARLEY_TRY(page_of(*reply, limit, domain.clock.now()));

  TimedPage out{.page = {.items = std::move(page.messages)}, .good_until = page.good_until};
  if (forward) {
    std::ranges::reverse(out.page.items);
    out.page.newer = page.last.empty() ? place : page.last;
    out.page.older = page.first.empty() ? place : page.first;
  } else {
    out.page.newer = page.first.empty() ? place : page.first;
    if (page.more) out.page.older = page.last;
  }
  return out;
}

/// A place in the items where something goes that one reader alone is told: of a message its client
/// token.
struct OwnPart {
  std::size_t offset;
  std::string_view reader;
  std::string_view json;
};

/// The fields: good_until; older; newer; items; then of each own part offset, reader and JSON.
std::string text_of_page(const TimedPage& timed) {
  std::string items = "[";
  std::string own_parts;
  for (const Message& message : timed.page.items) {
    if (items.size() > 1) items += ',';
    items += message_json(message, false);
    if (message.client_token.empty()) continue;
    append_field(own_parts, std::to_string(items.size() - 1));
    append_field(own_parts, message.sender.id);
    append_field(own_parts, ",\"client_token\":" + json_string(message.client_token));
  }
  items += ']';
  std::string text;
  text.reserve(items.size() + own_parts.size() + kFieldsSizeBytes);
  append_field(text, std::to_string(timed.good_until));
  append_field(text, timed.page.older);
  append_field(text, timed.page.newer);
  append_field(text, items);
  text += own_parts;
  return text;
}

Result<std::int64_t> take_number(std::string_view& text) {
  const std::string_view field = PARLEY_TRY(take_field(text));
  std::int64_t number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

Result<TimestampMicros> good_until(std::string_view text) {
  return take_number(text);
}

/// The items with the parts that are for `reader`; as they are if there are none.
Result<JsonPage> page_for(std::shared_ptr<const std::string> text, std::string_view reader) {
  std::string_view rest = *text;
  PARLEY_TRY(take_field(rest));
  JsonPage page;
  page.older = PARLEY_TRY(take_field(rest));
  page.newer = PARLEY_TRY(take_field(rest));
  page.items = PARLEY_TRY(take_field(rest));
  page.text = std::move(text);
  std::size_t copied = 0;
  while (!rest.empty()) {
    const OwnPart part{.offset = static_cast<std::size_t>(PARLEY_TRY(take_number(rest))),
                       .reader = PARLEY_TRY(take_field(rest)),
                       .json = PARLEY_TRY(take_field(rest))};
    if (part.reader != reader || part.offset < copied || part.offset > page.items.size()) continue;
    page.own_items += page.items.substr(copied, part.offset - copied);
    page.own_items += part.json;
    copied = part.offset;
  }
  if (copied > 0) page.own_items += page.items.substr(copied);
  return page;
}

}  // namespace

Result<HistoryPage> Messages::history(std::string_view asker, std::string_view conversation,
                                      const HistoryFrom& from, std::size_t limit) {
  PARLEY_TRY(check(from, limit));
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
  return PARLEY_TRY(read_history(domain_, domain_.reads, conversation, from, limit)).page;
}

Result<JsonPage> Messages::history_json(std::string_view asker, std::string_view conversation,
                                        const HistoryFrom& from, std::size_t limit) {
  PARLEY_TRY(check(from, limit));
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
  const auto make = [&]() -> Result<std::string> {
    UncachedReads reads(domain_.database);  // it is the page that is kept
    return text_of_page(PARLEY_TRY(read_history(domain_, reads, conversation, from, limit)));
  };
  const bool forward = !from.newer_than.empty();
  auto text =
      PARLEY_TRY(domain_.reads.made(key_of(kMessagePrefix, conversation),
                                    fmt::format("page {}{}{}", limit, forward ? ">" : "<",
                                                forward ? from.newer_than : from.older_than),
                                    make));
  if (PARLEY_TRY(good_until(*text)) <= domain_.clock.now()) {
    text = std::make_shared<const std::string>(PARLEY_TRY(make()));
  }
  return page_for(std::move(text), asker);
}

}  // namespace parley::messaging
