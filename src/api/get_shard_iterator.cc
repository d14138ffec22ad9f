// GetShardIterator: where in a shard to read, as a text that GetRecords takes for 15 minutes.
// Source: …/APIReference/API_streams_GetShardIterator.html
#include <string_view>

#include "api/common_shapes.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/stream_lookup.h"
#include "codec/item_json.h"
#include "stream/shard_iterator.h"

namespace parley::api {
namespace {

constexpr std::string_view kIteratorTypes[] = {"AFTER_SEQUENCE_NUMBER", "LATEST",
                                               "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"};
constexpr Shape kIteratorType = enumeration(kIteratorTypes);
constexpr Shape kSequenceNumber = string_of(21, 40);
constexpr Member kMembers[] = {{"StreamArn", &kStreamArnShape, Presence::kRequired},
                               {"ShardId", &kShardIdShape, Presence::kRequired},
                               {"ShardIteratorType", &kIteratorType, Presence::kRequired},
                               {"SequenceNumber", &kSequenceNumber}};

/// The number of an AT_ or AFTER_SEQUENCE_NUMBER iterator, which must be one of the shard's.
Result<stream::SequenceNumber> read_number(const simdjson::dom::object& input,
                                           const stream::Shard& shard) {
  const auto text = find_string(input, "SequenceNumber");
  const auto number = text ? stream::parse_sequence_number(*text) : std::nullopt;
  if (!number) {
    return invalid("One or more parameter values were invalid: Invalid SequenceNumber");
  }
  if (*number < shard.starting || (shard.ending && *number > *shard.ending)) {
    return invalid("Invalid SequenceNumber for the shard");
  }
  return *number;
}

/// The number after which to read.
Result<stream::SequenceNumber> find_place(const stream::Streams& streams,
                                          const stream::Stream& stream, std::size_t shard,
                                          const simdjson::dom::object& input) {
  const auto type = string_member(input, "ShardIteratorType");
  if (type == "TRIM_HORIZON") return 0;
  if (type == "LATEST") return streams.latest(stream, shard);
  const auto number = PARLEY_TRY(read_number(input, stream.shards[shard]));
  const auto after = type == "AT_SEQUENCE_NUMBER" ? number - 1 : number;
  if (after < streams.trim_horizon(stream, shard)) {
    return fail(ErrorCode::kTrimmedDataAccess,
                "The operation attempted to read past the oldest stream record in a shard.");
  }
  return after;
}

}  // namespace

constinit const Shape kGetShardIteratorInput = structure("GetShardIteratorInput", kMembers);

Result<OperationReply> get_shard_iterator(OperationContext& context,
                                          const simdjson::dom::object& input, std::string& out) {
  const auto type = string_member(input, "ShardIteratorType");
  if ((type == "LATEST" || type == "TRIM_HORIZON") && find_string(input, "SequenceNumber")) {
    return invalid(
        "One or more parameter values were invalid: SequenceNumber should not be passed for this "
        "iterator type");
  }
  const auto& streams = context.database.streams();
  const auto stream = PARLEY_TRY(find_stream(streams, string_member(input, "StreamArn")));
  const auto shard = PARLEY_TRY(find_shard(*stream, string_member(input, "ShardId")));
  const auto after = PARLEY_TRY(find_place(streams, *stream, shard, input));
  const stream::ShardIterator iterator{stream->arn, stream->shards[shard].id, after,
                                       context.database.clock().now()};
  ObjectWriter reply(out);
  reply.member("ShardIterator");
  codec::append_json_string(out, iterator.text());
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
