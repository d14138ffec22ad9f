// DeleteFunction. Event source mappings of the function stay, as on AWS, and fail until they are
// deleted too. Source: lambda/latest/api/API_DeleteFunction.html
#include "api/lambda/function_name.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> delete_function(const LambdaCall& call) {
  const auto qualifier = call.query_parameter("Qualifier");
  if (qualifier == "$LATEST") {
    return fail(ErrorCode::kInvalidParameter,
                "$LATEST version cannot be deleted without deleting the function.");
  }
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  const Status removed = call.context.parts.functions.remove(found.function.name);
  if (!removed) return std::unexpected(removed.error());
  return LambdaReply{.status = 204};
}

}  // namespace parley::api
