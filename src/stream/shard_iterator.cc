#include "stream/shard_iterator.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/checksum.h"

namespace parley::stream {
namespace {

constexpr std::string_view kSeparator = "|1|";
constexpr char kVersion = 1;
constexpr std::size_t kHeaderSize = 1 + 8 + 8;
constexpr std::size_t kChecksumSize = 4;

std::uint32_t checksum(std::string_view arn, std::string_view place) {
  std::string bytes(arn);
  bytes.append(place);
  return crc32(bytes);
}

}  // namespace

std::string ShardIterator::text() const {
  std::string place(1, kVersion);
  append_u64_be(place, static_cast<std::uint64_t>(made_at));
  append_u64_be(place, after);
  place.append(shard_id);
  append_u32_be(place, checksum(stream_arn, place));
  std::string text = stream_arn;
  text.append(kSeparator);
  append_base64(text, place);
  return text;
}

std::optional<ShardIterator> ShardIterator::parse(std::string_view text) {
  const auto separator = text.rfind(kSeparator);  // base64 has none, whatever the ARN has
  if (separator == std::string_view::npos) return std::nullopt;
  const auto arn = text.substr(0, separator);
  const auto decoded = decode_base64(text.substr(separator + kSeparator.size()));
  if (!decoded || decoded->size() <= kHeaderSize + kChecksumSize || decoded->front() != kVersion) {
    return std::nullopt;
  }
  const auto place = std::string_view(*decoded).substr(0, decoded->size() - kChecksumSize);
  if (read_u32_be(place.data() + place.size()) != checksum(arn, place)) return std::nullopt;
  return ShardIterator{std::string(arn), std::string(place.substr(kHeaderSize)),
                       read_u64_be(place.data() + 9),
                       static_cast<TimestampMicros>(read_u64_be(place.data() + 1))};
}

}  // namespace parley::stream
