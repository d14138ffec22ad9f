#include "messaging/sign_in/verified_tokens.h"

namespace parley::messaging {

std::optional<Identity> VerifiedTokens::find(std::string_view token, TimestampMicros now) {
  const std::scoped_lock lock(mutex_);
  const auto known = by_token_.find(token);
  if (known == by_token_.end()) return std::nullopt;
  const auto entry = known->second;
  if (now >= entry->claims.expires_at) {
    by_token_.erase(known);
    recent_.erase(entry);
    return std::nullopt;
  }
  recent_.splice(recent_.begin(), recent_, entry);
  return entry->claims.identity;
}

void VerifiedTokens::remember(std::string_view token, const CheckedClaims& claims) {
  const std::scoped_lock lock(mutex_);
  if (by_token_.contains(token)) return;
  recent_.push_front({std::string(token), claims});
  by_token_.emplace(recent_.front().token, recent_.begin());
  if (recent_.size() > tokens_max_) {
    by_token_.erase(recent_.back().token);
    recent_.pop_back();
  }
}

}  // namespace parley::messaging
