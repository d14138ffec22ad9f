// VerifiedTokens: tokens that were found good, so that a signature is not checked at every request.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "messaging/sign_in/token_claims.h"

namespace parley::messaging {

/// Thread-safe. Forgets what was used longest ago.
class VerifiedTokens {
 public:
  explicit VerifiedTokens(std::size_t tokens_max = 10'000) : tokens_max_(tokens_max) {}

  /// None for a token that is not known to be good at `now`.
  [[nodiscard]] std::optional<Identity> find(std::string_view token, TimestampMicros now);
  void remember(std::string_view token, const CheckedClaims& claims);

 private:
  struct Entry {
    std::string token;
    CheckedClaims claims;
  };
  const std::size_t tokens_max_;
  std::mutex mutex_;         // guards what follows
  std::list<Entry> recent_;  // the most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_token_;
};

}  // namespace parley::messaging
