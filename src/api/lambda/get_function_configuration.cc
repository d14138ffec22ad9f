// GetFunctionConfiguration. Source: lambda/latest/api/API_GetFunctionConfiguration.html
#include "api/lambda/function_json.h"
#include "api/lambda/function_name.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> get_function_configuration(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  append_function_configuration(reply.body, found.function, found.arn, FunctionProgress::kDone);
  return reply;
}

}  // namespace parley::api
