// Conversations: who is in them, who comes and goes, and what an owner may do.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "client/item_page.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/conversations_settling.h"
#include "messaging/domain/conversations_unread.h"
#include "messaging/domain/message_lookup.h"
#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/json_parser.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;

MemberView view_of(const MemberItem& member) {
  return {.person = member.person,
          .role = member.role,
          .joined_at = member.joined_at,
          .last_read_at = member.last_read_sk};
}

/// The members of a conversation of the founding document's programs, by id: those with a row or a
/// member item, named as the others' rows name them.
Result<std::map<std::string, MemberItem>> members_by_rows(Domain& domain, std::string_view id) {
  std::map<std::string, MemberItem> members;
  std::map<std::string, Person> named;
  PARLEY_TRY(for_each_cached(domain, key_of(kConversationPrefix, id), kMemberPrefix,
                             [&](const simdjson::dom::element& item) {
                               const auto member = member_of(item);
                               if (member) members.emplace(member->person.id, *member);
                             }));
  PARLEY_TRY(for_each_row_of(domain, id, [&](const ConversationRow& row) {
    members.emplace(row.user, member_of_row(id, row.user, row.sort_key));
    named[row.other.id] = row.other;
  }));
  for (auto& [user, member] : members) {
    if (member.person.handle.empty() && named.contains(user)) member.person = named.at(user);
  }
  return members;
}

/// The group's META; refuses kNotAGroup.
Result<ConversationMeta> group_of(TableCalls& table, std::string_view id) {
  auto meta = PARLEY_TRY(table.get(meta_key(id), meta_of));
  if (!meta || meta->kind != ConversationKind::kGroup) return refuse(RefusalReason::kNotAGroup);
  return *std::move(meta);
}

/// As the database has it at this moment, not as the cache remembers it.
Status check_owner(TableCalls& table, std::string_view id, std::string_view user) {
  const auto member = PARLEY_TRY(table.get(member_key(id, user), member_of));
  if (!member) return refuse(RefusalReason::kNotAMember);
  if (member->role != MemberRole::kOwner) return refuse(RefusalReason::kNotAnOwner);
  return {};
}

/// The members but `user`.
Result<std::vector<MemberItem>> others_than(TableCalls& table, std::string_view id,
                                            std::string_view user) {
  std::vector<MemberItem> others;
  PARLEY_TRY(table.for_each(key_of(kConversationPrefix, id), [&](const auto& item) {
    auto member = member_of(item);
    if (member && member->person.id != user) others.push_back(*std::move(member));
    return true;
  }));
  return others;
}

bool has_owner(const std::vector<MemberItem>& members) {
  return std::ranges::find(members, MemberRole::kOwner, &MemberItem::role) != members.end();
}

Result<std::optional<MemberItem>> write_role(TableCalls& table, std::string_view id,
                                             std::string_view user, MemberRole role) {
  return table.updated(
      member_key(id, user),
      {.update = "SET #role = :role",
       .condition = "attribute_exists(pk)",
       .parameters = Parameters()
                         .name("#role", "role")
                         .text(":role", role == MemberRole::kOwner ? "owner" : "member")},
      member_of);
}

/// The row goes first: a row that is not there comes back with a message, which is what leaving a
/// conversation of two means; and if the row has moved meanwhile, there was one.
Status leave_direct(Domain& domain, std::string_view id, const MemberItem& known) {
  TableCalls table(domain);
  const ItemKey key = member_key(id, known.person.id);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    auto member = PARLEY_TRY(table.get(key, member_of));
    if (!member) {
      // Only a row makes them a member: the item that outlives it comes first.
      PARLEY_TRY(
          attempted(table.put(key, item_of(known), {.condition = "attribute_not_exists(pk)"})));
      continue;
    }
    if (member->row_sk.empty()) return remove_rows(domain, id, known.person.id);
    PARLEY_TRY(remove_row(domain, id, known.person.id, member->row_sk));
    ItemChange change{.update = "SET unread = :none"};
    expect_unchanged(*member, change);
    change.parameters.number(":none", 0);
    if (member->message_sk > member->last_read_sk) {
      change.update += ", last_read_sk = :read";
      change.parameters.text(":read", member->message_sk);
    }
    change.update += " REMOVE row_sk";
    if (PARLEY_TRY(table.update(key, change))) return {};
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The membership of {} in conversation {} keeps being changed by others",
                          known.person.id, id));
}

