// Counting what a member has not read, as docs/formats/messaging.md defines it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"

namespace parley::messaging {

/// Which messages are counted.
struct UnreadRange {
  std::string after = {};  // canonical, exclusive; empty: from the beginning
  std::string up_to = {};  // canonical, inclusive; empty: to the end
  bool foreign_times =
      false;  // sort keys may be in other forms: of the founding document's programs
  Freshness freshness = Freshness::kConsistent;
};

/// Messages by others than `user`, not deleted, in the range; kUnreadMax means so many or more.
[[nodiscard]] Result<long> count_unread(Domain& domain, std::string_view conversation,
                                        std::string_view user, const UnreadRange& range);

/// Counts the member's unread messages again and stores the number. `has_meta`: it is a
/// conversation of Parley's. `read`: a canonical time up to which everything is read from now on,
/// if it was not; or empty. A member that is there no more is no error.
[[nodiscard]] Status recount_unread(Domain& domain, std::string_view conversation,
                                    std::string_view user, bool has_meta,
                                    std::string_view read = {});

/// Adds to the condition that the member is as it was seen: its row where it was, showing the same
/// message, and nothing more read. Takes :seen_row, :seen_message and :seen_read.
void expect_unchanged(const MemberItem& seen, ItemChange& change);
/// And that nobody has counted again meanwhile. Takes :seen_recounts.
void expect_recounts(const MemberItem& seen, ItemChange& change);

/// The member item that a row of the founding document's programs stands for: everything before the
/// message that it shows counts as read.
[[nodiscard]] MemberItem member_of_row(std::string_view conversation, std::string_view user,
                                       std::string_view row_sort_key);

}  // namespace parley::messaging
