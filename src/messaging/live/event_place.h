// EventPlace: where in the table's stream an event came, as the opaque id of the event: the
// position in every shard (client/stream_walk.h), so that any process can go on from there.
//
//   id = "1." hash of the stream's ARN { "~" shard id "=" position }
//
// "shardId-" at a shard id's beginning is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/stream_walk.h"

namespace parley::messaging {

struct EventPlace {
  std::uint32_t stream = 0;  // stream_hash()
  client::StreamPositions positions = {};
};

/// A longer id, of a table with very many shards, is not made: it would be too long for a header.
inline constexpr std::size_t kPlaceSizeBytesMax = 6'000;

[[nodiscard]] std::uint32_t stream_hash(std::string_view arn);

/// `positions`, but that of `shard` is `number`; empty if it would be too long.
[[nodiscard]] std::string place_text(std::uint32_t stream, const client::StreamPositions& positions,
                                     std::string_view shard = {}, std::string_view number = {});

/// None for a text that place_text() cannot have made.
[[nodiscard]] std::optional<EventPlace> parse_place(std::string_view text);

/// Whether a position is a sequence number.
[[nodiscard]] bool is_number(std::string_view position);
/// Whether one sequence number is before another.
[[nodiscard]] bool is_before(std::string_view one, std::string_view other);

}  // namespace parley::messaging
