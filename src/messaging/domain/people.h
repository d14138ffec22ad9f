// People: profiles, handles and blocks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"

namespace parley::messaging {

struct Profile {
  Person person = {};
  std::string created_at = {};
  bool erased = false;
};

inline constexpr std::size_t kDisplayNameMax = 50;  // characters

class People {
 public:
  explicit People(Domain& domain) : domain_(domain) {}

  /// The person's profile, made if there is none: the first sign-in. `wished_handle` is bent into
  /// shape (docs/formats/messaging.md) and, if it is taken, numbered; a `display_name` that is none
  /// is replaced by it. What an earlier call left half done (handles.h, names.h) is brought to its
  /// end. Refuses kErased.
  [[nodiscard]] Result<Profile> ensure(std::string_view id, std::string_view wished_handle,
                                       std::string_view display_name);
  /// Refuses kNoSuchPerson; an erased person is none.
  [[nodiscard]] Result<Profile> profile(std::string_view id);
  /// Whether there is such a person who is not erased. Eventually consistent.
  [[nodiscard]] Result<bool> is_active(std::string_view id);
  [[nodiscard]] Result<Person> by_handle(std::string_view handle);

  /// Empty texts change nothing. Names in conversations (rows, members) follow in time: they are
  /// changed here for every conversation the person is in. Refuses kHandleTaken, kHandleInvalid,
  /// kInvalidInput (a display name that is blank, has control characters or over kDisplayNameMax
  /// characters), kNoSuchPerson, kErased.
  [[nodiscard]] Result<Profile> rename(std::string_view asker, std::string_view handle,
                                       std::string_view display_name);

  /// Blocking again changes nothing, nor does unblocking somebody who is not blocked. Refuses
  /// kNoSuchPerson, kInvalidInput (oneself).
  [[nodiscard]] Status block(std::string_view asker, std::string_view user);
  [[nodiscard]] Status unblock(std::string_view asker, std::string_view user);
  /// Erased people are left out.
  [[nodiscard]] Result<std::vector<Person>> blocked(std::string_view asker);
  /// Whether one of the two has blocked the other. Read consistently.
  [[nodiscard]] Result<bool> is_blocked_between(std::string_view one, std::string_view other);

 private:
  Domain& domain_;
};

}  // namespace parley::messaging
