// Conversations: what the members of large groups have not read. Their member items do not change
// with each message; whoever shows the count counts, for many at once from the newest messages.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "client/item_page.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/conversations_unread.h"
#include "messaging/domain/table_calls.h"
#include "messaging/json_parser.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// The newest messages: enough for most counts, which end at kUnreadMax.
struct NewestMessages {
  struct One {
    std::string sort_key;
    std::string sender;
    bool deleted = false;
  };
  std::vector<One> messages = {};  // newest first
  bool is_all = false;
};

Result<NewestMessages> newest_messages(Domain& domain, std::string_view conversation) {
  const std::string reply = PARLEY_TRY(TableCalls(domain).call(
      "Query",
      fmt::format(
          R"({{{},"ConsistentRead":true,"KeyConditionExpression":"pk = :pk","ScanIndexForward":false,)"
          R"("Limit":{},"ProjectionExpression":"sk, user_uuid, deleted_at"{}}})",
          TableCalls(domain).table(), 2 * kUnreadMax,
          Parameters().text(":pk", key_of(kMessagePrefix, conversation)).json())));
  const JsonParser parser;
  const client::ItemPage page = PARLEY_TRY(client::item_page_of(*parser, reply));
  NewestMessages newest{.messages = {}, .is_all = !page.last_key};
  for (const simdjson::dom::element item : page.items) {
    newest.messages.push_back({.sort_key = std::string(text_of(item, "sk").value_or("")),
                               .sender = std::string(text_of(item, "user_uuid").value_or("")),
                               .deleted = text_of(item, "deleted_at").has_value()});
  }
  return newest;
}

/// As count_unread(); none if these messages do not reach back far enough.
std::optional<long> count_in(const NewestMessages& newest, const MemberItem& member) {
  long count = 0;
  for (const NewestMessages::One& message : newest.messages) {
    if (message.sort_key <= member.last_read_sk) return count;
    if (message.sender == member.person.id || message.deleted) continue;
    if (++count == kUnreadMax) return count;
  }
  return newest.is_all ? std::optional(count) : std::nullopt;
}

}  // namespace

Result<std::vector<MemberItem>> Conversations::pinned_among(std::string_view id,
                                                            const std::vector<std::string>& users) {
  std::vector<ItemKey> keys;
  keys.reserve(users.size());
  for (const std::string& user : users) keys.push_back(member_key(id, user));
  std::vector<MemberItem> pinned;
  PARLEY_TRY(visit_many(domain_, keys, [&](const simdjson::dom::element& item) {
    auto member = member_of(item);
    if (member && member->pinned) pinned.push_back(*std::move(member));
  }));
  if (pinned.empty()) return pinned;
  const NewestMessages newest = PARLEY_TRY(newest_messages(domain_, id));
  for (MemberItem& member : pinned) {
    const auto count = count_in(newest, member);
    member.unread = count ? *count
                          : PARLEY_TRY(count_unread(domain_, id, member.person.id,
                                                    {.after = member.last_read_sk}));
  }
  return pinned;
}

Result<std::vector<MemberItem>> Conversations::pinned_of(std::string_view user, std::size_t most) {
  std::vector<std::string> conversations;
  PARLEY_TRY(for_each_cached(domain_, key_of(kPinnedPrefix, user), {},
                             [&](const simdjson::dom::element& item) {
                               if (conversations.size() == most) return;
                               conversations.emplace_back(text_of(item, "sk").value_or(""));
                             }));
  std::vector<MemberItem> all;
  for (const std::string& conversation : conversations) {
    std::ranges::move(PARLEY_TRY(pinned_among(conversation, {std::string(user)})),
                      std::back_inserter(all));
  }
  return all;
}

}  // namespace parley::messaging
