// VerifiedTokens: tokens that were found good, so that a signature is not checked at every request.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "messaging/recent_map.h"
#include "messaging/sign_in/sign_in.h"

namespace parley::messaging {

/// Thread-safe. Forgets what was used longest ago.
class VerifiedTokens {
 public:
  explicit VerifiedTokens(std::size_t tokens_max = 10'000) : identities_(tokens_max) {}

  /// None for a token that is not known to be good at `now`.
  [[nodiscard]] std::optional<Identity> find(std::string_view token, TimestampMicros now);
  void remember(std::string_view token, const Identity& identity);

 private:
  std::mutex mutex_;                // guards what follows
  RecentMap<Identity> identities_;  // by token
};

}  // namespace parley::messaging