/// A newcomer of whom no trigger knew when it served what was said meanwhile. Once the member item
/// is there every trigger sees it; what was said before, this does. Who has a row has been served.
Status hear_what_was_said(Domain& domain, std::string_view id, std::string_view user) {
  TableCalls table(domain);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto member = PARLEY_TRY(table.get(member_key(id, user), member_of));
    if (!member || member->pinned || member->row_sk.empty()) return {};
    const std::string newest = PARLEY_TRY(newest_message_time(domain, id));
    if (newest <= member->message_sk) return {};
    const auto row = PARLEY_TRY(table.get({key_of(kRowPrefix, user), member->row_sk}, row_of));
    if (row && row->conversation == id) return {};
    ItemChange change{.update =
                          "SET row_sk = :row, message_sk = :new, last_read_sk = :new, unread = :n"};
    expect_unchanged(*member, change);
    change.parameters.text(":row", std::max(member->row_sk, newest))
        .text(":new", newest)
        .number(":n", 0);
    if (PARLEY_TRY(table.update(member_key(id, user), change))) return {};
  }
  return {};  // a trigger serves them
}

/// The member item goes first: a row or pinned item without it is passed over. False: there was
/// none.
Result<bool> remove_member(Domain& domain, std::string_view id, std::string_view user) {
  TableCalls table(domain);
  const ItemKey key = member_key(id, user);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto member = PARLEY_TRY(table.get(key, member_of));
    if (!member) {
      // Perhaps somebody who removed them ended in the middle of it.
      if (attempt == 0) PARLEY_TRY(remove_rows(domain, id, user));
    } else {
      ItemChange unchanged;
      expect_unchanged(*member, unchanged);
      if (!PARLEY_TRY(table.erase(key, unchanged))) continue;
      if (!member->row_sk.empty()) PARLEY_TRY(remove_row(domain, id, user, member->row_sk));
    }
    PARLEY_TRY(attempted(table.erase({key_of(kPinnedPrefix, user), std::string(id)})));
    PARLEY_TRY(settle_members(domain, id));
    return member.has_value() || attempt > 0;
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The membership of {} in conversation {} keeps being changed by others",
                          user, id));
}

}  // namespace

Result<MemberPage> Conversations::members(std::string_view asker, std::string_view id,
                                          std::size_t limit, std::string_view from) {
  PARLEY_TRY(membership(asker, id));
  MemberPage page;
  if (!PARLEY_TRY(has_meta(domain_, id))) {
    for (const auto& [user, member] : PARLEY_TRY(members_by_rows(domain_, id))) {
      if (user > from) page.items.push_back(view_of(member));
    }
    return page;
  }
  const std::string pk = key_of(kConversationPrefix, id);
  Parameters parameters;
  parameters.text(":pk", pk).text(":from", key_of(kMemberPrefix, from)).text(":end", kMetaKey);
  const auto reply = PARLEY_TRY(domain_.reads.read(
      pk, "Query",
      fmt::format(
          R"({{{},"KeyConditionExpression":"pk = :pk AND sk BETWEEN :from AND :end","Limit":{}{}}})",
          TableCalls(domain_).table(), limit + 2, parameters.json())));
  const JsonParser parser;
  const client::ItemPage found = PARLEY_TRY(client::item_page_of(*parser, *reply));
  for (const simdjson::dom::element item : found.items) {
    const auto member = member_of(item);
    if (!member || member->person.id == from) continue;  // `from` itself was on the page before
    if (page.items.size() == limit) {
      page.next = page.items.back().person.id;
      break;
    }
    page.items.push_back(view_of(*member));
  }
  return page;
}

Result<std::vector<std::string>> Conversations::member_ids(std::string_view id) {
  std::vector<std::string> ids;
  bool is_ours = false;
  PARLEY_TRY(TableCalls(domain_).for_each(key_of(kConversationPrefix, id),
                                          [&](const simdjson::dom::element& item) {
                                            if (const auto member = member_of(item))
                                              ids.push_back(member->person.id);
                                            is_ours = is_ours || meta_of(item).has_value();
                                            return true;
                                          }));
  if (is_ours) return ids;
  ids.clear();
  for (const auto& [user, member] : PARLEY_TRY(members_by_rows(domain_, id))) ids.push_back(user);
  return ids;
}

Result<MemberView> Conversations::invite(std::string_view asker, std::string_view id,
                                         std::string_view user) {
  PARLEY_TRY(membership(asker, id, Freshness::kConsistent));
  TableCalls table(domain_);
  const ConversationMeta group = PARLEY_TRY(group_of(table, id));
  People people(domain_);
  const Profile profile = PARLEY_TRY(people.profile(user));
  if (PARLEY_TRY(people.is_blocked_between(asker, user))) return refuse(RefusalReason::kBlocked);

  const ItemKey key = member_key(id, user);
  auto member = PARLEY_TRY(table.get(key, member_of));
  const bool was_member = member.has_value();
  if (!member) {
    if (group.member_count >= static_cast<long>(domain_.settings.members_max)) {
      return refuse(RefusalReason::kTooManyMembers);
    }
    // What was said before counts as read. The row stands where the person joined.
    const std::string now = iso_utc(domain_.clock.now());
    const std::string newest = PARLEY_TRY(newest_message_time(domain_, id));
    const bool pinned = group.member_count > domain_.settings.members_moved_max;
    member = MemberItem{.conversation = std::string(id),
                        .person = profile.person,
                        .joined_at = now,
                        .invited_by = std::string(asker),
                        .row_sk = pinned ? "" : std::max(now, newest),
                        .message_sk = pinned ? "" : newest,
                        .last_read_sk = newest,
                        .pinned = pinned};
    if (pinned) PARLEY_TRY(put_pin(domain_, *member));
    PARLEY_TRY(
        attempted(table.put(key, item_of(*member), {.condition = "attribute_not_exists(pk)"})));
  }
  // Also for who is a member: whoever invited them may have ended in the middle of it.
  if (member->pinned) {
    PARLEY_TRY(put_pin(domain_, *member));
  } else {
    PARLEY_TRY(hear_what_was_said(domain_, id, user));
    PARLEY_TRY(ensure_row(domain_, id, user, shown_in_rows(group)));
  }
  PARLEY_TRY(settle_members(domain_, id));
  if (was_member) return refuse(RefusalReason::kAlreadyAMember);
  return view_of(*member);
}

