// Who is in a conversation, as far as the trigger needs to know, and where their rows are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"

namespace parley::messaging {

struct Member {
  MemberItem item = {};   // without a MEMBER item: what member_of_row() makes of the row
  bool has_item = false;  // there is a MEMBER item
  std::vector<std::string> surplus_rows = {};  // sort keys of other rows of the same conversation
};

struct Conversation {
  std::string id = {};
  std::optional<ConversationMeta> meta = {};  // none: the founding document's programs made it
  bool is_large = false;                      // then the members are not listed
  std::vector<Member> members = {};
};

/// Reads META and the members; in the index those whom only their rows know, if there is no META.
/// Errors: the database's.
[[nodiscard]] Result<Conversation> load_conversation(Domain& domain,
                                                     const std::string& conversation);

/// The member as the database has it now; none if the user is not one. Without META it takes a row,
/// or nothing at all: then the row is made with the next message.
[[nodiscard]] Result<std::optional<Member>> locate_member(Domain& domain,
                                                          const Conversation& conversation,
                                                          const std::string& user);

}  // namespace parley::messaging
