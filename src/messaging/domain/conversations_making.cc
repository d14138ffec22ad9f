// Conversations: making them. What is claimed first says everything that follows from it, so that
// whoever comes next completes it: the PAIR item of a conversation of two, META of a group.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/conversations_unfinished.h"
#include "messaging/domain/message_text.h"
#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kNoItemYet = "attribute_not_exists(pk)";

/// The item that makes a conversation the one of two people.
struct Pair {
  std::string conversation = {};
  std::string created_at = {};
  bool adopted = false;  // the founding document's programs made it: it has no META
};

std::optional<Pair> pair_of(const simdjson::dom::element& item) {
  const auto conversation = text_of(item, "conversation");
  if (!conversation) return std::nullopt;
  bool adopted = false;
  adopted = item["adopted"]["BOOL"].get(adopted) == simdjson::SUCCESS && adopted;
  return Pair{.conversation = std::string(*conversation),
              .created_at = std::string(text_of(item, "created_at").value_or("")),
              .adopted = adopted};
}

ItemKey pair_key(std::string_view one, std::string_view other) {
  return {fmt::format("{}{}#{}", kPairPrefix, std::min(one, other), std::max(one, other)),
          std::string(kPairKey)};
}

/// A conversation of the two that the founding document's programs made; empty: there is none. Of
/// several the one that `owner`'s newest row shows.
Result<std::string> older_conversation(TableCalls& table, std::string_view owner,
                                       std::string_view other) {
  std::vector<std::string> found;
  PARLEY_TRY(table.for_each(
      key_of(kRowPrefix, owner),
      [&](const simdjson::dom::element& item) {
        if (auto row = row_of(item)) found.push_back(std::move(row->conversation));
        return true;
      },
      "user_uuid = :o", Parameters().text(":o", other)));
  for (auto each = found.rbegin(); each != found.rend(); ++each) {
    if (!PARLEY_TRY(table.exists(meta_key(*each)))) return *each;
  }
  return std::string();
}

struct Claim {
  Pair pair;
  bool was_there = false;
};

Result<Claim> claim_pair(Domain& domain, std::string_view asker, std::string_view other) {
  TableCalls table(domain);
  const ItemKey key = pair_key(asker, other);
  if (auto pair = PARLEY_TRY(table.get(key, pair_of))) return Claim{*std::move(pair), true};
  Pair pair{.created_at = iso_utc(domain.clock.now())};
  pair.conversation = PARLEY_TRY(older_conversation(table, asker, other));
  if (pair.conversation.empty()) {
    pair.conversation = PARLEY_TRY(older_conversation(table, other, asker));
  }
  pair.adopted = !pair.conversation.empty();
  if (!pair.adopted) pair.conversation = make_uuid(domain.random);
  const bool claimed = PARLEY_TRY(table.put(
      key.pk,
      fmt::format(R"({{"pk":{},"sk":{},"conversation":{},"created_at":{}{}}})",
                  string_value(key.pk), string_value(key.sk), string_value(pair.conversation),
                  string_value(pair.created_at), pair.adopted ? R"(,"adopted":{"BOOL":true})" : ""),
      {.condition = std::string(kNoItemYet)}));
  if (claimed) return Claim{pair, pair.adopted};
  auto first = PARLEY_TRY(table.get(key, pair_of));
  if (!first) return fail(ErrorCode::kUnavailable, "The pair was there and is not any more");
  return Claim{*std::move(first), true};
}

MemberItem first_member(const Pair& pair, const Person& person) {
  return {.conversation = pair.conversation,
          .person = person,
          .joined_at = pair.created_at,
          .row_sk = pair.created_at};
}

/// Writes what is missing of META and the two member items. True: all of it was.
Result<bool> complete_items(Domain& domain, const Pair& pair, std::string_view asker,
                            const std::array<const Person*, 2>& both) {
  TableCalls table(domain);
  const std::string pk = key_of(kConversationPrefix, pair.conversation);
  std::set<std::string, std::less<>> there;
  PARLEY_TRY(table.for_each(pk, [&](const simdjson::dom::element& item) {
    there.emplace(text_of(item, "sk").value_or(""));
    return true;
  }));
  if (!there.contains(kMetaKey)) {
    const ConversationMeta meta{.conversation = pair.conversation,
                                .created_at = pair.created_at,
                                .created_by = std::string(asker),
                                .member_count = 2};
    PARLEY_TRY(attempted(table.put(pk, item_of(meta), {.condition = std::string(kNoItemYet)})));
  }
  for (const Person* person : both) {
    if (there.contains(key_of(kMemberPrefix, person->id))) continue;
    PARLEY_TRY(attempted(table.put(member_key(pair.conversation, person->id),
                                   item_of(first_member(pair, *person)),
                                   {.condition = std::string(kNoItemYet)})));
  }
  return there.empty();
}

