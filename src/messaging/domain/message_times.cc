#include "messaging/domain/message_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace parley::messaging {
namespace {

// A UUID of version 7 as RFC 9562 lays it out: 48 bits of milliseconds, 4 of version, 12 of the
// fraction of the millisecond, 2 of variant, 62 random ones.
constexpr std::uint64_t kVersion = 0x7000;
constexpr std::uint64_t kVariant = 0x8000'0000'0000'0000;
constexpr std::uint64_t kVariantMask = 0xc000'0000'0000'0000;
constexpr TimestampMicros kMicrosPerMilli = 1000;
constexpr std::uint64_t kFractionUnits = 4096;  // of a millisecond
constexpr std::size_t kUuidSize = 36;

/// The hexadecimal number in `text`; none if it is anything else. Lower case only, as written here.
std::optional<std::uint64_t> hex_number(std::string_view text) {
  std::uint64_t number = 0;
  const bool lower = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'F'; });
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (!lower || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string message_id_at(TimestampMicros time, Random& random) {
  const auto millis = static_cast<std::uint64_t>(time / kMicrosPerMilli);
  const auto micros = static_cast<std::uint64_t>(time % kMicrosPerMilli);
  // Rounded up, so that rounding down on the way back gives the same microsecond.
  const std::uint64_t fraction = (micros * kFractionUnits + 999) / 1000;
  const std::uint64_t low = (random.next_u64() & ~kVariantMask) | kVariant;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", millis >> 16, millis & 0xffff,
                     kVersion | fraction, low >> 48, low & 0xffff'ffff'ffff);
}

std::optional<TimestampMicros> time_of_message_id(std::string_view id) {
  if (id.size() != kUuidSize || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-') {
    return std::nullopt;
  }
  const auto high = hex_number(id.substr(0, 8));
  const auto middle = hex_number(id.substr(9, 4));
  const auto fraction = hex_number(id.substr(14, 4));
  const auto variant = hex_number(id.substr(19, 4));
  const auto node = hex_number(id.substr(24));
  if (!high || !middle || !fraction || !variant || !node) return std::nullopt;
  if ((*fraction & 0xf000) != kVersion || *variant >> 14 != 2) return std::nullopt;
  const std::uint64_t micros = (*fraction & 0xfff) * 1000 / kFractionUnits;
  return static_cast<TimestampMicros>(*high << 16 | *middle) * kMicrosPerMilli +
         static_cast<TimestampMicros>(micros);
}

TimestampMicros MessageTimes::next(std::string_view conversation) {
  const TimestampMicros now = clock_.now();
  const std::scoped_lock lock(mutex_);
  TimestampMicros& newest = newest_of(conversation);
  newest = newest < now ? now : newest + 1;
  return newest;
}

void MessageTimes::note(std::string_view conversation, TimestampMicros time) {
  const std::scoped_lock lock(mutex_);
  TimestampMicros& newest = newest_of(conversation);
  newest = std::max(newest, time);
}

// With the mutex held.
TimestampMicros& MessageTimes::newest_of(std::string_view conversation) {
  TimestampMicros* known = newest_.find(conversation);
  if (known != nullptr) return *known;
  return newest_.put(conversation, std::numeric_limits<TimestampMicros>::min());
}

}  // namespace parley::messaging
