// Streams and shards by the names that clients give them; and the shapes of those names.
#pragma once

#include <cstddef>
#include <string_view>

#include "api/shape.h"
#include "base/result.h"
#include "stream/stream.h"

namespace parley::api {

inline constexpr Shape kStreamArnShape = string_of(37, 1024);
inline constexpr Shape kShardIdShape = string_of(28, 65);

/// True for "arn:…:table/NAME/stream/LABEL".
[[nodiscard]] bool is_stream_arn(std::string_view text);

/// Errors: kValidation "Invalid StreamArn"; kResourceNotFound.
[[nodiscard]] Result<stream::StreamSnapshot> find_stream(const stream::Streams& streams,
                                                         std::string_view arn);

/// The shard's place in the stream. Errors: kResourceNotFound.
[[nodiscard]] Result<std::size_t> find_shard(const stream::Stream& stream,
                                             std::string_view shard_id);

}  // namespace parley::api
