// Conversation rows as the domain makes and removes them; the trigger moves them (member_row.h).
// The member item comes first and says where the row is: a row that it does not name is passed over
// by readers.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"

namespace parley::messaging {

/// What a member's row says of the conversation: the other person, or the group.
[[nodiscard]] Person shown_in_rows(const ConversationMeta& group);

/// The items, as keys.
[[nodiscard]] ItemKey member_key(std::string_view conversation, std::string_view user);
[[nodiscard]] ItemKey meta_key(std::string_view conversation);

/// Puts the row where the member item says it is, unless it is there. Where the row of another
/// conversation stands, it goes a microsecond later. Who is no member, or has left, gets none.
[[nodiscard]] Status ensure_row(Domain& domain, std::string_view conversation,
                                std::string_view user, const Person& shown);

/// The same for a row without a message that nobody can have moved yet, in one call where its place
/// is free.
[[nodiscard]] Status place_first_row(Domain& domain, const MemberItem& member, const Person& shown);

/// Gives a member who has left a conversation of two a row again, where its newest message is, or
/// at `created_at`.
[[nodiscard]] Status bring_back_row(Domain& domain, std::string_view conversation,
                                    std::string_view user, const Person& shown,
                                    std::string_view created_at);

/// Removes every row of the conversation that the user has.
[[nodiscard]] Status remove_rows(Domain& domain, std::string_view conversation,
                                 std::string_view user);

/// Writes the item by which a member of a large group finds it.
[[nodiscard]] Status put_pin(Domain& domain, const MemberItem& member);

/// Refuses kInvalidInput for what is no title of a group.
[[nodiscard]] Status check_title(std::string_view title);

/// Removes one row if it is of this conversation.
[[nodiscard]] Status remove_row(Domain& domain, std::string_view conversation,
                                std::string_view user, std::string_view sort_key);

}  // namespace parley::messaging
