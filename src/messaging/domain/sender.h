// Who may write in a conversation.
#pragma once

#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"

namespace parley::messaging {

/// The asker, if they may write there: send, edit, react, be seen typing. Of one of Parley's own
/// conversations one call to the database tells, consistently. Refuses kNoSuchPerson, kErased,
/// kNotAMember, kBlocked (in a conversation of two, by either).
[[nodiscard]] Result<Person> checked_sender(Domain& domain, std::string_view asker,
                                            std::string_view conversation);

}  // namespace parley::messaging
