// GET /_parley/functions/NAME/code: the archive that GetFunction's Code.Location names.
#include <fmt/format.h>

#include "api/lambda/function_name.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> function_code(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  auto archive = call.context.parts.functions.code_zip(found.function.name);
  if (!archive) return std::unexpected(archive.error());
  return LambdaReply{
      .body = *std::move(archive),
      .content_type = "application/zip",
      .headers = {{"Content-Disposition",
                   fmt::format("attachment; filename=\"{}.zip\"", found.function.name)}}};
}

}  // namespace parley::api
