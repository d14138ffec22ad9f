// UpdateFunctionConfiguration. Source: lambda/latest/api/API_UpdateFunctionConfiguration.html
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
    {"Role", &kRoleShape},
    {"Handler", &kHandlerShape},
    {"Description", &kDescriptionShape},
    {"Timeout", &kTimeoutShape},
    {"MemorySize", &kMemorySizeShape},
    {"Environment", &kEnvironmentShape},
    {"Runtime", &kStringShape},
    {"RevisionId", &kStringShape},
};

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<int> as_int(std::optional<std::int64_t> number) {
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

constinit const Shape kUpdateFunctionConfigurationInput =
    structure("UpdateFunctionConfigurationRequest", kMembers);

Result<LambdaReply> update_function_configuration(const LambdaCall& call) {
  const simdjson::dom::object& input = call.input;
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  PARLEY_TRY(check_unsupported_settings(input, found.function.name));
  if (const auto runtime = find_string(input, "Runtime")) PARLEY_TRY(check_runtime(*runtime));
  const trigger::FunctionUpdate update{
      .name = found.function.name,
      .revision_id = find_revision(input),
      .runtime = owned(find_string(input, "Runtime")),
      .role = owned(find_string(input, "Role")),
      .handler = owned(find_string(input, "Handler")),
      .description = owned(find_string(input, "Description")),
      .timeout_s = as_int(find_integer(input, "Timeout")),
      .memory_mb = as_int(find_integer(input, "MemorySize")),
      .environment = find_environment(input),
  };
  auto updated = call.context.parts.functions.update_settings(update);
  if (!updated) return std::unexpected(revision_error(updated.error()));
  LambdaReply reply;
  append_function_configuration(reply.body, *updated, found.arn, FunctionProgress::kUpdating);
  return reply;
}

}  // namespace parley::api
