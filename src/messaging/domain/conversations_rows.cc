#include "messaging/domain/conversations_rows.h"

#include <fmt/format.h>

#include <utility>

#include "messaging/domain/conversations_unread.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;

ItemChange of_conversation(std::string_view conversation) {
  return {.condition = "message_group_uuid = :g",
          .parameters = Parameters().text(":g", conversation)};
}

std::string microsecond_after(const std::string& sort_key) {
  const auto time = parse_iso(sort_key);
  return time ? iso_utc(*time + 1) : sort_key + "+";
}

/// What the member's row shows: the message it stands for, as it is now; an empty one if there is
/// none.
Result<Message> shown_message(TableCalls& table, const MemberItem& member) {
  if (member.message_sk.empty()) return Message{};
  auto message = PARLEY_TRY(
      table.get({key_of(kMessagePrefix, member.conversation), member.message_sk}, message_of));
  return std::move(message).value_or(Message{});
}

std::string row_item(const MemberItem& member, std::string_view place, const Person& shown,
                     const Message& message) {
  return item_of(ConversationRow{.user = member.person.id,
                                 .sort_key = std::string(place),
                                 .conversation = member.conversation,
                                 .text = message.text,
                                 .other = shown,
                                 .sender = message.sender});
}

Status too_busy(std::string_view conversation, std::string_view user) {
  return fail(ErrorCode::kUnavailable,
              fmt::format("The row of {} in conversation {} keeps being changed by others", user,
                          conversation));
}

}  // namespace

Person shown_in_rows(const ConversationMeta& group) {
  return {.id = group.conversation, .handle = {}, .display_name = group.title};
}

ItemKey member_key(std::string_view conversation, std::string_view user) {
  return {key_of(kConversationPrefix, conversation), key_of(kMemberPrefix, user)};
}

ItemKey meta_key(std::string_view conversation) {
  return {key_of(kConversationPrefix, conversation), std::string(kMetaKey)};
}

Status ensure_row(Domain& domain, std::string_view conversation, std::string_view user,
                  const Person& shown) {
  TableCalls table(domain);
  const ItemKey key = member_key(conversation, user);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto member = PARLEY_TRY(table.get(key, member_of));
    if (!member || member->pinned || member->row_sk.empty()) return {};
    const ItemKey place{key_of(kRowPrefix, user), member->row_sk};
    const auto there = PARLEY_TRY(table.get(place, row_of));
    if (there && there->conversation == conversation) return {};
    if (there) {
      ItemChange change{.update = "SET row_sk = :row"};
      expect_unchanged(*member, change);
      change.parameters.text(":row", microsecond_after(member->row_sk));
      PARLEY_TRY(attempted(table.update(key, change)));
      continue;
    }
    const Message message = PARLEY_TRY(shown_message(table, *member));
    const bool placed = PARLEY_TRY(table.put(place.pk, row_item(*member, place.sk, shown, message),
                                             {.condition = "attribute_not_exists(pk)"}));
    if (!placed) continue;
    const auto now = PARLEY_TRY(table.get(key, member_of));
    if (now && now->row_sk == place.sk) return {};
    // It has moved, and moves only away from here.
    return remove_row(domain, conversation, user, place.sk);
  }
  return too_busy(conversation, user);
}

Status place_first_row(Domain& domain, const MemberItem& member, const Person& shown) {
  const bool placed = PARLEY_TRY(TableCalls(domain).put(key_of(kRowPrefix, member.person.id),
                                                        row_item(member, member.row_sk, shown, {}),
                                                        {.condition = "attribute_not_exists(pk)"}));
  if (placed) return {};
  return ensure_row(domain, member.conversation, member.person.id, shown);
}

Status bring_back_row(Domain& domain, std::string_view conversation, std::string_view user,
                      const Person& shown, std::string_view created_at) {
  TableCalls table(domain);
  const ItemKey key = member_key(conversation, user);
  std::string place;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto member = PARLEY_TRY(table.get(key, member_of));
    if (!member || member->pinned) return {};
    if (!member->row_sk.empty()) return ensure_row(domain, conversation, user, shown);
    if (place.empty()) {
      place = member->message_sk.empty() ? std::string(created_at) : member->message_sk;
    }
    const Message message = PARLEY_TRY(shown_message(table, *member));
    const bool placed =
        PARLEY_TRY(table.put(key_of(kRowPrefix, user), row_item(*member, place, shown, message),
                             {.condition = "attribute_not_exists(pk) OR message_group_uuid = :g",
                              .parameters = Parameters().text(":g", conversation)}));
    if (!placed) {
      place = microsecond_after(place);
      continue;
    }
    if (PARLEY_TRY(
            table.update(key, {.update = "SET row_sk = :row",
                               .condition = "attribute_exists(pk) AND attribute_not_exists(row_sk)",
                               .parameters = Parameters().text(":row", place)}))) {
      return {};
    }
    const auto now = PARLEY_TRY(table.get(key, member_of));
    if (!now || now->row_sk != place) {
      PARLEY_TRY(remove_row(domain, conversation, user, place));
    }
    return {};
  }
  return too_busy(conversation, user);
}

Status put_pin(Domain& domain, const MemberItem& member) {
  const ItemKey key{key_of(kPinnedPrefix, member.person.id), member.conversation};
  PARLEY_TRY(attempted(TableCalls(domain).put(
      key, fmt::format(R"({{"pk":{},"sk":{},"joined_at":{}}})", string_value(key.pk),
                       string_value(key.sk), string_value(member.joined_at)))));
  return {};
}

Status remove_rows(Domain& domain, std::string_view conversation, std::string_view user) {
  TableCalls table(domain);
  std::vector<std::string> rows;
  PARLEY_TRY(table.for_each(
      key_of(kRowPrefix, user),
      [&](const simdjson::dom::element& item) {
        rows.emplace_back(text_of(item, "sk").value_or(""));
        return true;
      },
      "message_group_uuid = :g", Parameters().text(":g", conversation)));
  for (const std::string& sort_key : rows) {
    PARLEY_TRY(remove_row(domain, conversation, user, sort_key));
  }
  return {};
}

Status remove_row(Domain& domain, std::string_view conversation, std::string_view user,
                  std::string_view sort_key) {
  PARLEY_TRY(attempted(TableCalls(domain).erase({key_of(kRowPrefix, user), std::string(sort_key)},
                                                of_conversation(conversation))));
  return {};
}

}  // namespace parley::messaging
