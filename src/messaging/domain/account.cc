// Export: one document, of which the messages are never all in memory.
#include "messaging/domain/account.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "messaging/domain/handles.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/table_scan.h"
#include "messaging/domain/view_json.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

std::string time_member(std::string_view name, std::string_view stored) {
  if (stored.empty()) return {};
  return fmt::format(",\"{}\":{}", name, json_string(shown_time(stored)));
}

std::string membership_json(const MemberItem& member) {
  return fmt::format(R"({{"conversation_id":{},"role":"{}","muted":{}{}{}}})",
                     json_string(member.conversation), role_text(member.role), member.muted,
                     time_member("joined_at", member.joined_at),
                     time_member("last_read_at", member.last_read_sk));
}

/// A message without the reactions of others, which are theirs.
std::string own_message_json(Message message, std::string_view asker) {
  std::erase_if(message.reactions, [&](const Reaction& reaction) {
    return !std::ranges::binary_search(reaction.user_ids, asker);
  });
  for (Reaction& reaction : message.reactions) reaction.user_ids = {std::string(asker)};
  return message_json(message, true);
}

std::string profile_member(const ProfileItem& profile) {
  std::string person = person_json(profile.person);
  person.pop_back();
  return person + time_member("created_at", profile.created_at) + "}";
}

}  // namespace

Status Account::export_to(std::string_view asker,
                          const std::function<void(std::string_view)>& write) {
  const auto profile = PARLEY_TRY(Handles(domain_).read(asker));
  if (!profile) return refuse(RefusalReason::kNoSuchPerson);
  if (!profile->erased_at.empty()) return refuse(RefusalReason::kErased);
  TableCalls table(domain_);

  std::vector<std::string> blocks;
  PARLEY_TRY(table.for_each(key_of(kBlockPrefix, asker), [&](const auto& item) {
    blocks.push_back(
        fmt::format(R"({{"user_id":{}{}}})", json_string(text_of(item, "sk").value_or("")),
                    time_member("created_at", text_of(item, "created_at").value_or(""))));
    return true;
  }));

  // What no member item says: conversations of the founding document's programs.
  std::vector<std::string> rows;
  PARLEY_TRY(table.for_each(key_of(kRowPrefix, asker), [&](const auto& item) {
    if (const auto row = row_of(item)) rows.push_back(row->conversation);
    return true;
  }));

  write(fmt::format(R"({{"exported_at":{},"person":{},"blocks":{},"messages":[)",
                    json_string(shown_time(iso_utc(domain_.clock.now()))), profile_member(*profile),
                    json_array(blocks)));
  std::vector<std::string> memberships;
  std::vector<std::string> reactions;
  bool first = true;
  PARLEY_TRY(scan_table(domain_, [&](const simdjson::dom::element& item) -> Status {
    if (auto message = message_of(item)) {
      for (const Reaction& reaction : message->reactions) {
        if (!std::ranges::binary_search(reaction.user_ids, asker)) continue;
        reactions.push_back(fmt::format(R"({{"conversation_id":{},"message_id":{},"emoji":{}}})",
                                        json_string(message->conversation),
                                        json_string(message->id), json_string(reaction.emoji)));
      }
      if (message->sender.id == asker) {
        write((first ? "" : ",") + own_message_json(*std::move(message), asker));
        first = false;
      }
    } else if (const auto member = member_of(item); member && member->person.id == asker) {
      memberships.push_back(membership_json(*member));
      std::erase(rows, member->conversation);
    }
    return {};
  }));
  for (const std::string& conversation : rows) {
    memberships.push_back(membership_json(MemberItem{.conversation = conversation}));
  }
  write(fmt::format(R"(],"conversations":{},"reactions":{}}})", json_array(memberships),
                    json_array(reactions)));
  return {};
}

}  // namespace parley::messaging
