#include "messaging/sign_in/verified_tokens.h"

namespace parley::messaging {

std::optional<Identity> VerifiedTokens::find(std::string_view token, TimestampMicros now) {
  const std::scoped_lock lock(mutex_);
  const CheckedClaims* claims = claims_.find(token);
  if (claims == nullptr) return std::nullopt;
  if (now < claims->expires_at) return claims->identity;
  claims_.erase(token);
  return std::nullopt;
}

void VerifiedTokens::remember(std::string_view token, const CheckedClaims& claims) {
  const std::scoped_lock lock(mutex_);
  claims_.put(token, claims);
}

}  // namespace parley::messaging
