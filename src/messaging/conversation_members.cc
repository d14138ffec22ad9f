#include "messaging/conversation_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/domain/conversations_unread.h"
#include "messaging/domain/table_calls.h"
#include "messaging/query_pages.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

/// The user's rows of the conversation in the table itself. Where no MEMBER item says which one
/// counts it is the newest.
Status find_rows(Domain& domain, const std::string& conversation, Member& member) {
  std::vector<std::string> rows;
  PARLEY_TRY(TableCalls(domain).for_each(
      key_of(kRowPrefix, member.item.person.id),
      [&](const simdjson::dom::element& item) {
        rows.emplace_back(text_of(item, "sk").value_or(""));
        return true;
      },
      "message_group_uuid = :g", Parameters().text(":g", conversation)));
  if (!member.has_item && !rows.empty()) {
    const auto newest = std::ranges::max_element(rows, {}, canonical_time);
    member.item = member_of_row(conversation, member.item.person.id, *newest);
    rows.erase(newest);
  }
  member.surplus_rows = std::move(rows);
  return {};
}

// The index may show rows that have moved, or not yet show new ones: only whose they are counts.
Status add_users_of_index(Domain& domain, Conversation& conversation) {
  std::vector<std::string> users;
  const std::string input =
      fmt::format(R"({{{},"IndexName":{},"KeyConditionExpression":"message_group_uuid = :g",)"
                  R"("ProjectionExpression":"pk","ExpressionAttributeValues":{{":g":{}}})",
                  TableCalls(domain).table(), json_string(domain.settings.index),
                  string_value(conversation.id));
  PARLEY_TRY(for_each_item(domain.database, input, [&](const simdjson::dom::element& item) {
    const std::string_view pk = text_of(item, "pk").value_or("");
    if (pk.starts_with(kRowPrefix)) users.emplace_back(pk.substr(kRowPrefix.size()));
    return true;
  }));
  for (std::string& user : users) {
    const auto is_user = [&](const Member& member) { return member.item.person.id == user; };
    if (std::ranges::any_of(conversation.members, is_user)) continue;
    Member member;
    member.item.conversation = conversation.id;
    member.item.person.id = std::move(user);
    PARLEY_TRY(find_rows(domain, conversation.id, member));
    conversation.members.push_back(std::move(member));
  }
  return {};
}

}  // namespace

Result<Conversation> load_conversation(Domain& domain, const std::string& conversation) {
  Conversation found{.id = conversation};
  // META comes first, since it sorts after every member. The limit keeps what is read of a large
  // group small.
  const std::string input = fmt::format(
      R"({{{},"KeyConditionExpression":"pk = :pk","ScanIndexForward":false,"ConsistentRead":true,)"
      R"("Limit":{},"ExpressionAttributeValues":{{":pk":{}}})",
      TableCalls(domain).table(), domain.settings.members_moved_max + 1,
      string_value(key_of(kConversationPrefix, conversation)));
  PARLEY_TRY(for_each_item(domain.database, input, [&](const simdjson::dom::element& item) {
    if (auto meta = meta_of(item)) {
      found.is_large = meta->member_count > domain.settings.members_moved_max;
      found.meta = std::move(meta);
    } else if (auto member = member_of(item)) {
      found.members.push_back({.item = *std::move(member), .has_item = true});
    }
    return !found.is_large;
  }));
  for (Member& member : found.members) {
    // Who left a conversation of two may have left in the middle of something.
    if (member.item.row_sk.empty() && !member.item.pinned) {
      PARLEY_TRY(find_rows(domain, conversation, member));
    }
  }
  if (!found.meta) PARLEY_TRY(add_users_of_index(domain, found));
  return found;
}

Result<std::optional<Member>> locate_member(Domain& domain, const Conversation& conversation,
                                            const std::string& user) {
  auto item = PARLEY_TRY(TableCalls(domain).get(
      {key_of(kConversationPrefix, conversation.id), key_of(kMemberPrefix, user)}, member_of));
  Member member;
  if (item) {
    member.item = *std::move(item);
    member.has_item = true;
    if (!member.item.row_sk.empty() || member.item.pinned) return member;
  } else if (conversation.meta) {
    return std::nullopt;
  } else {
    member.item.conversation = conversation.id;
    member.item.person.id = user;
  }
  PARLEY_TRY(find_rows(domain, conversation.id, member));
  return member;
}

}  // namespace parley::messaging
