// GetRecords: records from a place in a shard on, at most 1,000 or 1 MB, and the place after them.
// Source: …/APIReference/API_streams_GetRecords.html
#include <string_view>

#include "api/common_shapes.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/stream_lookup.h"
#include "codec/item_json.h"
#include "stream/record_json.h"
#include "stream/shard_iterator.h"

namespace parley::api {
namespace {

constexpr std::int64_t kRecordsPerPageMax = 1'000;

constexpr Shape kIterator = string_of(1, 2048);
constexpr Shape kLimit = integer(1);
constexpr Member kMembers[] = {{"ShardIterator", &kIterator, Presence::kRequired},
                               {"Limit", &kLimit}};

}  // namespace

constinit const Shape kGetRecordsInput = structure("GetRecordsInput", kMembers);

Result<OperationReply> get_records(OperationContext& context, const simdjson::dom::object& input,
                                   std::string& out) {
  const auto limit = find_integer(input, "Limit").value_or(kRecordsPerPageMax);
  if (limit > kRecordsPerPageMax) {
    return invalid(
        "One or more parameter values were invalid: Limit should be less than or equal to 1000");
  }
  auto iterator = stream::ShardIterator::parse(string_member(input, "ShardIterator"));
  if (!iterator) return invalid("Invalid ShardIterator");
  const auto now = context.database.clock().now();
  if (iterator->is_expired(now)) {
    return fail(ErrorCode::kExpiredIterator,
                "The shard iterator has expired and can no longer be used to retrieve stream "
                "records. A shard iterator expires 15 minutes after it is retrieved using the "
                "GetShardIterator action.");
  }
  const auto& streams = context.database.streams();
  const auto stream = PARLEY_TRY(find_stream(streams, iterator->stream_arn));
  const auto shard = PARLEY_TRY(find_shard(*stream, iterator->shard_id));
  const stream::ReadLimits limits{.records_max = static_cast<std::size_t>(limit)};
  const auto page = PARLEY_TRY(streams.read(*stream, shard, iterator->after, limits));

  ObjectWriter reply(out);
  reply.member("Records");
  out += '[';
  for (const auto& record : page.records) {
    if (out.back() != '[') out += ',';
    stream::append_record_json(out, *stream, record, context.database.realm().region,
                               stream::RecordAudience::kGetRecords);
  }
  out += ']';
  if (!page.at_end) {
    iterator->after = page.last;
    iterator->made_at = now;
    reply.member("NextShardIterator");
    codec::append_json_string(out, iterator->text());
  }
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
