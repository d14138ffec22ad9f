// LocalSignIn: the built-in issuer as people meet it. It signs in anybody who says a handle, so it
// is for one machine only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/domain/items.h"
#include "messaging/sign_in/sign_in.h"

namespace parley::messaging {

/// Thread-safe.
class LocalSignIn {
 public:
  virtual ~LocalSignIn() = default;
  /// The demo people and those who have signed in here before, in the order of their handles. May
  /// block.
  [[nodiscard]] virtual Result<std::vector<Person>> people() = 0;
  /// A token for the person of that handle, who is made if there is none. Refuses kHandleInvalid.
  [[nodiscard]] virtual Result<IssuedToken> sign_in(std::string_view handle,
                                                    std::string_view display_name) = 0;
};

}  // namespace parley::messaging
