// /_parley/dead-letters: batches that event source mappings gave up.
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

void append_dead_letter(std::string& out, const trigger::DeadLetter& letter) {
  JsonMembers members(out);
  members.text("Id", letter.id);
  members.text("MappingUUID", letter.mapping_uuid);
  members.text("Time", lambda_time(letter.time));
  members.text("Condition", letter.condition);
  members.number("Records", static_cast<std::int64_t>(letter.records));
  members.raw("Body", letter.body);
  members.finish();
}

}  // namespace

Result<LambdaReply> list_dead_letters(const LambdaCall& call) {
  const auto letters = PARLEY_TRY(
      call.context.parts.mappings.dead_letters(call.query_parameter("mapping").value_or("")));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("DeadLetters");
  reply.body += '[';
  std::string_view separator;
  for (const trigger::DeadLetter& letter : letters) {
    reply.body += separator;
    append_dead_letter(reply.body, letter);
    separator = ",";
  }
  reply.body += ']';
  members.number("Dropped",
                 static_cast<std::int64_t>(call.context.parts.mappings.dead_letters_dropped(
                     call.query_parameter("mapping").value_or(""))));
  members.finish();
  return reply;
}

Result<LambdaReply> show_dead_letter(const LambdaCall& call) {
  const auto letter = PARLEY_TRY(call.context.parts.mappings.dead_letter(call.parameters[0]));
  LambdaReply reply;
  append_dead_letter(reply.body, letter);
  return reply;
}

Result<LambdaReply> replay_dead_letter(const LambdaCall& call) {
  const Status replayed = call.context.parts.mappings.replay_dead_letter(call.parameters[0]);
  if (!replayed) return std::unexpected(replayed.error());
  return LambdaReply{.body = "{}"};
}

Result<LambdaReply> delete_dead_letter(const LambdaCall& call) {
  const Status deleted = call.context.parts.mappings.delete_dead_letter(call.parameters[0]);
  if (!deleted) return std::unexpected(deleted.error());
  return LambdaReply{.status = 204};
}

}  // namespace parley::api
