#include "messaging/sign_in/rate_limit.h"

#include <algorithm>
#include <cmath>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

constexpr double kMicrosPerSecond = 1e6;

}  // namespace

RateLimits::Buckets RateLimits::full_buckets() const {
  Buckets full{.tokens = {}, .filled_at = clock_.now()};
  for (std::size_t i = 0; i < kRateKinds; ++i) full.tokens[i] = settings_.rates[i].burst;
  return full;
}

Status RateLimits::take(std::string_view person, RateKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  const Rate& rate = settings_.rates[index];
  if (rate.per_second <= 0) return {};
  const TimestampMicros now = clock_.now();
  const std::scoped_lock lock(mutex_);
  Buckets* const known = buckets_.find(person);
  Buckets& buckets = known != nullptr ? *known : buckets_.put(person, full_buckets());
  // A clock that was put back gives nothing and takes nothing.
  const double elapsed_s =
      std::max(0.0, static_cast<double>(now - buckets.filled_at) / kMicrosPerSecond);
  buckets.filled_at = now;
  for (std::size_t i = 0; i < kRateKinds; ++i) {
    buckets.tokens[i] = std::min(settings_.rates[i].burst,
                                 buckets.tokens[i] + elapsed_s * settings_.rates[i].per_second);
  }
  double& tokens = buckets.tokens[index];
  if (tokens < 1) {
    const int wait_s = std::max(1, static_cast<int>(std::ceil((1 - tokens) / rate.per_second)));
    return refuse(RefusalReason::kRateLimited, "", wait_s);
  }
  tokens -= 1;
  return {};
}

}  // namespace parley::messaging
