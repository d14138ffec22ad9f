// Conversations: what one member sees of one, how far they have read, what they set for themselves.
#include <fmt/format.h>

#include <algorithm>

#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/conversations_unread.h"
#include "messaging/domain/table_calls.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;

/// The other person of a conversation of two: as its member item has them, else as the row does.
Result<Person> other_person(Domain& domain, std::string_view conversation,
                            const MemberItem& member) {
  std::optional<Person> found;
  PARLEY_TRY(for_each_cached(domain, key_of(kConversationPrefix, conversation), kMemberPrefix,
                             [&](const simdjson::dom::element& item) {
                               const auto other = member_of(item);
                               if (other && other->person.id != member.person.id &&
                                   !other->person.handle.empty()) {
                                 found = other->person;
                               }
                             }));
  if (found) return *found;
  if (member.row_sk.empty()) return Person{};
  const auto row =
      PARLEY_TRY(get_cached(domain, {key_of(kRowPrefix, member.person.id), member.row_sk}, row_of));
  return row ? row->other : Person{};
}

/// A member item for somebody whom only a row of the founding document's programs makes a member.
Status adopt(Domain& domain, MemberItem member) {
  member.unread = PARLEY_TRY(count_unread(
      domain, member.conversation, member.person.id,
      {.after = member.last_read_sk, .up_to = member.message_sk, .foreign_times = true}));
  PARLEY_TRY(attempted(TableCalls(domain).put(member_key(member.conversation, member.person.id),
                                              item_of(member),
                                              {.condition = "attribute_not_exists(pk)"})));
  return {};
}

}  // namespace

Result<MemberItem> Conversations::membership(std::string_view asker, std::string_view id,
                                             Freshness freshness) {
  const ItemKey key = member_key(id, asker);
  if (freshness == Freshness::kCached) {
    if (auto member = PARLEY_TRY(get_cached(domain_, key, member_of))) return *std::move(member);
  }
  // Somebody may have become a member a moment ago.
  TableCalls table(domain_);
  if (auto member = PARLEY_TRY(table.get(key, member_of))) return *std::move(member);
  if (PARLEY_TRY(table.exists(meta_key(id)))) return refuse(RefusalReason::kNotAMember);
  std::string newest;
  PARLEY_TRY(for_each_row_of(domain_, id, [&](const ConversationRow& row) {
    if (row.user != asker) return;
    if (newest.empty() || canonical_time(row.sort_key) > canonical_time(newest)) {
      newest = row.sort_key;
    }
  }));
  if (newest.empty()) return refuse(RefusalReason::kNotAMember);
  return member_of_row(id, asker, newest);
}

Result<ConversationView> Conversations::get(std::string_view asker, std::string_view id) {
  const MemberItem member = PARLEY_TRY(membership(asker, id));
  auto meta = PARLEY_TRY(get_cached(domain_, meta_key(id), meta_of));
  if (!meta) meta = PARLEY_TRY(TableCalls(domain_).get(meta_key(id), meta_of));
  if (meta && meta->making) return refuse(RefusalReason::kNotAMember);
  const bool is_group = meta && meta->kind == ConversationKind::kGroup;
  std::optional<Person> other;
  if (!is_group) other = PARLEY_TRY(other_person(domain_, id, member));
  if (meta) {
    ConversationView view = PARLEY_TRY(view_of(domain_, member, *meta, other));
    PARLEY_TRY(look_up_senders(domain_, domain_.reads, asker, {&view}));
    return view;
  }

  ConversationView view = PARLEY_TRY(
      view_of(domain_, member, {.conversation = std::string(id), .member_count = 2}, other));
  const auto row = PARLEY_TRY(get_cached(
      domain_, {key_of(kRowPrefix, asker), member.row_sk.empty() ? "-" : member.row_sk}, row_of));
  if (row) {
    view.last_text = row->text;
    view.last_sender = sender_as_seen(row->sender, member.person, other);
  }
  view.last_message_at = member.message_sk;
  PARLEY_TRY(look_up_senders(domain_, domain_.reads, asker, {&view}));
  return view;
}

Status Conversations::set_muted(std::string_view asker, std::string_view id, bool muted) {
  TableCalls table(domain_);
  const ItemChange change{.update = "SET muted = :m",
                          .condition = "attribute_exists(pk)",
                          .parameters = Parameters().flag(":m", muted)};
  for (int attempt = 0; attempt < 2; ++attempt) {
    const MemberItem member = PARLEY_TRY(membership(asker, id));
    const bool done = PARLEY_TRY(table.update(member_key(id, asker), change));
    if (done) return {};
    // A row alone; or a membership that has ended, which the second round finds out.
    if (!PARLEY_TRY(table.exists(meta_key(id)))) PARLEY_TRY(adopt(domain_, member));
  }
  return refuse(RefusalReason::kNotAMember);
}

Result<long> Conversations::mark_read(std::string_view asker, std::string_view id,
                                      std::string_view sort_key) {
  TableCalls table(domain_);
  const ItemKey key = member_key(id, asker);
  const std::string time = canonical_time(sort_key);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto member = PARLEY_TRY(table.get(key, member_of));
    if (!member) {
      // What the cache says may be over; META says whether a row makes a member.
      if (PARLEY_TRY(table.exists(meta_key(id)))) return refuse(RefusalReason::kNotAMember);
      const MemberItem known = PARLEY_TRY(membership(asker, id));
      PARLEY_TRY(adopt(domain_, known));
      continue;
    }
    if (time <= member->last_read_sk) return unread_of(domain_, *member);
    if (time > member->message_sk &&
        !PARLEY_TRY(table.exists({key_of(kMessagePrefix, id), std::string(sort_key)}))) {
      return refuse(RefusalReason::kNoSuchMessage);
    }
    UnreadRange rest{.after = time, .up_to = member->message_sk};
    long left = 0;
    if (member->pinned || !member->message_sk.empty()) {
      if (member->pinned) rest.up_to.clear();
      rest.foreign_times = !PARLEY_TRY(has_meta(domain_, id));
      left = PARLEY_TRY(count_unread(domain_, id, asker, rest));
    }
    ItemChange change{.update = "SET last_read_sk = :read, unread = :n"};
    expect_unchanged(*member, change);
    expect_recounts(*member, change);
    change.parameters.text(":read", time).number(":n", left);
    const bool done = PARLEY_TRY(table.update(key, change));
    if (done) return left;
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The membership of {} in conversation {} keeps being changed by others",
                          asker, id));
}

Result<long> unread_of(Domain& domain, const MemberItem& member) {
  if (!member.pinned) return std::clamp(member.unread, 0L, kUnreadMax);
  return count_unread(domain, member.conversation, member.person.id,
                      {.after = member.last_read_sk, .freshness = Freshness::kCached});
}

Result<ConversationView> view_of(Domain& domain, const MemberItem& member,
                                 const ConversationMeta& meta, const std::optional<Person>& other) {
  const bool is_group = meta.kind == ConversationKind::kGroup;
  return ConversationView{.id = member.conversation,
                          .kind = meta.kind,
                          .title = is_group ? meta.title : other.value_or(Person{}).display_name,
                          .other = is_group ? std::nullopt : other,
                          .member_count = meta.member_count,
                          .last_text = meta.preview,
                          .last_message_at = meta.last_message_at,
                          .last_sender = sender_as_seen(meta.sender, member.person, other),
                          .unread = PARLEY_TRY(unread_of(domain, member)),
                          .muted = member.muted,
                          .role = member.role,
                          .last_read_at = member.last_read_sk,
                          .created_at = meta.created_at};
}

}  // namespace parley::messaging
