// UpdateFunctionCode. Source: lambda/latest/api/API_UpdateFunctionCode.html
#include <utility>

#include "api/input.h"
#include "api/lambda/function_input.h"
#include "api/lambda/function_json.h"
#include "api/lambda/function_name.h"
#include "api/lambda/revision.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {
    {"ZipFile", &kBlobShape},
    {"S3Bucket", &kStringShape},
    {"S3Key", &kStringShape},
    {"S3ObjectVersion", &kStringShape},
    {"ImageUri", &kStringShape},
    {"Publish", &kBooleanShape},
    {"DryRun", &kBooleanShape},
    {"RevisionId", &kStringShape},
    {"Architectures", &kArchitecturesShape},
};

/// An archive cannot bring another architecture: it is set when the function is created.
Status check_architecture(const simdjson::dom::object& input, const trigger::Function& function) {
  const auto given = find_array(input, "Architectures");
  if (!given) return {};
  const std::string current =
      function.settings.architectures.empty() ? "x86_64" : function.settings.architectures.front();
  for (const auto each : *given) {
    if (as_string(each) != current) {
      return fail(ErrorCode::kInvalidParameter,
                  "Parley does not support a change of Architectures: create the function anew");
    }
  }
  return {};
}

}  // namespace

constinit const Shape kUpdateFunctionCodeInput = structure("UpdateFunctionCodeRequest", kMembers);

Result<LambdaReply> update_function_code(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  PARLEY_TRY(refuse_flag(call.input, "Publish", "there are no versions but $LATEST"));
  PARLEY_TRY(refuse_flag(call.input, "DryRun", "code is checked when it is deployed"));
  PARLEY_TRY(check_architecture(call.input, found.function));
  auto code = PARLEY_TRY(read_code(call.input));
  auto updated = call.context.parts.functions.update_code(found.function.name, std::move(code),
                                                          find_revision(call.input));
  if (!updated) return std::unexpected(revision_error(updated.error()));
  LambdaReply reply;
  append_function_configuration(reply.body, *updated, found.arn, FunctionProgress::kUpdating);
  return reply;
}

}  // namespace parley::api
