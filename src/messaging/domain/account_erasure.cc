// Erasure: noted first, then done by whichever process comes by, as often as it takes. Every step
// may be done again. By keys: the handle, the names in conversations, the conversations, the
// blocks. By a scan of the table: what the person has written and where else the person is named.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "messaging/domain/account.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/handles.h"
#include "messaging/domain/items.h"
#include "messaging/domain/names.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/table_scan.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

/// What was being sent when the erasure was asked for has arrived after this long. A note that is
/// younger stays after its erasure, which is then done once more.
constexpr std::chrono::microseconds kInFlight = std::chrono::seconds(30);

Person nobody(std::string_view id) {
  return {.id = std::string(id), .handle = {}, .display_name = std::string(kErasedName)};
}

bool is_named(const Person& person) {
  return !person.handle.empty() || person.display_name != kErasedName;
}

class Erasure {
 public:
  explicit Erasure(Domain& domain) : domain_(domain), table_(domain) {}

  /// What keys lead to.
  Status erase_by_keys(const std::string& user) {
    PARLEY_TRY(Handles(domain_).erase(user));
    // While there are rows that lead to the conversations.
    PARLEY_TRY(spread_name(domain_, nobody(user)));
    PARLEY_TRY(leave_all(user));
    return erase_collection(key_of(kBlockPrefix, user));
  }

  /// What a look at every item finds.
  Status erase_everywhere(const std::set<std::string, std::less<>>& users) {
    return scan_table(domain_, [&](const simdjson::dom::element& item) -> Status {
      if (const auto message = message_of(item)) return erase_from_message(*message, users);
      if (const auto row = row_of(item)) {
        if (!users.contains(row->other.id) || !is_named(row->other)) return {};
        return rename({key_of(kRowPrefix, row->user), row->sort_key}, "user_handle",
                      "user_display_name");
      }
      if (const auto member = member_of(item)) {
        if (!users.contains(member->person.id) || !is_named(member->person)) return {};
        return rename({key_of(kConversationPrefix, member->conversation),
                       key_of(kMemberPrefix, member->person.id)},
                      "handle", "display_name");
      }
      const std::string_view pk = text_of(item, "pk").value_or("");
      const std::string_view sk = text_of(item, "sk").value_or("");
      if (pk.starts_with(kBlockPrefix) && users.contains(sk)) {
        PARLEY_TRY(attempted(table_.erase({std::string(pk), std::string(sk)})));
      }
      return {};
    });
  }

 private:
  Status leave_all(const std::string& user) {
    std::vector<std::string> conversations;
    PARLEY_TRY(table_.for_each(key_of(kRowPrefix, user), [&](const auto& item) {
      conversations.emplace_back(text_of(item, "message_group_uuid").value_or(""));
      return true;
    }));
    PARLEY_TRY(table_.for_each(key_of(kPinnedPrefix, user), [&](const auto& item) {
      conversations.emplace_back(text_of(item, "sk").value_or(""));
      return true;
    }));
    for (const std::string& conversation : conversations) {
      if (conversation.empty()) continue;
      const Status left = Conversations(domain_).remove(user, conversation, user);
      if (!left && refusal_of(left.error()) == nullptr) return left;
    }
    // Rows that were left over: no member item named them.
    PARLEY_TRY(erase_collection(key_of(kRowPrefix, user)));
    return erase_collection(key_of(kPinnedPrefix, user));
  }

  Status erase_collection(const std::string& pk) {
    std::vector<std::string> keys;
    PARLEY_TRY(table_.for_each(pk, [&](const auto& item) {
      keys.emplace_back(text_of(item, "sk").value_or(""));
      return true;
    }));
    for (const std::string& sk : keys) PARLEY_TRY(attempted(table_.erase({pk, sk})));
    return {};
  }

