// HttpMetrics: what became of requests, counted.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace parley::messaging {

/// Thread-safe.
class HttpMetrics {
 public:
  void count(int status) {
    const auto index = static_cast<std::size_t>(status / 100);
    ++by_class_[index < by_class_.size() ? index : 0];
  }
  /// Replies with a status of `status_class`00 to 99: 2 to 5.
  [[nodiscard]] std::uint64_t replies(std::size_t status_class) const {
    return by_class_[status_class];
  }

 private:
  std::array<std::atomic<std::uint64_t>, 6> by_class_ = {};
};

}  // namespace parley::messaging
