// DescribeStream: a stream and its shards, in the order of their ids, at most 100 a page.
// Source: …/APIReference/API_streams_DescribeStream.html
#include <algorithm>
#include <string_view>

#include "api/common_shapes.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/stream_lookup.h"
#include "api/table_json.h"
#include "codec/item_json.h"
#include "stream/record_json.h"

namespace parley::api {
namespace {

constexpr std::int64_t kShardsPerPageMax = 100;

constexpr std::string_view kFilterTypes[] = {"CHILD_SHARDS"};
constexpr Shape kFilterType = enumeration(kFilterTypes);
constexpr Member kFilterMembers[] = {{"Type", &kFilterType}, {"ShardId", &kShardIdShape}};
constexpr Shape kShardFilter = structure("ShardFilter", kFilterMembers);

constexpr Shape kLimit = integer(1);
constexpr Member kMembers[] = {{"StreamArn", &kStreamArnShape, Presence::kRequired},
                               {"Limit", &kLimit},
                               {"ExclusiveStartShardId", &kShardIdShape},
                               {"ShardFilter", &kShardFilter}};

void append_text(ObjectWriter& object, std::string& out, std::string_view name,
                 std::string_view text) {
  object.member(name);
  codec::append_json_string(out, text);
}

/// A shard begins where it can be read: what is trimmed is no longer part of it.
void append_shard(std::string& out, const stream::Shard& shard,
                  stream::SequenceNumber trim_horizon) {
  if (out.back() != '[') out += ',';
  auto starting = std::max(shard.starting, trim_horizon + 1);
  if (shard.ending) starting = std::min(starting, *shard.ending);
  ObjectWriter object(out);
  append_text(object, out, "ShardId", shard.id);
  object.member("SequenceNumberRange");
  ObjectWriter range(out);
  append_text(range, out, "StartingSequenceNumber", stream::sequence_number_text(starting));
  if (shard.ending) {
    append_text(range, out, "EndingSequenceNumber", stream::sequence_number_text(*shard.ending));
  }
  range.finish();
  object.finish();
}

/// True for a page without shards: no shard of ours ever splits, so none has children.
Result<bool> asks_for_children(const simdjson::dom::object& input, const stream::Stream& stream) {
  const auto filter = find_object(input, "ShardFilter");
  if (!filter) return false;
  const auto parent = find_string(*filter, "ShardId");
  if (!find_string(*filter, "Type") || !parent) {
    return invalid(
        "One or more parameter values were invalid: ShardFilter must have both Type and ShardId");
  }
  PARLEY_TRY(find_shard(stream, *parent));
  return true;
}

}  // namespace

constinit const Shape kDescribeStreamInput = structure("DescribeStreamInput", kMembers);

Result<OperationReply> describe_stream(OperationContext& context,
                                       const simdjson::dom::object& input, std::string& out) {
  const auto limit = find_integer(input, "Limit").value_or(kShardsPerPageMax);
  if (limit > kShardsPerPageMax) {
    return invalid(
        "One or more parameter values were invalid: Limit cannot be greater than the maximum: "
        "100");
  }
  const auto& streams = context.database.streams();
  const auto stream = PARLEY_TRY(find_stream(streams, string_member(input, "StreamArn")));
  const bool no_shards = PARLEY_TRY(asks_for_children(input, *stream));
  const auto start = find_string(input, "ExclusiveStartShardId").value_or("");

  ObjectWriter reply(out);
  reply.member("StreamDescription");
  ObjectWriter description(out);
  append_text(description, out, "StreamArn", stream->arn);
  append_text(description, out, "StreamLabel", stream->label);
  append_text(description, out, "StreamStatus",
              stream->status == stream::StreamStatus::kEnabled ? "ENABLED" : "DISABLED");
  append_text(description, out, "StreamViewType", stream::wire_name(stream->view_type));
  append_time(description, out, "CreationRequestDateTime", stream->created_at);
  append_text(description, out, "TableName", stream->table_name);
  description.member("KeySchema");
  append_key_schema(out, stream->key);
  description.member("Shards");
  out += '[';
  std::int64_t count = 0;
  std::string_view last;
  bool more = false;
  for (std::size_t i = 0; i < stream->shards.size() && !no_shards; ++i) {
    const auto& shard = stream->shards[i];
    if (shard.id <= start) continue;
    more = count == limit;
    if (more) break;
    append_shard(out, shard, streams.trim_horizon(*stream, i));
    last = shard.id;
    ++count;
  }
  out += ']';
  if (more) append_text(description, out, "LastEvaluatedShardId", last);
  description.finish();
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
