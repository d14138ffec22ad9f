#include "base/md5.h"

#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace parley {
namespace {

constexpr std::size_t kBlockSize = 64;
constexpr std::size_t kLengthSize = 8;

// floor(2^32 × |sin(i + 1)|)
constexpr std::array<std::uint32_t, 64> kSines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

constexpr std::array<std::array<int, 4>, 4> kShifts = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

using State = std::array<std::uint32_t, 4>;

std::uint32_t read_u32_le(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

/// Step `kStep` of a block's 64; the step after it has the four turned by one place.
template <std::size_t kStep>
void step(std::uint32_t& a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
          const unsigned char* block) {
  constexpr std::size_t kRound = kStep / 16;
  constexpr std::array<std::size_t, 4> kWords = {kStep % 16, (5 * kStep + 1) % 16,
                                                 (3 * kStep + 5) % 16, 7 * kStep % 16};
  a += kSines[kStep] + read_u32_le(block + 4 * kWords[kRound]);
  if constexpr (kRound == 0) {
    a += d ^ (b & (c ^ d));
  } else if constexpr (kRound == 1) {
    a += (d & b) + (~d & c);
  } else if constexpr (kRound == 2) {
    a += b ^ c ^ d;
  } else {
    a += c ^ (b | ~d);
  }
  a = b + std::rotl(a, kShifts[kRound][kStep % 4]);
}

/// All steps spelt out, four at a time: a loop would take more than twice as long.
template <std::size_t... kFour>
void append_block(State& state, const unsigned char* block, std::index_sequence<kFour...>) {
  auto [a, b, c, d] = state;
  const auto four_steps = [&](auto first) {
    constexpr std::size_t kFirst = decltype(first)::value;
    step<kFirst>(a, b, c, d, block);
    step<kFirst + 1>(d, a, b, c, block);
    step<kFirst + 2>(c, d, a, b, block);
    step<kFirst + 3>(b, c, d, a, block);
  };
  (four_steps(std::integral_constant<std::size_t, 4 * kFour>{}), ...);
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

void append_block(State& state, const unsigned char* block) {
  append_block(state, block, std::make_index_sequence<16>{});
}

}  // namespace

Md5Digest md5(std::string_view bytes) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  std::array<unsigned char, kBlockSize> block{};
  while (bytes.size() >= kBlockSize) {
    std::memcpy(block.data(), bytes.data(), kBlockSize);
    append_block(state, block.data());
    bytes.remove_prefix(kBlockSize);
  }
  block.fill(0);
  if (!bytes.empty()) std::memcpy(block.data(), bytes.data(), bytes.size());
  block[bytes.size()] = 0x80;
  if (bytes.size() >= kBlockSize - kLengthSize) {
    append_block(state, block.data());
    block.fill(0);
  }
  for (std::size_t i = 0; i < kLengthSize; ++i) {
    block[kBlockSize - kLengthSize + i] = static_cast<unsigned char>(bits >> (8 * i));
  }
  append_block(state, block.data());
  Md5Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<unsigned char>(state[i / 4] >> (8 * (i % 4)));
  }
  return digest;
}

}  // namespace parley
