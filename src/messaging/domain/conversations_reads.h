// Reads that several parts of Conversations do, through the cache.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"

namespace parley::messaging {

using ItemVisitor = std::function<void(const simdjson::dom::element&)>;

/// Hands over the item, eventually consistent; false: there is none.
[[nodiscard]] Result<bool> visit_cached(Domain& domain, const ItemKey& key,
                                        const ItemVisitor& visitor);
/// The item as `reader` (member_of, …) sees it; none if there is none.
template <class Value>
[[nodiscard]] Result<std::optional<Value>> get_cached(
    Domain& domain, const ItemKey& key,
    std::optional<Value> (*reader)(const simdjson::dom::element&)) {
  std::optional<Value> value;
  PARLEY_TRY(attempted(visit_cached(
      domain, key, [&](const simdjson::dom::element& item) { value = reader(item); })));
  return value;
}

/// Visits the items of a collection whose sort keys begin with `prefix` (which may be empty).
[[nodiscard]] Status for_each_cached(Domain& domain, const std::string& pk, std::string_view prefix,
                                     const ItemVisitor& visitor);

/// Visits these items, of any collections, in any order, in one call to the database for a hundred.
/// For `reads` they are part of `collection`, whose changes must be told together with theirs.
[[nodiscard]] Status visit_many_cached(Domain& domain, Reads& reads, const std::string& collection,
                                       const std::vector<ItemKey>& keys,
                                       const ItemVisitor& visitor);

/// The same past the cache, read consistently.
[[nodiscard]] Status visit_many(Domain& domain, const std::vector<ItemKey>& keys,
                                const ItemVisitor& visitor);

/// Visits the rows that the index has of a conversation.
[[nodiscard]] Status for_each_row_of(Domain& domain, std::string_view conversation,
                                     const std::function<void(const ConversationRow&)>& visitor);

/// Whether the conversation is one of Parley's.
[[nodiscard]] Result<bool> has_meta(Domain& domain, std::string_view conversation);

/// What the member has not read, as a view says it: at most kUnreadMax.
[[nodiscard]] Result<long> unread_of(Domain& domain, const MemberItem& member);

/// The sender of the last message: `stored`, by the name of today where the member or `other` is
/// meant; none if nobody is stored.
[[nodiscard]] std::optional<Person> sender_as_seen(const Person& stored, const Person& me,
                                                   const std::optional<Person>& other);

/// Where a view lacks the sender of its last message, because another program wrote its row, the
/// message itself is asked, in one call for all; it may be gone. `asker`: whose views they are.
[[nodiscard]] Status look_up_senders(Domain& domain, Reads& reads, std::string_view asker,
                                     const std::vector<ConversationView*>& views);

/// What META and the member item say together.
[[nodiscard]] Result<ConversationView> view_of(Domain& domain, const MemberItem& member,
                                               const ConversationMeta& meta,
                                               const std::optional<Person>& other);

}  // namespace parley::messaging
