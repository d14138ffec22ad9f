// Sequence numbers as text, and from times.
#include <fmt/format.h>

#include <charconv>

#include "stream/stream.h"

namespace parley::stream {
namespace {

constexpr std::size_t kDigits = 20;  // of the largest number; a 1 goes before them
constexpr SequenceNumber kNumbersPerMicrosecond = 1'000;

}  // namespace

std::string sequence_number_text(SequenceNumber number) {
  return fmt::format("1{:020}", number);
}

std::optional<SequenceNumber> parse_sequence_number(std::string_view text) {
  if (text.size() != kDigits + 1 || text.front() != '1') return std::nullopt;
  const char* const end = text.data() + text.size();
  SequenceNumber number = 0;
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

SequenceNumber first_number_at(TimestampMicros time) {
  return time > 0 ? static_cast<SequenceNumber>(time) * kNumbersPerMicrosecond : 1;
}

}  // namespace parley::stream
