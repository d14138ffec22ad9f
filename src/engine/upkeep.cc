#include "engine/upkeep.h"

#include <algorithm>

#include "engine/database_state.h"
#include "engine/expiry_sweep.h"

namespace parley::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kTrimInterval{1};

}  // namespace

Upkeep::~Upkeep() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::start(std::chrono::milliseconds ttl_interval) {
  thread_ = std::thread([this, ttl_interval] { run(ttl_interval); });
}

// What fails now (a full disk, say) is tried again the next time.
void Upkeep::run(std::chrono::milliseconds ttl_interval) {
  auto next_sweep = Clock::now() + ttl_interval;
  auto next_trim = Clock::now();
  std::unique_lock lock(mutex_);
  while (!stop_) {
    changed_.wait_until(lock, std::min(next_sweep, next_trim), [&] { return stop_.load(); });
    if (stop_) return;
    lock.unlock();
    const auto now = Clock::now();
    if (now >= next_sweep) {
      static_cast<void>(sweep_expired_items(state_, stop_));
      next_sweep = Clock::now() + ttl_interval;
    }
    if (now >= next_trim) {
      static_cast<void>(state_.streams.trim());
      next_trim = Clock::now() + kTrimInterval;
    }
    lock.lock();
  }
}

}  // namespace parley::engine
