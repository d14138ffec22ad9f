// Lease: one of several processes does something; which one, an item of the messaging table says.
//
// It is held until a time, by the holder's clock, and renewed long before. A process that dies, or
// cannot reach the table, loses it by waiting. Two may think they hold it for as long as their
// clocks differ: what is done under a lease must do no harm when it is done twice.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

/// Thread-safe. Borrows the domain.
class Lease {
 public:
  /// `holder`: unlike any other process's.
  Lease(Domain& domain, std::string name, std::string holder, std::chrono::milliseconds time)
      : domain_(domain), name_(std::move(name)), holder_(std::move(holder)), time_(time) {}

  /// Takes it if it is free or ours, for its whole time from now. Whether it is ours. Errors: the
  /// database's; it is held as long as before then.
  [[nodiscard]] Result<bool> take();
  /// Gives it back, if it is ours, so that another need not wait.
  void give_back();
  /// Whether it is ours still, by our clock; asks nobody.
  [[nodiscard]] bool is_held() const;

 private:
  Domain& domain_;
  const std::string name_;
  const std::string holder_;
  const std::chrono::milliseconds time_;
  std::atomic<TimestampMicros> held_until_ = 0;
};

}  // namespace parley::messaging
