// Latencies: how often each latency was seen, in buckets that are never wider than 1/128 of what
// they hold.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace parley::bench {

/// Not thread-safe: each worker has one of its own, and they are added up in the end.
class Latencies {
 public:
  void add(std::chrono::nanoseconds latency) {
    ++counts_[bucket(static_cast<std::uint64_t>(latency.count()))];
    ++total_;
  }

  void add(const Latencies& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }

  [[nodiscard]] std::uint64_t total() const { return total_; }

  /// The least latency that `share` of all (0 to 1) do not exceed, rounded down to its bucket's
  /// lower bound; 0 where nothing was added.
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > 0 && seen >= wanted) return std::chrono::nanoseconds(lower_bound(i));
    }
    return {};
  }

 private:
  static constexpr int kMantissaBits = 7;
  static constexpr std::uint64_t kMantissas = std::uint64_t{1} << kMantissaBits;

  static std::size_t bucket(std::uint64_t value) {
    const auto width = static_cast<int>(std::bit_width(value));
    if (width <= kMantissaBits) return value;
    const int shift = width - kMantissaBits - 1;
    return static_cast<std::size_t>(shift + 1) * kMantissas + ((value >> shift) - kMantissas);
  }

  static std::uint64_t lower_bound(std::size_t index) {
    const std::uint64_t shift = index / kMantissas;
    if (shift == 0) return index;
    return (kMantissas + index % kMantissas) << (shift - 1);
  }

  std::array<std::uint64_t, (64 - kMantissaBits + 1) * kMantissas> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace parley::bench
