// What follows from who is in a conversation, put right whenever that has changed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

/// Makes META's member_count the number of member items; gives a group without an owner the member
/// of longest standing as one; and where the members are more than members_moved_max, pins those
/// who are not pinned yet: a pinned item, then the mark at the member item, and at last the count,
/// so that a conversation that counts as large has been pinned. Who is pinned stays so when the
/// group shrinks: META shows them what is newest, as before. Whoever changes who is a member calls
/// this afterwards; calling it again, after a crash anywhere, completes it. A conversation without
/// META is left alone.
[[nodiscard]] Status settle_members(Domain& domain, std::string_view conversation);

}  // namespace parley::messaging
