// Sign-in: who a bearer token speaks for. Two ways, one of them in charge: an OIDC issuer, whose
// tokens are verified (oidc_verifier.h), or the built-in one (built_in_issuer.h), for local use.
//
//   cursors.h     where a page goes on, as a text of use to one person
//   rate_limit.h  how often a person may do what
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace parley::messaging {

/// Whom a token vouches for.
struct Identity {
  std::string person_id = {};  // a UUID in lower case
  // What the token says of them, for a profile that does not exist yet; both may be empty.
  std::string wished_handle = {};
  std::string display_name = {};
  TimestampMicros expires_at = 0;  // of the token, with the leeway
};

/// Thread-safe.
class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  /// Refuses kUnauthenticated, in words that tell a client nothing but what it could know. Errors:
  /// kUnavailable when the issuer's keys are needed and cannot be had. May block for that.
  [[nodiscard]] virtual Result<Identity> verify(std::string_view token) = 0;
  /// Whom a token vouches for that was verified before; none if it has to be verified. Does not
  /// block.
  [[nodiscard]] virtual std::optional<Identity> known(std::string_view token) = 0;
};

struct IssuedToken {
  std::string token;
  std::chrono::seconds expires_in;
};

}  // namespace parley::messaging
