// Random bytes as a parameter: the system's in the product, seeded in tests.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace parley {

/// Thread-safe; never blocks for long.
class Random {
 public:
  virtual ~Random() = default;
  [[nodiscard]] virtual std::uint64_t next_u64() = 0;
};

/// A per-thread generator seeded by the system; for identifiers, not for secrets.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next_u64() override;
};

/// The same numbers in every run; for tests.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : generator_(seed) {}
  [[nodiscard]] std::uint64_t next_u64() override {
    const std::scoped_lock lock(mutex_);
    return generator_();
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 generator_;
};

/// A version 4 UUID in lower case with hyphens (RFC 9562, section 5.4).
[[nodiscard]] std::string make_uuid(Random& random);

/// 52 characters of A–Z and 0–9, as AWS's x-amzn-RequestId has them.
[[nodiscard]] std::string make_request_id(Random& random);

}  // namespace parley
