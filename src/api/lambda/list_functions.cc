// ListFunctions: by name, at most 50 a page. Source: lambda/latest/api/API_ListFunctions.html
#include "api/lambda/function_json.h"
#include "api/lambda/json_members.h"
#include "api/lambda/page.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr std::size_t kFunctionsPerPageMax = 50;

}  // namespace

Result<LambdaReply> list_functions(const LambdaCall& call) {
  const LambdaPage page = PARLEY_TRY(read_page(call, kFunctionsPerPageMax));
  // Every function has the one version $LATEST, so FunctionVersion=ALL lists the same.
  const auto version = call.query_parameter("FunctionVersion");
  if (version && *version != "ALL") {
    return invalid("1 validation error detected: Value '" + std::string(*version) +
                   "' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum "
                   "value set: [ALL]");
  }
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("Functions");
  reply.body += '[';
  std::size_t count = 0;
  std::string last;
  bool more = false;
  for (const trigger::Function& function : call.context.parts.functions.list()) {
    if (!page.after.empty() && function.name <= page.after) continue;
    more = count == page.items_max;
    if (more) break;
    if (count++ > 0) reply.body += ',';
    append_function_configuration(reply.body, function, function.arn, FunctionProgress::kDone);
    last = function.name;
  }
  reply.body += ']';
  if (more) members.text("NextMarker", make_marker(last));
  members.finish();
  return reply;
}

}  // namespace parley::api
