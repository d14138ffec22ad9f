// OidcVerifier: tokens of an OIDC issuer, whichever it is.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "messaging/sign_in/issuer_keys.h"
#include "messaging/sign_in/sign_in.h"
#include "messaging/sign_in/token_claims.h"
#include "messaging/sign_in/verified_tokens.h"

namespace parley::messaging {

struct OidcSettings {
  ClaimsExpected claims = {};
  /// The one that tokens may be signed with: "RS256", "ES256" and their kin; never "none", never a
  /// shared secret.
  std::string algorithm = "RS256";
};

/// Whether a token may be pinned to this algorithm at all.
[[nodiscard]] bool is_public_key_algorithm(std::string_view algorithm);

class OidcVerifier final : public TokenVerifier {
 public:
  /// `clock` is borrowed.
  OidcVerifier(OidcSettings settings, const Clock& clock, FetchDocument fetch = http_fetch());

  [[nodiscard]] Result<Identity> verify(std::string_view token) override;
  [[nodiscard]] std::optional<Identity> known(std::string_view token) override;

 private:
  const OidcSettings settings_;
  const Clock& clock_;
  IssuerKeys keys_;
  VerifiedTokens verified_;
};

}  // namespace parley::messaging
