// The first and the last step of making a group, between which it is unfinished.
#pragma once

#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"

namespace parley::messaging {

/// Notes that the group is being made, before anything of it is there. Whoever finds the note ten
/// minutes later removes it with all that there is (Conversations::remove_unfinished).
[[nodiscard]] Status note_making(Domain& domain, const ConversationMeta& meta);

/// The group is complete: readers see it from now on. kUnavailable: it took too long and is given
/// up; nothing is left of it.
[[nodiscard]] Status finish_making(Domain& domain, std::string_view conversation);

}  // namespace parley::messaging
