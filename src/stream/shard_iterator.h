// ShardIterator: a place in a shard as the text that a client keeps between two calls. It holds all
// that is needed to go on, so it survives a restart of the server.
//
//   text = ARN "|1|" base64( version u64be(made at) u64be(after) shard id u32be(CRC-32) )
//
// The checksum is over the ARN and everything before it: a damaged text is refused.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "stream/stream.h"

namespace parley::stream {

inline constexpr std::chrono::microseconds kShardIteratorLifetime = std::chrono::minutes(15);

struct ShardIterator {
  std::string stream_arn;
  std::string shard_id;
  SequenceNumber after = 0;  // 0: from the oldest record there is
  TimestampMicros made_at = 0;

  [[nodiscard]] std::string text() const;
  /// Nothing for a text that text() cannot have made.
  [[nodiscard]] static std::optional<ShardIterator> parse(std::string_view text);
  [[nodiscard]] bool is_expired(TimestampMicros now) const {
    return now - made_at > kShardIteratorLifetime.count();
  }
};

}  // namespace parley::stream
