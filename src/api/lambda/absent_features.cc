// What AWS has and Parley has none of, where the truth is an empty answer: clients that manage
// functions (Terraform, the SDKs' helpers) ask for these around everything they do.
#include <fmt/format.h>

#include "api/lambda/function_json.h"
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/page.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr std::string_view kNoSuchResource = "The resource you requested does not exist.";

Result<LambdaReply> not_there(std::string message) {
  return fail(ErrorCode::kResourceNotFound, std::move(message));
}

/// `body`, of a function that must exist.
Result<LambdaReply> of_existing(const LambdaCall& call, std::string_view body) {
  PARLEY_TRY(resolve_function(call));
  return LambdaReply{.body = std::string(body)};
}

}  // namespace

Result<LambdaReply> list_versions_by_function(const LambdaCall& call) {
  PARLEY_TRY(read_page(call, 50));
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("Versions");
  reply.body += '[';
  append_function_configuration(reply.body, found.function, found.function.arn + ":$LATEST",
                                FunctionProgress::kDone);
  reply.body += ']';
  members.finish();
  return reply;
}

Result<LambdaReply> list_aliases(const LambdaCall& call) {
  return of_existing(call, R"({"Aliases":[]})");
}

Result<LambdaReply> get_alias(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  return not_there(
      fmt::format("Cannot find alias arn: {}:{}", found.function.arn, call.parameters[1]));
}

Result<LambdaReply> get_policy(const LambdaCall& call) {
  PARLEY_TRY(resolve_function(call));
  return not_there(std::string(kNoSuchResource));
}

Result<LambdaReply> get_function_code_signing_config(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.text("FunctionName", found.function.name);
  members.finish();
  return reply;
}

Result<LambdaReply> get_function_url_config(const LambdaCall&) {
  return not_there(std::string(kNoSuchResource));
}

Result<LambdaReply> list_function_url_configs(const LambdaCall& call) {
  return of_existing(call, R"({"FunctionUrlConfigs":[]})");
}

Result<LambdaReply> provisioned_concurrency(const LambdaCall& call) {
  PARLEY_TRY(resolve_function(call));
  if (call.query_parameter("List") == "ALL") {
    return LambdaReply{.body = R"({"ProvisionedConcurrencyConfigs":[]})"};
  }
  return fail(ErrorCode::kInvalidParameter,
              "The function resource provided must be an alias or a published version.");
}

Result<LambdaReply> get_runtime_management_config(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.text("UpdateRuntimeOn", "Auto");
  members.text("FunctionArn", found.function.arn);
  members.finish();
  return reply;
}

Result<LambdaReply> get_function_recursion_config(const LambdaCall& call) {
  // No loop is detected here, so none is ended.
  return of_existing(call, R"({"RecursiveLoop":"Allow"})");
}

Result<LambdaReply> list_layers(const LambdaCall&) {
  return LambdaReply{.body = R"({"Layers":[]})"};
}

Result<LambdaReply> list_code_signing_configs(const LambdaCall&) {
  return LambdaReply{.body = R"({"CodeSigningConfigs":[]})"};
}

}  // namespace parley::api
