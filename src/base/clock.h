// The clock is a parameter everywhere, so that tests fix it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace parley {

/// Microseconds since the Unix epoch, UTC.
using TimestampMicros = std::int64_t;

/// Wall time. Thread-safe; never blocks.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimestampMicros now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimestampMicros now() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

/// Stands still until told otherwise; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimestampMicros start) : now_(start) {}
  [[nodiscard]] TimestampMicros now() const override { return now_.load(); }
  void advance(std::chrono::microseconds by) { now_ += by.count(); }

 private:
  std::atomic<TimestampMicros> now_;
};

}  // namespace parley
