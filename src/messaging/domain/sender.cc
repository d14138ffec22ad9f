#include "messaging/domain/sender.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/handles.h"
#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/query_pages.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// The other person of a conversation of two; empty: it is a group, or there is nobody.
Result<std::string> other_of_two(Domain& domain, const MemberItem& me) {
  // META sorts after every member: of a conversation of two this is all there is.
  constexpr int kItems = 3;
  bool is_group = false;
  bool has_meta = false;
  std::string other;
  int seen = 0;
  PARLEY_TRY(for_each_item(
      domain.database,
      fmt::format(R"({{"TableName":{},"ConsistentRead":true,"KeyConditionExpression":"pk = :pk",)"
                  R"("ScanIndexForward":false,"Limit":{}{})",
                  json_string(domain.settings.table), kItems,
                  Parameters().text(":pk", key_of(kConversationPrefix, me.conversation)).json()),
      [&](const simdjson::dom::element& item) {
        if (const auto meta = meta_of(item)) {
          has_meta = true;
          is_group = meta->kind == ConversationKind::kGroup;
        } else if (auto member = member_of(item); member && member->person.id != me.person.id) {
          other = std::move(member->person.id);
        }
        return !is_group && ++seen < kItems;
      }));
  if (is_group || has_meta || !other.empty()) return is_group ? std::string() : other;
  // The founding document's conversations have rows alone.
  if (me.row_sk.empty()) return std::string();
  const auto row =
      PARLEY_TRY(TableCalls(domain).get({key_of(kRowPrefix, me.person.id), me.row_sk}, row_of));
  return row && row->conversation == me.conversation ? row->other.id : std::string();
}

constexpr std::string_view kGroup = "group";

/// Whom the conversation has, besides the asker, that could have blocked them.
struct Others {
  bool known = false;  // false: it takes a closer look (other_of_two)
  bool is_group = false;
  std::string other = {};  // of a conversation of two
};

/// It is what it is for as long as there is the conversation: so nobody need tell the cache of its
/// changes, and this has a collection of its own there.
Result<Others> others_of(Domain& domain, std::string_view asker, std::string_view conversation) {
  const auto make = [&]() -> Result<std::string> {
    std::string text;
    bool has_meta = false;
    const std::string input = fmt::format(
        R"({{{},"KeyConditionExpression":"pk = :pk","ScanIndexForward":false,"Limit":3{})",
        TableCalls(domain).table(),
        Parameters().text(":pk", key_of(kConversationPrefix, conversation)).json());
    int seen = 0;
    PARLEY_TRY(for_each_item(domain.database, input, [&](const simdjson::dom::element& item) {
      if (const auto meta = meta_of(item)) {
        has_meta = true;
        if (meta->kind == ConversationKind::kGroup) text = kGroup;
      } else if (const auto member = member_of(item)) {
        if (has_meta && member->person.id != asker) text = member->person.id;
      }
      return text.empty() && ++seen < 3;
    }));
    return text;
  };
  const auto text = PARLEY_TRY(domain.reads.made(fmt::format("TWO#{}", conversation), asker, make));
  Others others{.known = !text->empty(), .is_group = *text == kGroup};
  if (!others.is_group) others.other = *text;
  return others;
}

/// What a sender is, in one call to the database.
struct Sender {
  std::optional<ProfileItem> profile = {};
  bool is_member = false;
  bool is_blocked = false;
};

Result<Sender> read_sender(Domain& domain, std::string_view asker, std::string_view conversation,
                           const Others& others) {
  std::vector<ItemKey> keys{
      profile_key(asker),
      {key_of(kConversationPrefix, conversation), key_of(kMemberPrefix, asker)}};
  if (!others.other.empty()) {
    keys.push_back({key_of(kBlockPrefix, asker), others.other});
    keys.push_back({key_of(kBlockPrefix, others.other), std::string(asker)});
  }
  Sender sender;
  PARLEY_TRY(visit_many(domain, keys, [&](const simdjson::dom::element& item) {
    if (auto profile = profile_item_of(item)) {
      sender.profile = std::move(profile);
    } else if (member_of(item)) {
      sender.is_member = true;
    } else {
      sender.is_blocked = true;
    }
  }));
  return sender;
}

}  // namespace

// What the items of Parley's own conversations do not say is looked for where the founding
// document's have it.
Result<Person> checked_sender(Domain& domain, std::string_view asker,
                              std::string_view conversation) {
  const Others others = PARLEY_TRY(others_of(domain, asker, conversation));
  Sender sender = PARLEY_TRY(read_sender(domain, asker, conversation, others));
  if (!sender.profile) return refuse(RefusalReason::kNoSuchPerson);
  if (!sender.profile->erased_at.empty()) return refuse(RefusalReason::kErased);
  if (!sender.is_member || !others.known) {
    const MemberItem me =
        PARLEY_TRY(Conversations(domain).membership(asker, conversation, Freshness::kConsistent));
    const std::string other = PARLEY_TRY(other_of_two(domain, me));
    if (!other.empty()) {
      sender.is_blocked = PARLEY_TRY(People(domain).is_blocked_between(asker, other));
    }
  }
  if (sender.is_blocked) return refuse(RefusalReason::kBlocked);
  return std::move(sender.profile->person);
}

}  // namespace parley::messaging
