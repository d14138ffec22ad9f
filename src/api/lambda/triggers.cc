// /_parley/triggers: how far event source mappings are, and moving them back.
#include <fmt/format.h>

#include "api/input.h"
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/mapping_json.h"
#include "api/lambda/mapping_lookup.h"
#include "api/lambda/routes.h"
#include "api/shape.h"

namespace parley::api {
namespace {

constexpr Shape kTime = long_integer(0);
constexpr Shape kText = {.kind = ShapeKind::kString};
constexpr Member kReplayMembers[] = {{"TimeMicros", &kTime}, {"SequenceNumber", &kText}};

void append_shard(std::string& out, const trigger::ShardProgress& shard) {
  JsonMembers members(out);
  members.text("ShardId", shard.shard_id);
  members.text("Checkpoint", stream::sequence_number_text(shard.checkpoint));
  members.text("Newest", stream::sequence_number_text(shard.newest));
  members.number("RecordsBehind", static_cast<std::int64_t>(shard.records_behind));
  if (shard.oldest_waiting_at != 0) members.seconds("OldestWaitingAt", shard.oldest_waiting_at);
  members.number("RecordsInFlight", static_cast<std::int64_t>(shard.records_in_flight));
  members.number("Attempts", shard.attempts);
  if (!shard.last_error.empty()) members.text("LastError", shard.last_error);
  members.finish();
}

void append_status(std::string& out, const trigger::MappingStatus& status,
                   const model::Realm& realm) {
  JsonMembers members(out);
  members.name("Mapping");
  append_mapping(out, status.mapping, realm);
  members.name("Shards");
  out += '[';
  std::string_view separator;
  for (const trigger::ShardProgress& shard : status.shards) {
    out += separator;
    append_shard(out, shard);
    separator = ",";
  }
  out += ']';
  members.number("BatchesDone", static_cast<std::int64_t>(status.batches_done));
  members.number("RecordsDone", static_cast<std::int64_t>(status.records_done));
  members.number("RecordsFiltered", static_cast<std::int64_t>(status.records_filtered));
  members.number("BatchesFailed", static_cast<std::int64_t>(status.batches_failed));
  members.number("DeadLetters", static_cast<std::int64_t>(status.dead_letters));
  members.number("DeadLettersDropped", static_cast<std::int64_t>(status.dead_letters_dropped));
  members.finish();
}

}  // namespace

constinit const Shape kReplayTriggerInput = structure("ReplayTriggerRequest", kReplayMembers);

Result<LambdaReply> list_triggers(const LambdaCall& call) {
  const trigger::Mappings& mappings = call.context.parts.mappings;
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("Triggers");
  reply.body += '[';
  std::string_view separator;
  for (const trigger::Mapping& mapping :
       mappings.list(call.query_parameter("stream").value_or(""),
                     call.query_parameter("function").value_or(""))) {
    const auto status = mappings.status(mapping.uuid);
    if (!status && status.error().code == ErrorCode::kResourceNotFound) continue;  // just deleted
    if (!status) return std::unexpected(status.error());
    reply.body += separator;
    append_status(reply.body, *status, call.context.parts.realm);
    separator = ",";
  }
  reply.body += ']';
  members.finish();
  return reply;
}

Result<LambdaReply> show_trigger(const LambdaCall& call) {
  const trigger::Mapping mapping = PARLEY_TRY(find_mapping(call));
  const auto status = PARLEY_TRY(call.context.parts.mappings.status(mapping.uuid));
  LambdaReply reply;
  append_status(reply.body, status, call.context.parts.realm);
  return reply;
}

/// {"TimeMicros": microseconds since 1970} or {"SequenceNumber": "…"}.
Result<LambdaReply> replay_trigger(const LambdaCall& call) {
  const trigger::Mapping mapping = PARLEY_TRY(find_mapping(call));
  trigger::ReplayStart start;
  start.time = find_integer(call.input, "TimeMicros");
  if (const auto text = find_string(call.input, "SequenceNumber")) {
    start.sequence_number = stream::parse_sequence_number(*text);
    if (!start.sequence_number) {
      return fail(ErrorCode::kInvalidParameter, fmt::format("\"{}\" is no sequence number", *text));
    }
  }
  if (start.time.has_value() == start.sequence_number.has_value()) {
    return fail(ErrorCode::kInvalidParameter,
                "A replay starts at a TimeMicros or at a SequenceNumber");
  }
  const Status moved = call.context.parts.mappings.replay(mapping.uuid, start);
  if (!moved) return std::unexpected(moved.error());
  return LambdaReply{.body = "{}"};
}

}  // namespace parley::api
