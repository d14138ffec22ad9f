// CreateFunction. Source: lambda/latest/api/API_CreateFunction.html
#include <fmt/format.h>

#include "api/input.h"
#include "api/lambda/function_input.h"
#include "api/lambda/function_json.h"
#include "api/lambda/function_name.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr Shape kFunctionName = {
    .kind = ShapeKind::kString, .min = 1, .max = 140, .text_pattern = &kFunctionNamePattern};
constexpr std::string_view kPackageTypeValues[] = {"Image", "Zip"};
constexpr Shape kPackageType = enumeration(kPackageTypeValues);
constexpr Member kCodeMembers[] = {
    {"ZipFile", &kBlobShape},           {"S3Bucket", &kStringShape}, {"S3Key", &kStringShape},
    {"S3ObjectVersion", &kStringShape}, {"ImageUri", &kStringShape},
};
constexpr Shape kCode = structure("FunctionCode", kCodeMembers);
constexpr Member kMembers[] = {
    {"FunctionName", &kFunctionName, Presence::kRequired},
    {"Runtime", &kStringShape},
    {"Role", &kRoleShape, Presence::kRequired},
    {"Handler", &kHandlerShape},
    {"Code", &kCode, Presence::kRequired},
    {"Description", &kDescriptionShape},
    {"Timeout", &kTimeoutShape},
    {"MemorySize", &kMemorySizeShape},
    {"Publish", &kBooleanShape},
    {"PackageType", &kPackageType},
    {"Environment", &kEnvironmentShape},
    {"Architectures", &kArchitecturesShape},
    {"Tags", &kFunctionTagsShape},
};

Result<trigger::FunctionSettings> read_settings(const simdjson::dom::object& input,
                                                std::string_view name) {
  if (find_string(input, "PackageType").value_or("Zip") != "Zip") {
    return fail(ErrorCode::kInvalidParameter,
                "Parley does not run container images: PackageType must be Zip");
  }
  PARLEY_TRY(check_unsupported_settings(input, name));
  PARLEY_TRY(refuse_flag(input, "Publish", "there are no versions but $LATEST"));
  const auto runtime = find_string(input, "Runtime");
  const auto handler = find_string(input, "Handler");
  if (!runtime || !handler) {
    return fail(ErrorCode::kInvalidParameter,
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages.");
  }
  PARLEY_TRY(check_runtime(*runtime));
  trigger::FunctionSettings settings{.runtime = std::string(*runtime)};
  settings.role = string_member(input, "Role");
  settings.handler = *handler;
  settings.description = find_string(input, "Description").value_or("");
  settings.timeout_s = static_cast<int>(find_integer(input, "Timeout").value_or(3));
  settings.memory_mb = static_cast<int>(find_integer(input, "MemorySize").value_or(128));
  settings.environment = find_environment(input).value_or(std::map<std::string, std::string>{});
  settings.tags = find_function_tags(input).value_or(std::map<std::string, std::string>{});
  settings.architectures = {"x86_64"};
  if (const auto given = find_array(input, "Architectures")) {
    settings.architectures.clear();
    for (const auto each : *given) settings.architectures.emplace_back(as_string(each));
  }
  return settings;
}

}  // namespace

constinit const Shape kCreateFunctionInput = structure("CreateFunctionRequest", kMembers);

Result<LambdaReply> create_function(const LambdaCall& call) {
  const auto reference = parse_function_reference(string_member(call.input, "FunctionName"));
  // The shape has checked the form; a new function has no versions to qualify it.
  if (!reference || reference->qualifier) {
    return fail(ErrorCode::kInvalidParameter, "A new function's name must have no qualifier");
  }
  auto settings = PARLEY_TRY(read_settings(call.input, reference->name));
  auto code = PARLEY_TRY(read_code(object_member(call.input, "Code")));
  auto created =
      call.context.parts.functions.create(reference->name, std::move(settings), std::move(code));
  if (!created && (created.error().code == ErrorCode::kResourceInUse ||
                   created.error().code == ErrorCode::kResourceConflict)) {
    return fail(ErrorCode::kResourceConflict,
                fmt::format("Function already exist: {}", reference->name));
  }
  if (!created) return std::unexpected(created.error());
  LambdaReply reply{.status = 201};
  append_function_configuration(reply.body, *created, created->arn, FunctionProgress::kCreating);
  return reply;
}

}  // namespace parley::api
