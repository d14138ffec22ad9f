#include "messaging/live/event_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/checksum.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kVersion = "1.";
constexpr std::size_t kHashDigits = 8;
constexpr std::string_view kShardPrefix = "shardId-";
constexpr std::size_t kPositionSizeMax = 41;
constexpr char kPlainShard = '!';  // before a shard id without the prefix

bool is_shard_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.' || c == ':';
}

bool is_position(std::string_view text) {
  if (text == client::kShardDone) return true;
  if (text.size() > kPositionSizeMax) return false;
  if (!text.starts_with('@')) return is_number(text);
  const std::size_t point = std::min(text.find('.'), text.size());
  return is_number(text.substr(1, point - 1)) &&
         (point == text.size() || is_number(text.substr(point + 1)));
}

std::string_view without_zeros(std::string_view number) {
  return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

}  // namespace

std::uint32_t stream_hash(std::string_view arn) {
  return crc32(arn);
}

std::string place_text(std::uint32_t stream, const client::StreamPositions& positions,
                       std::string_view shard, std::string_view number) {
  std::string text = fmt::format("{}{:08x}", kVersion, stream);
  const auto append = [&text](std::string_view id, std::string_view position) {
    text += '~';
    if (id.starts_with(kShardPrefix)) {
      text += id.substr(kShardPrefix.size());
    } else {
      text += kPlainShard;
      text += id;
    }
    text += '=';
    text += position;
  };
  for (const auto& [id, position] : positions) {
    if (id != shard) append(id, position);
  }
  if (!shard.empty()) append(shard, number);
  return text.size() > kPlaceSizeBytesMax ? std::string() : text;
}

std::optional<EventPlace> parse_place(std::string_view text) {
  if (text.size() > kPlaceSizeBytesMax || !text.starts_with(kVersion)) return std::nullopt;
  text.remove_prefix(kVersion.size());
  EventPlace place;
  if (text.size() < kHashDigits) return std::nullopt;
  const std::string_view digits = text.substr(0, kHashDigits);
  const auto hash = std::from_chars(digits.begin(), digits.end(), place.stream, 16);
  if (hash.ec != std::errc{} || hash.ptr != digits.end()) return std::nullopt;
  text.remove_prefix(kHashDigits);
  while (!text.empty()) {
    if (text.front() != '~') return std::nullopt;
    text.remove_prefix(1);
    const std::string_view entry = text.substr(0, text.find('~'));
    text.remove_prefix(entry.size());
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    std::string_view id = entry.substr(0, equals);
    const std::string_view position = entry.substr(equals + 1);
    const bool is_plain = id.front() == kPlainShard;
    if (is_plain) id.remove_prefix(1);
    if (id.empty() || !std::ranges::all_of(id, is_shard_character) || !is_position(position)) {
      return std::nullopt;
    }
    place.positions[fmt::format("{}{}", is_plain ? "" : kShardPrefix, id)] = position;
  }
  return place;
}

bool is_number(std::string_view position) {
  return !position.empty() &&
         std::ranges::all_of(position, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_before(std::string_view one, std::string_view other) {
  one = without_zeros(one);
  other = without_zeros(other);
  return one.size() != other.size() ? one.size() < other.size() : one < other;
}

}  // namespace parley::messaging
