// ListStreams: streams in ascending order of ARN, at most 100 a page; those of tables that are
// gone, too, until their records have run out. Source: …/APIReference/API_streams_ListStreams.html
#include <string_view>

#include "api/common_shapes.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/stream_lookup.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

constexpr std::int64_t kStreamsPerPageMax = 100;

constexpr Shape kLimit = integer(1);
constexpr Member kMembers[] = {{"TableName", &kIndexNameShape},
                               {"Limit", &kLimit},
                               {"ExclusiveStartStreamArn", &kStreamArnShape}};

void append_stream(std::string& out, const stream::Stream& stream) {
  if (out.back() != '[') out += ',';
  ObjectWriter object(out);
  object.member("StreamArn");
  codec::append_json_string(out, stream.arn);
  object.member("TableName");
  codec::append_json_string(out, stream.table_name);
  object.member("StreamLabel");
  codec::append_json_string(out, stream.label);
  object.finish();
}

}  // namespace

constinit const Shape kListStreamsInput = structure("ListStreamsInput", kMembers);

Result<OperationReply> list_streams(OperationContext& context, const simdjson::dom::object& input,
                                    std::string& out) {
  const auto limit = find_integer(input, "Limit").value_or(kStreamsPerPageMax);
  if (limit > kStreamsPerPageMax) {
    return invalid(
        "One or more parameter values were invalid: Limit cannot be greater than the maximum "
        "allowed size: 100");
  }
  const auto start = find_string(input, "ExclusiveStartStreamArn").value_or("");
  if (!start.empty() && !is_stream_arn(start)) return invalid("Invalid StreamArn");
  const auto table = find_string(input, "TableName");

  std::int64_t count = 0;
  std::string_view last;
  bool more = false;
  const auto streams = context.database.streams().list();
  ObjectWriter reply(out);
  reply.member("Streams");
  out += '[';
  for (const auto& stream : streams) {
    if (stream->arn <= start || (table && stream->table_name != *table)) continue;
    more = count == limit;
    if (more) break;
    append_stream(out, *stream);
    last = stream->arn;
    ++count;
  }
  out += ']';
  if (more) {
    reply.member("LastEvaluatedStreamArn");
    codec::append_json_string(out, last);
  }
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
