#include "api/stream_lookup.h"

#include <algorithm>

namespace parley::api {

bool is_stream_arn(std::string_view text) {
  constexpr std::string_view kTable = ":table/";
  constexpr std::string_view kStream = "/stream/";
  if (!text.starts_with("arn:")) return false;
  const auto table = text.find(kTable);
  if (table == std::string_view::npos) return false;
  const auto stream = text.find(kStream, table + kTable.size());
  return stream != std::string_view::npos && stream > table + kTable.size() &&
         stream + kStream.size() < text.size();
}

Result<stream::StreamSnapshot> find_stream(const stream::Streams& streams, std::string_view arn) {
  if (!is_stream_arn(arn)) return invalid("Invalid StreamArn");
  return streams.find(arn);
}

Result<std::size_t> find_shard(const stream::Stream& stream, std::string_view shard_id) {
  const auto found = std::ranges::find(stream.shards, shard_id, &stream::Shard::id);
  if (found == stream.shards.end()) {
    return fail(ErrorCode::kResourceNotFound, "Requested resource not found: Shard does not exist");
  }
  return static_cast<std::size_t>(found - stream.shards.begin());
}

}  // namespace parley::api
