// What a verified token's claims must say, and whom they name.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/sign_in/sign_in.h"

namespace parley::messaging {

struct ClaimsExpected {
  std::string issuer = {};
  /// One of the token's audiences, or (as access tokens of Amazon Cognito have it) its client_id.
  std::string audience = {};
  std::chrono::seconds leeway{60};  // between the issuer's clock and ours
};

/// Refuses kUnauthenticated for claims that are missing, of the wrong type, for somebody else, over
/// or not yet begun. Source: RFC 7519, section 4.1; OpenID Connect Core 1.0, section 3.1.3.7.
[[nodiscard]] Result<Identity> check_claims(std::string_view payload,
                                            const ClaimsExpected& expected, TimestampMicros now);

/// `subject` in lower case if it is a UUID (as Cognito's are), else the UUID of version 5 (RFC
/// 9562, section 5.5) of issuer and subject.
[[nodiscard]] std::string person_id_of(std::string_view issuer, std::string_view subject);

}  // namespace parley::messaging
