#include "engine/latches.h"

#include <algorithm>

#include "base/checksum.h"

namespace parley::engine {

// Source: Ulrich Drepper, "Futexes Are Tricky", the second mutex.
void Latch::lock() {
  int state = kFree;
  if (state_.compare_exchange_strong(state, kHeld, std::memory_order_acquire)) return;
  if (state != kHeldAndWaitedFor) {
    state = state_.exchange(kHeldAndWaitedFor, std::memory_order_acquire);
  }
  while (state != kFree) {
    state_.wait(kHeldAndWaitedFor);
    state = state_.exchange(kHeldAndWaitedFor, std::memory_order_acquire);
  }
}

void Latch::unlock() {
  if (state_.exchange(kFree, std::memory_order_release) == kHeldAndWaitedFor) state_.notify_one();
}

Latches::Guard Latches::lock(std::string_view key) {
  Guard guard;
  guard.first_ = std::unique_lock(stripes_[stripe_of(key)]);
  return guard;
}

Latches::Guard Latches::lock_all_of(const std::vector<std::string_view>& keys) {
  std::vector<std::size_t> stripes;
  stripes.reserve(keys.size());
  for (const auto key : keys) stripes.push_back(stripe_of(key));
  std::ranges::sort(stripes);
  stripes.erase(std::unique(stripes.begin(), stripes.end()), stripes.end());
  Guard guard;
  guard.others_.reserve(stripes.size());
  for (const auto stripe : stripes) guard.others_.emplace_back(stripes_[stripe]);
  return guard;
}

Latches::Guard Latches::lock_everything() {
  Guard guard;
  guard.others_.reserve(kStripes);
  for (auto& stripe : stripes_) guard.others_.emplace_back(stripe);
  return guard;
}

std::size_t Latches::stripe_of(std::string_view key) {
  return hash64(key) % kStripes;
}

}  // namespace parley::engine
