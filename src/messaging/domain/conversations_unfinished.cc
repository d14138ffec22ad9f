// Conversations: groups whose making was not finished, because a process ended in the middle of it.
// Nobody was told of them and readers pass them over; here they go. A note (MKG) says from the
// first step to the last that a group is being made, so that no look at the whole table is needed.
#include "messaging/domain/conversations_unfinished.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/table_calls.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

/// Whoever has not made a group after this long will not.
constexpr std::chrono::microseconds kMakingMax = std::chrono::minutes(10);

ItemKey note_key(std::string_view conversation) {
  return {std::string(kMakings), std::string(conversation)};
}

/// META goes last: a row without it would be one of the founding document's.
Status remove_all(Domain& domain, std::string_view conversation) {
  TableCalls table(domain);
  const std::string pk = key_of(kConversationPrefix, conversation);
  std::vector<std::string> users;
  PARLEY_TRY(table.for_each(pk, [&](const simdjson::dom::element& item) {
    if (auto member = member_of(item)) users.push_back(std::move(member->person.id));
    return true;
  }));
  for (const std::string& user : users) {
    PARLEY_TRY(remove_rows(domain, conversation, user));
    PARLEY_TRY(attempted(table.erase({key_of(kPinnedPrefix, user), std::string(conversation)})));
    PARLEY_TRY(attempted(table.erase(member_key(conversation, user))));
  }
  PARLEY_TRY(attempted(table.erase(meta_key(conversation))));
  return {};
}

}  // namespace

Status note_making(Domain& domain, const ConversationMeta& meta) {
  const ItemKey key = note_key(meta.conversation);
  PARLEY_TRY(attempted(TableCalls(domain).put(
      key, fmt::format(R"({{"pk":{},"sk":{},"created_at":{}}})", string_value(key.pk),
                       string_value(key.sk), string_value(meta.created_at)))));
  return {};
}

Status finish_making(Domain& domain, std::string_view conversation) {
  TableCalls table(domain);
  const bool finished = PARLEY_TRY(table.update(
      meta_key(conversation), {.update = "REMOVE making",
                               .condition = "making = :yes AND attribute_not_exists(given_up)",
                               .parameters = Parameters().flag(":yes", true)}));
  if (!finished) {
    // By this very call, if its first reply was lost; else somebody has given the group up.
    const auto meta = PARLEY_TRY(table.get(meta_key(conversation), meta_of));
    if (!meta || meta->making) {
      PARLEY_TRY(remove_all(domain, conversation));
      return fail(ErrorCode::kUnavailable, "Making the group took too long");
    }
  }
  PARLEY_TRY(attempted(table.erase(note_key(conversation))));
  return {};
}

Status Conversations::remove_unfinished() {
  TableCalls table(domain_);
  const TimestampMicros now = domain_.clock.now();
  std::vector<std::string> old;
  PARLEY_TRY(table.for_each(kMakings, [&](const simdjson::dom::element& item) {
    const auto created_at = parse_iso(text_of(item, "created_at").value_or(""));
    if (!created_at || *created_at + kMakingMax.count() <= now) {
      old.emplace_back(text_of(item, "sk").value_or(""));
    }
    return true;
  }));
  for (const std::string& conversation : old) {
    // From here on whoever makes it cannot finish it.
    const bool given_up = PARLEY_TRY(
        table.update(meta_key(conversation), {.update = "SET given_up = :yes",
                                              .condition = "making = :yes",
                                              .parameters = Parameters().flag(":yes", true)}));
    if (given_up) PARLEY_TRY(remove_all(domain_, conversation));
    PARLEY_TRY(attempted(table.erase(note_key(conversation))));
  }
  return {};
}

}  // namespace parley::messaging
