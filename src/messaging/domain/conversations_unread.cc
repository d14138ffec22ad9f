#include "messaging/domain/conversations_unread.h"

#include <fmt/format.h>

#include <algorithm>

#include "messaging/domain/conversations.h"
#include "messaging/domain/table_calls.h"
#include "messaging/json_parser.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;
constexpr std::string_view kByOthers = "user_uuid <> :u AND attribute_not_exists(deleted_at)";
// A page of a count: some of it is the reader's own.
constexpr long kPageMessages = 2 * kUnreadMax;
constexpr TimestampMicros kDay = 86'400'000'000;

/// The key condition's end and its values. Times in other zones are off by less than a day.
struct Bounds {
  std::string condition = "pk = :pk";
  Parameters parameters = {};
};
Bounds bounds_of(const UnreadRange& range) {
  const auto shifted = [&](const std::string& text, TimestampMicros by) {
    const auto time = range.foreign_times ? parse_iso(text) : std::nullopt;
    return time ? iso_utc(*time + by) : text;
  };
  Bounds bounds;
  // No sort key begins with another and goes on: the next one after `after` is after this one too.
  if (!range.after.empty()) {
    bounds.parameters.text(
        ":a", range.foreign_times ? shifted(range.after, -kDay) : range.after + "\x01");
  }
  if (!range.up_to.empty()) bounds.parameters.text(":b", shifted(range.up_to, kDay));
  if (!range.after.empty() && !range.up_to.empty()) {
    bounds.condition += " AND sk BETWEEN :a AND :b";
  } else if (!range.after.empty()) {
    bounds.condition += " AND sk >= :a";
  } else if (!range.up_to.empty()) {
    bounds.condition += " AND sk <= :b";
  }
  return bounds;
}

/// How many items of the page are in the range.
long count_in(const simdjson::dom::element& page, const UnreadRange& range) {
  if (!range.foreign_times) {
    std::int64_t count = 0;
    return page["Count"].get(count) == simdjson::SUCCESS ? static_cast<long>(count) : 0;
  }
  simdjson::dom::array items;
  if (page["Items"].get(items) != simdjson::SUCCESS) return 0;
  return std::ranges::count_if(items, [&](const simdjson::dom::element& item) {
    const std::string time = canonical_time(text_of(item, "sk").value_or(""));
    return time > range.after && (range.up_to.empty() || time <= range.up_to);
  });
}

}  // namespace

Result<long> count_unread(Domain& domain, std::string_view conversation, std::string_view user,
                          const UnreadRange& range) {
  if (!range.up_to.empty() && range.after >= range.up_to) return 0;
  Bounds bounds = bounds_of(range);
  const std::string pk = key_of(kMessagePrefix, conversation);
  bounds.parameters.text(":pk", pk).text(":u", user);
  const std::string input =
      fmt::format(R"({{{},"KeyConditionExpression":"{}","FilterExpression":"{}","Limit":{},{}{}{})",
                  TableCalls(domain).table(), bounds.condition, kByOthers, kPageMessages,
                  range.foreign_times ? R"("ProjectionExpression":"sk")" : R"("Select":"COUNT")",
                  range.freshness == Freshness::kConsistent ? R"(,"ConsistentRead":true)" : "",
                  bounds.parameters.json());
  long count = 0;
  std::string start_key;
  do {
    const std::string request = input + start_key + "}";
    std::shared_ptr<const std::string> reply;
    if (range.freshness == Freshness::kCached) {
      reply = PARLEY_TRY(domain.reads.read(pk, "Query", request));
    } else {
      reply = std::make_shared<const std::string>(
          PARLEY_TRY(TableCalls(domain).call("Query", request)));
    }
    const JsonParser parser;
    simdjson::dom::element page;
    if (parser->parse(*reply).get(page) != simdjson::SUCCESS) {
      return fail(ErrorCode::kRemote, "The database's answer to Query is no JSON");
    }
    count += count_in(page, range);
    simdjson::dom::element last;
    start_key = page["LastEvaluatedKey"].get(last) == simdjson::SUCCESS
                    ? ",\"ExclusiveStartKey\":" + simdjson::minify(last)
                    : "";
  } while (!start_key.empty() && count < kUnreadMax);
  return std::min(count, kUnreadMax);
}

Status recount_unread(Domain& domain, std::string_view conversation, std::string_view user,
                      bool has_meta, std::string_view read) {
  TableCalls table(domain);
  const ItemKey key{key_of(kConversationPrefix, conversation), key_of(kMemberPrefix, user)};
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto member = PARLEY_TRY(table.get(key, member_of));
    if (!member) return {};
    const bool reads = read > member->last_read_sk;
    // A pinned member's row shows nothing: everything there is counts.
    const long count =
        PARLEY_TRY(count_unread(domain, conversation, user,
                                {.after = reads ? std::string(read) : member->last_read_sk,
                                 .up_to = member->pinned ? std::string() : member->message_sk,
                                 .foreign_times = !has_meta}));
    // Written even if it is what is stored: a count that began before this one must fail.
    ItemChange change{.update = "SET unread = :n, recounts = :r"};
    if (reads) {
      change.update += ", last_read_sk = :read";
      change.parameters.text(":read", read);
    }
    expect_unchanged(*member, change);
    expect_recounts(*member, change);
    change.parameters.number(":n", count).number(":r", member->recounts + 1);
    if (PARLEY_TRY(table.update(key, change))) return {};
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The unread count of {} in conversation {} keeps being changed by others",
                          user, conversation));
}

void expect_unchanged(const MemberItem& seen, ItemChange& change) {
  const auto expect = [&](std::string_view attribute, std::string_view placeholder,
                          const std::string& value) {
    if (!change.condition.empty()) change.condition += " AND ";
    if (value.empty()) {
      change.condition += fmt::format("attribute_not_exists({})", attribute);
    } else {
      change.condition += fmt::format("{} = {}", attribute, placeholder);
      change.parameters.text(placeholder, value);
    }
  };
  if (!change.condition.empty()) change.condition += " AND ";
  change.condition += "attribute_exists(pk)";
  expect("row_sk", ":seen_row", seen.row_sk);
  expect("message_sk", ":seen_message", seen.message_sk);
  expect("last_read_sk", ":seen_read", seen.last_read_sk);
}

void expect_recounts(const MemberItem& seen, ItemChange& change) {
  if (seen.recounts == 0) {
    change.condition += " AND attribute_not_exists(recounts)";
    return;
  }
  change.condition += " AND recounts = :seen_recounts";
  change.parameters.number(":seen_recounts", seen.recounts);
}

MemberItem member_of_row(std::string_view conversation, std::string_view user,
                         std::string_view row_sort_key) {
  MemberItem member{.conversation = std::string(conversation),
                    .person = {.id = std::string(user)},
                    .row_sk = std::string(row_sort_key),
                    .message_sk = canonical_time(row_sort_key)};
  const auto time = parse_iso(member.message_sk);
  member.last_read_sk = time ? iso_utc(*time - 1) : member.message_sk;
  return member;
}

}  // namespace parley::messaging
