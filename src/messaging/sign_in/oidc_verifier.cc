#include "messaging/sign_in/oidc_verifier.h"

#include <algorithm>
#include <array>
#include <utility>

#include "messaging/refusal.h"

namespace parley::messaging {

bool is_public_key_algorithm(std::string_view algorithm) {
  constexpr std::array<std::string_view, 9> kAlgorithms{"RS256", "RS384", "RS512", "PS256", "PS384",
                                                        "PS512", "ES256", "ES384", "ES512"};
  return std::ranges::find(kAlgorithms, algorithm) != kAlgorithms.end();
}

OidcVerifier::OidcVerifier(OidcSettings settings, const Clock& clock, FetchDocument fetch)
    : settings_(std::move(settings)),
      clock_(clock),
      keys_(settings_.claims.issuer, clock, std::move(fetch)) {}

std::optional<Identity> OidcVerifier::known(std::string_view token) {
  return verified_.find(token, clock_.now());
}

Result<Identity> OidcVerifier::verify(std::string_view token) {
  const TimestampMicros now = clock_.now();
  if (auto known = verified_.find(token, now)) return *std::move(known);
  const auto header = read_jwt_header(token);
  if (!header) return refuse(RefusalReason::kUnauthenticated, header.error().message);
  if (header->algorithm != settings_.algorithm) {
    return refuse(RefusalReason::kUnauthenticated,
                  "The token is signed in another way than agreed");
  }
  const JwtKey key = PARLEY_TRY(keys_.find(header->key_id));
  if (!key.fits(header->algorithm)) {
    return refuse(RefusalReason::kUnauthenticated, "The token's key is of another kind");
  }
  const auto payload = verified_jwt_payload(token, key);
  if (!payload) return refuse(RefusalReason::kUnauthenticated, payload.error().message);
  Identity identity = PARLEY_TRY(check_claims(*payload, settings_.claims, now));
  verified_.remember(token, identity);
  return identity;
}

}  // namespace parley::messaging