  Status rename(const ItemKey& key, std::string_view handle, std::string_view display_name) {
    PARLEY_TRY(attempted(table_.update(key, {.update = "SET #h = :h, #d = :d",
                                             .condition = "attribute_exists(pk)",
                                             .parameters = Parameters()
                                                               .name("#h", handle)
                                                               .name("#d", display_name)
                                                               .text(":h", "")
                                                               .text(":d", kErasedName)})));
    return {};
  }

  Status erase_from_message(const Message& message,
                            const std::set<std::string, std::less<>>& users) {
    const ItemKey key{key_of(kMessagePrefix, message.conversation), message.sort_key};
    if (users.contains(message.sender.id)) {
      const bool is_empty = message.text.empty() && !message.deleted_at.empty() &&
                            message.reactions.empty() && message.client_token.empty();
      if (is_empty && !is_named(message.sender)) return {};
      return empty_message(key, message);
    }
    for (const Reaction& reaction : message.reactions) {
      for (const std::string& user : reaction.user_ids) {
        if (!users.contains(user)) continue;
        PARLEY_TRY(attempted(table_.update(
            key, {.update = "DELETE #r :u",
                  .condition = "attribute_exists(pk)",
                  .parameters = Parameters()
                                    .name("#r", key_of(kReactionPrefix, reaction.emoji))
                                    .set_of(":u", user)})));
      }
    }
    return {};
  }

  Status empty_message(const ItemKey& key, const Message& message) {
    ItemChange change{.update =
                          "SET message = :empty, user_handle = :empty, user_display_name = :name, "
                          "deleted_at = if_not_exists(deleted_at, :now) REMOVE client_token",
                      .condition = "user_uuid = :u",
                      .parameters = Parameters()
                                        .text(":empty", "")
                                        .text(":name", kErasedName)
                                        .text(":now", iso_utc(domain_.clock.now()))
                                        .text(":u", message.sender.id)};
    for (std::size_t index = 0; index < message.reactions.size(); ++index) {
      const std::string placeholder = fmt::format("#r{}", index);
      change.update += ", " + placeholder;
      change.parameters.name(placeholder, key_of(kReactionPrefix, message.reactions[index].emoji));
    }
    PARLEY_TRY(attempted(table_.update(key, change)));
    return {};
  }

  Domain& domain_;
  TableCalls table_;
};

}  // namespace

Status Account::begin_erasure(std::string_view asker) {
  Handles handles(domain_);
  const auto profile = PARLEY_TRY(handles.read(asker));
  if (!profile) return refuse(RefusalReason::kNoSuchPerson);
  if (!profile->erased_at.empty()) return {};
  // The note first: whoever finds it marks the account, should this process die before.
  PARLEY_TRY(attempted(TableCalls(domain_).put(
      kErasures,
      fmt::format(R"({{"pk":{},"sk":{},"requested_at":{}}})", string_value(kErasures),
                  string_value(asker), string_value(iso_utc(domain_.clock.now()))),
      {.condition = "attribute_not_exists(pk)"})));
  return handles.erase(asker);
}

Status Account::complete_erasures() {
  TableCalls table(domain_);
  const TimestampMicros start = domain_.clock.now();
  std::set<std::string, std::less<>> users;
  std::vector<std::string> old_notes;
  PARLEY_TRY(table.for_each(kErasures, [&](const auto& item) {
    const std::string user(text_of(item, "sk").value_or(""));
    const auto requested_at = parse_iso(text_of(item, "requested_at").value_or(""));
    users.insert(user);
    if (!requested_at || *requested_at + kInFlight.count() <= start) old_notes.push_back(user);
    return true;
  }));
  if (users.empty()) return {};
  Erasure erasure(domain_);
  for (const std::string& user : users) PARLEY_TRY(erasure.erase_by_keys(user));
  PARLEY_TRY(erasure.erase_everywhere(users));
  for (const std::string& user : old_notes) {
    PARLEY_TRY(attempted(table.update(
        profile_key(user), {.update = "REMOVE names_due", .condition = "attribute_exists(pk)"})));
    PARLEY_TRY(attempted(table.erase({std::string(kErasures), user})));
  }
  return {};
}

}  // namespace parley::messaging
