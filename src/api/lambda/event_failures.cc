// GET /_parley/functions/NAME/event-failures: the last Event invocations that were given up, oldest
// first.
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> event_failures(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("EventFailures");
  reply.body += '[';
  std::string_view separator;
  for (const trigger::EventFailure& failure :
       call.context.parts.events.failures(found.function.name)) {
    reply.body += separator;
    JsonMembers entry(reply.body);
    entry.text("Time", lambda_time(failure.time));
    entry.text("RequestId", failure.request_id);
    entry.number("Attempts", failure.attempts);
    entry.text("Error", failure.error);
    entry.text("Payload", failure.payload);
    entry.finish();
    separator = ",";
  }
  reply.body += ']';
  members.finish();
  return reply;
}

}  // namespace parley::api