Status Conversations::remove(std::string_view asker, std::string_view id, std::string_view user) {
  const MemberItem me = PARLEY_TRY(membership(asker, id, Freshness::kConsistent));
  TableCalls table(domain_);
  const auto meta = PARLEY_TRY(table.get(meta_key(id), meta_of));
  if (!meta || meta->kind == ConversationKind::kDirect) {
    if (user != asker) return refuse(RefusalReason::kNotAnOwner);
    return leave_direct(domain_, id, me);
  }
  if (user != asker) {
    PARLEY_TRY(check_owner(table, id, asker));
  } else if (me.role == MemberRole::kOwner) {
    // Before, so that a group is never without an owner; and settle_members() looks again after.
    const auto others = PARLEY_TRY(others_than(table, id, asker));
    const auto oldest = std::ranges::min_element(others, {}, [](const MemberItem& member) {
      return std::tie(member.joined_at, member.person.id);
    });
    if (oldest != others.end() && !has_owner(others)) {
      PARLEY_TRY(write_role(table, id, oldest->person.id, MemberRole::kOwner));
    }
  }
  if (!PARLEY_TRY(remove_member(domain_, id, user))) return refuse(RefusalReason::kNoSuchPerson);
  return {};
}

Result<MemberView> Conversations::set_role(std::string_view asker, std::string_view id,
                                           std::string_view user, MemberRole role) {
  PARLEY_TRY(membership(asker, id, Freshness::kConsistent));
  TableCalls table(domain_);
  PARLEY_TRY(group_of(table, id));
  PARLEY_TRY(check_owner(table, id, asker));
  const auto now = PARLEY_TRY(table.get(member_key(id, user), member_of));
  if (!now) return refuse(RefusalReason::kNoSuchPerson);
  if (role == MemberRole::kMember && now->role == MemberRole::kOwner &&
      !has_owner(PARLEY_TRY(others_than(table, id, user)))) {
    return refuse(RefusalReason::kInvalidInput, "The group needs another owner first");
  }
  const auto changed = PARLEY_TRY(write_role(table, id, user, role));
  if (!changed) return refuse(RefusalReason::kNoSuchPerson);
  if (role == MemberRole::kMember) PARLEY_TRY(settle_members(domain_, id));
  return view_of(*changed);
}

// META first: the trigger gives every row that it moves the title it finds there.
Status Conversations::rename(std::string_view asker, std::string_view id, std::string_view title) {
  PARLEY_TRY(membership(asker, id, Freshness::kConsistent));
  TableCalls table(domain_);
  ConversationMeta group = PARLEY_TRY(group_of(table, id));
  PARLEY_TRY(check_owner(table, id, asker));
  PARLEY_TRY(check_title(title));
  PARLEY_TRY(attempted(table.update(meta_key(id), {.update = "SET title = :t",
                                                   .condition = "attribute_exists(pk)",
                                                   .parameters = Parameters().text(":t", title)})));
  std::vector<MemberItem> members;
  PARLEY_TRY(table.for_each(key_of(kConversationPrefix, id), [&](const auto& item) {
    if (auto member = member_of(item)) members.push_back(*std::move(member));
    return true;
  }));
  for (MemberItem& member : members) {
    for (int attempt = 0; attempt < kAttemptsMax && !member.row_sk.empty(); ++attempt) {
      const bool renamed =
          PARLEY_TRY(table.update({key_of(kRowPrefix, member.person.id), member.row_sk},
                                  {.update = "SET user_display_name = :t",
                                   .condition = "message_group_uuid = :g",
                                   .parameters = Parameters().text(":t", title).text(":g", id)}));
      if (renamed) break;
      // It has moved: then to where the member item says now.
      auto now = PARLEY_TRY(table.get(member_key(id, member.person.id), member_of));
      if (!now || now->row_sk == member.row_sk) break;
      member = *std::move(now);
    }
    domain_.reads.changed(key_of(kRowPrefix, member.person.id));
  }
  return {};
}

}  // namespace parley::messaging
