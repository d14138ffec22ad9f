// GetFunction: the configuration, and where its archive can be downloaded: from this server, at the
// address by which the client called it. Source: lambda/latest/api/API_GetFunction.html
#include <fmt/format.h>

#include "api/lambda/function_json.h"
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> get_function(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("Configuration");
  append_function_configuration(reply.body, found.function, found.arn, FunctionProgress::kDone);
  members.name("Code");
  JsonMembers code(reply.body);
  code.text("RepositoryType", "S3");
  code.text("Location",
            fmt::format("http://{}/_parley/functions/{}/code",
                        call.request.host.empty() ? "localhost:8000" : call.request.host,
                        found.function.name));
  code.finish();
  if (found.function.settings.concurrency_max) {
    members.name("Concurrency");
    JsonMembers concurrency(reply.body);
    concurrency.number("ReservedConcurrentExecutions", *found.function.settings.concurrency_max);
    concurrency.finish();
  }
  if (!found.function.settings.tags.empty()) {
    members.name("Tags");
    append_text_map(reply.body, found.function.settings.tags);
  }
  members.finish();
  return reply;
}

}  // namespace parley::api
