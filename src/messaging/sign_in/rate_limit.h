// RateLimits: how often a person may do what. Token buckets, in this process alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/recent_map.h"

namespace parley::messaging {

enum class RateKind : std::uint8_t { kRead, kSend, kMake, kSignal };
inline constexpr std::size_t kRateKinds = 4;

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;
};

struct RateLimitSettings {
  // By RateKind. Reading, sending (also editing and reacting), making (conversations, invitations,
  // blocks, profiles), signalling (typing, read markers).
  std::array<Rate, kRateKinds> rates = {Rate{50, 200}, Rate{5, 30}, Rate{1, 20}, Rate{10, 50}};
  std::size_t people_max =
      100'000;  // remembered; beyond, the one not seen for longest is forgotten
};

/// Thread-safe; never blocks for long. Borrows the clock.
class RateLimits {
 public:
  RateLimits(const Clock& clock, const RateLimitSettings& settings)
      : clock_(clock), settings_(settings), buckets_(settings.people_max) {}

  /// Takes one of the person's tokens. Refuses kRateLimited with the seconds (1 or more) after
  /// which there will be one.
  [[nodiscard]] Status take(std::string_view person, RateKind kind);

 private:
  struct Buckets {
    std::array<double, kRateKinds> tokens;
    TimestampMicros filled_at;
  };
  [[nodiscard]] Buckets full_buckets() const;

  const Clock& clock_;
  const RateLimitSettings settings_;
  std::mutex mutex_;            // guards what follows
  RecentMap<Buckets> buckets_;  // by person
};

}  // namespace parley::messaging
