#include "base/random.h"

#include <string_view>

namespace parley {

std::uint64_t SystemRandom::next_u64() {
  thread_local std::mt19937_64 generator{(std::uint64_t{std::random_device{}()} << 32) |
                                         std::random_device{}()};
  return generator();
}

std::string make_uuid(Random& random) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::uint64_t words[2] = {random.next_u64(), random.next_u64()};
  words[0] = (words[0] & 0xffffffffffff0fffULL) | 0x4000ULL;              // version 4
  words[1] = (words[1] & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;  // variant 10
  std::string out;
  out.reserve(36);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) out.push_back('-');
    const std::uint64_t word = words[nibble / 16];
    out.push_back(kHex[(word >> (60 - 4 * (nibble % 16))) & 0xf]);
  }
  return out;
}

std::string make_request_id(Random& random) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr int kLength = 52;
  std::string out(kLength, 'A');
  std::uint64_t bits = 0;
  for (int i = 0; i < kLength; ++i) {
    if (i % 12 == 0) bits = random.next_u64();  // 36^12 < 2^64
    out[static_cast<std::size_t>(i)] = kAlphabet[bits % kAlphabet.size()];
    bits /= kAlphabet.size();
  }
  return out;
}

}  // namespace parley