/// In a conversation of the founding document's programs, who has neither a row nor a member item
/// gets both.
Status adopt_person(Conversations& conversations, Domain& domain, const Pair& pair,
                    const Person& person) {
  const auto member = conversations.membership(person.id, pair.conversation);
  if (member) return {};
  const Refusal* refusal = refusal_of(member.error());
  if (refusal == nullptr || refusal->reason != RefusalReason::kNotAMember) {
    return std::unexpected(member.error());
  }
  PARLEY_TRY(attempted(TableCalls(domain).put(member_key(pair.conversation, person.id),
                                              item_of(first_member(pair, person)),
                                              {.condition = std::string(kNoItemYet)})));
  return {};
}

}  // namespace

Result<Made> Conversations::open_direct(std::string_view asker, std::string_view other) {
  if (asker == other) return refuse(RefusalReason::kWithOneself);
  People people(domain_);
  const Profile mine = PARLEY_TRY(people.profile(asker));
  const Profile theirs = PARLEY_TRY(people.profile(other));
  if (PARLEY_TRY(people.is_blocked_between(asker, other))) return refuse(RefusalReason::kBlocked);
  const Claim claim = PARLEY_TRY(claim_pair(domain_, asker, other));
  const Pair& pair = claim.pair;
  const Person& me = mine.person;
  const Person& them = theirs.person;
  if (pair.adopted) {
    PARLEY_TRY(adopt_person(*this, domain_, pair, me));
    PARLEY_TRY(adopt_person(*this, domain_, pair, them));
  } else if (PARLEY_TRY(complete_items(domain_, pair, asker, {&me, &them}))) {
    PARLEY_TRY(place_first_row(domain_, first_member(pair, me), them));
    PARLEY_TRY(place_first_row(domain_, first_member(pair, them), me));
    return Made{.id = pair.conversation, .was_there = claim.was_there};
  }
  // The other may have left, and then stays so until there is a message.
  PARLEY_TRY(bring_back_row(domain_, pair.conversation, asker, them, pair.created_at));
  PARLEY_TRY(ensure_row(domain_, pair.conversation, other, me));
  return Made{.id = pair.conversation, .was_there = claim.was_there};
}

Result<Made> Conversations::make_group(std::string_view asker, std::string_view title,
                                       const std::vector<std::string>& others) {
  PARLEY_TRY(check_title(title));
  std::vector<std::string> invited = others;
  std::ranges::sort(invited);
  invited.erase(std::ranges::unique(invited).begin(), invited.end());
  std::erase(invited, asker);
  if (invited.size() >= domain_.settings.members_max) {
    return refuse(RefusalReason::kTooManyMembers);
  }
  People people(domain_);
  std::vector<Person> everybody{PARLEY_TRY(people.profile(asker)).person};
  for (const std::string& user : invited) {
    everybody.push_back(PARLEY_TRY(people.profile(user)).person);
    if (PARLEY_TRY(people.is_blocked_between(asker, user))) return refuse(RefusalReason::kBlocked);
  }

  PARLEY_TRY(remove_unfinished());
  const std::string now = iso_utc(domain_.clock.now());
  ConversationMeta meta{.conversation = make_uuid(domain_.random),
                        .kind = ConversationKind::kGroup,
                        .title = std::string(title),
                        .created_at = now,
                        .created_by = std::string(asker),
                        .member_count = static_cast<long>(everybody.size()),
                        .making = true};
  const bool pinned = meta.member_count > domain_.settings.members_moved_max;
  TableCalls table(domain_);
  const ItemKey key = meta_key(meta.conversation);
  PARLEY_TRY(note_making(domain_, meta));
  PARLEY_TRY(attempted(table.put(key.pk, item_of(meta))));
  std::vector<MemberItem> members;
  for (const Person& person : everybody) {
    members.push_back({.conversation = meta.conversation,
                       .person = person,
                       .role = members.empty() ? MemberRole::kOwner : MemberRole::kMember,
                       .joined_at = now,
                       .row_sk = pinned ? "" : now,
                       .pinned = pinned});
    PARLEY_TRY(
        attempted(table.put(member_key(meta.conversation, person.id), item_of(members.back()))));
  }
  for (const MemberItem& member : members) {
    if (pinned) {
      PARLEY_TRY(put_pin(domain_, member));
    } else {
      PARLEY_TRY(place_first_row(domain_, member, shown_in_rows(meta)));
    }
  }
  PARLEY_TRY(finish_making(domain_, meta.conversation));
  // Who looked meanwhile has seen rows of a group that is passed over.
  for (const MemberItem& member : members) {
    domain_.reads.changed(key_of(kRowPrefix, member.person.id));
  }
  return Made{.id = meta.conversation};
}

Status check_title(std::string_view title) {
  const auto characters = count_characters(title);
  if (!characters || *characters > kTitleMax || is_blank(title) || has_control_characters(title)) {
    return refuse(RefusalReason::kInvalidInput,
                  fmt::format("The title has 1 to {} characters", kTitleMax));
  }
  return {};
}

}  // namespace parley::messaging
