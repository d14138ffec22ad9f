#include "messaging/timestamp.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

namespace parley::messaging {
namespace {

constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
constexpr std::string_view kPattern = "0000-00-00T00:00:00.000000+00:00";
constexpr int kYearMax = 9999;
// The years that four digits can say.
constexpr auto kFirstDay = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr auto kLastDay = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

std::time_t seconds_of(TimestampMicros time) {
  // Rounds down, also before 1970.
  const TimestampMicros rest = ((time % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
  return static_cast<std::time_t>((time - rest) / kMicrosPerSecond);
}

/// Writes the last `count` digits of `number`.
void put_number(std::string& text, std::size_t offset, std::size_t count, std::int64_t number) {
  for (std::size_t i = count; i > 0; --i, number /= 10) {
    text[offset + i - 1] = static_cast<char>('0' + number % 10);
  }
}

/// Takes `count` digits from the front of `text`; none if they are not there.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
  int number = 0;
  if (text.size() < count) return std::nullopt;
  const std::string_view digits = text.substr(0, count);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.starts_with('-')) {
    return std::nullopt;
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// Minutes east of Greenwich; none if `text` is not exactly a zone.
std::optional<int> zone_minutes(std::string_view text) {
  if (text == "Z") return 0;
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const int total = *hours * 60 + *minutes;
  return west ? -total : total;
}

}  // namespace

std::string iso_utc(TimestampMicros time) {
  const std::time_t seconds = seconds_of(time);
  const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day day(midnight);
  const int year = static_cast<int>(day.year());
  if (year >= 0 && year <= kYearMax) {
    const std::chrono::hh_mm_ss clock(moment - midnight);
    std::string text(kPattern);
    put_number(text, 0, 4, year);
    put_number(text, 5, 2, static_cast<unsigned>(day.month()));
    put_number(text, 8, 2, static_cast<unsigned>(day.day()));
    put_number(text, 11, 2, clock.hours().count());
    put_number(text, 14, 2, clock.minutes().count());
    put_number(text, 17, 2, clock.seconds().count());
    put_number(text, 20, 6, time - seconds * kMicrosPerSecond);
    return text;
  }
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}+00:00", fmt::gmtime(seconds),
                     time - seconds * kMicrosPerSecond);
}

std::optional<TimestampMicros> parse_iso(std::string_view text) {
  std::array<int, 6> fields{};
  constexpr std::array<std::size_t, 6> kWidths{4, 2, 2, 2, 2, 2};
  constexpr std::string_view kSeparators = "--T::";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool separated = i == 0 || take(text, kSeparators[i - 1]) || (i == 3 && take(text, ' '));
    const auto number = separated ? take_number(text, kWidths[i]) : std::nullopt;
    if (!number) return std::nullopt;
    fields[i] = *number;
  }
  TimestampMicros fraction = 0;
  if (take(text, '.')) {
    TimestampMicros unit = kMicrosPerSecond / 10;
    const std::size_t before = text.size();
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9' && unit > 0; unit /= 10) {
      fraction += (text.front() - '0') * unit;
      text.remove_prefix(1);
    }
    if (text.size() == before) return std::nullopt;
  }
  const auto zone = zone_minutes(text);
  const std::chrono::year_month_day day{std::chrono::year(fields[0]),
                                        std::chrono::month(static_cast<unsigned>(fields[1])),
                                        std::chrono::day(static_cast<unsigned>(fields[2]))};
  if (!zone || !day.ok() || fields[3] > 23 || fields[4] > 59 || fields[5] > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  const TimestampMicros seconds =
      ((TimestampMicros{days} * 24 + fields[3]) * 60 + fields[4] - *zone) * 60 + fields[5];
  // The zone may have led out of them.
  const auto utc_day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  if (utc_day < kFirstDay || utc_day > kLastDay) return std::nullopt;
  return seconds * kMicrosPerSecond + fraction;
}

bool is_canonical_time(std::string_view text) {
  if (text.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < kPattern.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    // The zone's digits are the pattern's own.
    if (kPattern[i] == '0' && i < kPattern.size() - 6 ? !is_digit : text[i] != kPattern[i]) {
      return false;
    }
  }
  // A leap second is another minute's first.
  return text[17] < '6' && parse_iso(text).has_value();
}

std::string canonical_time(std::string_view text) {
  if (is_canonical_time(text)) return std::string(text);
  auto time = parse_iso(text);
  if (!time) time = parse_iso(fmt::format("{}Z", text));
  return time ? iso_utc(*time) : std::string(text);
}

}  // namespace parley::messaging
