// Account: what the service holds about a person, told and erased.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

class Account {
 public:
  explicit Account(Domain& domain) : domain_(domain) {}

  /// Writes one JSON document piece by piece: the profile, blocks, every message the person has
  /// sent (oldest first in each conversation, also those that the person has left), memberships and
  /// reactions. `write` gets the pieces in order; after an error the document is not complete.
  /// Reads the whole table. Refuses kNoSuchPerson, kErased: before anything is written.
  [[nodiscard]] Status export_to(std::string_view asker,
                                 const std::function<void(std::string_view)>& write);

  /// Marks the account erased (it can do nothing from now on) and notes the erasure as to be done.
  /// Doing it again changes nothing. Refuses kNoSuchPerson.
  [[nodiscard]] Status begin_erasure(std::string_view asker);
  /// Does every erasure that is noted: leaves all conversations, empties the person's messages
  /// (they stay as deleted ones by "Deleted account"), removes handle, blocks and reactions, then
  /// the note. Whoever dies in the middle, the next call goes on. Every process may call it. Reads
  /// the whole table if there is anything to do. A note younger than half a minute stays, and its
  /// erasure is done once more by a later call: a message may have been under way.
  [[nodiscard]] Status complete_erasures();

 private:
  Domain& domain_;
};

}  // namespace parley::messaging
