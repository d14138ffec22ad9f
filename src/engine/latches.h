// Latches: short locks on stored keys, around read, check and submit. Striped: two keys may share a
// latch, which costs time and is never wrong.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <string_view>
#include <vector>

namespace parley::engine {

/// A mutex of four bytes that sleeps in the kernel only when it has to wait. Latches are held by
/// the hundred, more than debugging tools follow with std::mutex.
class Latch {
 public:
  void lock();
  void unlock();

 private:
  enum State : int { kFree, kHeld, kHeldAndWaitedFor };
  std::atomic<int> state_ = kFree;
};

/// Thread-safe. Deadlock-free as long as a thread takes all it needs in one call, and nothing more
/// until it has let go.
class Latches {
 public:
  static constexpr std::size_t kStripes = 1024;

  /// The latches of some keys, held until destroyed.
  class Guard {
   public:
    Guard(Guard&&) = default;
    Guard& operator=(Guard&&) = default;
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() = default;

   private:
    friend class Latches;
    Guard() = default;
    std::unique_lock<Latch> first_;  // the only one of most writes
    std::vector<std::unique_lock<Latch>> others_;
  };

  /// Blocks until it has the latch of `key`.
  [[nodiscard]] Guard lock(std::string_view key);
  /// Blocks until it has the latches of all `keys` (which may repeat), taken in one global order.
  [[nodiscard]] Guard lock_all_of(const std::vector<std::string_view>& keys);
  /// Every latch: no write is under way while it is held. For changes of the catalog.
  [[nodiscard]] Guard lock_everything();

 private:
  [[nodiscard]] static std::size_t stripe_of(std::string_view key);
  std::array<Latch, kStripes> stripes_;
};

}  // namespace parley::engine
