#include "messaging/domain/conversations_settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 32;

Status ensure_owner(TableCalls& table, std::string_view conversation,
                    const std::vector<MemberItem>& members) {
  if (members.empty() ||
      std::ranges::find(members, MemberRole::kOwner, &MemberItem::role) != members.end()) {
    return {};
  }
  const auto oldest = std::ranges::min_element(members, {}, [](const MemberItem& member) {
    return std::tie(member.joined_at, member.person.id);
  });
  // Who has left meanwhile is no owner: the count will not fit, and all is looked at again.
  PARLEY_TRY(attempted(
      table.update(member_key(conversation, oldest->person.id),
                   {.update = "SET #role = :owner",
                    .condition = "attribute_exists(pk)",
                    .parameters = Parameters().name("#role", "role").text(":owner", "owner")})));
  return {};
}

Status pin(Domain& domain, const MemberItem& member) {
  TableCalls table(domain);
  PARLEY_TRY(put_pin(domain, member));
  const bool is_member = PARLEY_TRY(table.update(member_key(member.conversation, member.person.id),
                                                 {.update = "SET pinned = :yes",
                                                  .condition = "attribute_exists(pk)",
                                                  .parameters = Parameters().flag(":yes", true)}));
  if (!is_member) {
    PARLEY_TRY(
        attempted(table.erase({key_of(kPinnedPrefix, member.person.id), member.conversation})));
  }
  return {};
}

}  // namespace

Status settle_members(Domain& domain, std::string_view conversation) {
  TableCalls table(domain);
  const std::string pk = key_of(kConversationPrefix, conversation);
  std::set<std::string> told;  // whose cached lists have been
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto meta = PARLEY_TRY(table.get({pk, std::string(kMetaKey)}, meta_of));
    if (!meta) return {};
    std::vector<MemberItem> members;
    PARLEY_TRY(table.for_each(pk, [&](const simdjson::dom::element& item) {
      if (auto member = member_of(item)) members.push_back(*std::move(member));
      return true;
    }));
    if (meta->kind == ConversationKind::kGroup) {
      PARLEY_TRY(ensure_owner(table, conversation, members));
    }
    const long count = static_cast<long>(members.size());
    if (count > domain.settings.members_moved_max) {
      for (const MemberItem& member : members) {
        if (!member.pinned) PARLEY_TRY(pin(domain, member));
      }
    }
    for (const MemberItem& member : members) {
      if (!told.insert(member.person.id).second) continue;
      domain.reads.changed(key_of(kRowPrefix, member.person.id));
    }
    if (count == meta->member_count) return {};
    const bool counted = PARLEY_TRY(table.update(
        {pk, std::string(kMetaKey)},
        {.update = "SET member_count = :n",
         .condition = "member_count = :seen",
         .parameters = Parameters().number(":n", count).number(":seen", meta->member_count)}));
    // Also a count that was written is compared once more: the number that it replaced may have
    // been right again meanwhile, for somebody who came has left.
    if (!counted) domain.pause(std::chrono::milliseconds(attempt));
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The members of conversation {} keep changing", conversation));
}

}  // namespace parley::messaging
