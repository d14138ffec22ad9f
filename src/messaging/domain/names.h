// Names: the copies that conversations keep of what a person is called, brought up to date.
#pragma once

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"

namespace parley::messaging {

/// Puts the person's handle and display name into the person's member items and into the rows that
/// show the person to the others of two. Rows that move meanwhile are followed. May be done again
/// at any time. Errors: the database's.
[[nodiscard]] Status spread_name(Domain& domain, const Person& person);

}  // namespace parley::messaging
