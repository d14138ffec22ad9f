#include "messaging/sign_in/verified_tokens.h"

namespace parley::messaging {

std::optional<Identity> VerifiedTokens::find(std::string_view token, TimestampMicros now) {
  const std::scoped_lock lock(mutex_);
  const Identity* identity = identities_.find(token);
  if (identity == nullptr) return std::nullopt;
  if (now < identity->expires_at) return *identity;
  identities_.erase(token);
  return std::nullopt;
}

void VerifiedTokens::remember(std::string_view token, const Identity& identity) {
  const std::scoped_lock lock(mutex_);
  identities_.put(token, identity);
}

}  // namespace parley::messaging
