// PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency: how many instances of
// a function may run at once. Source: lambda/latest/api/API_PutFunctionConcurrency.html
#include "api/input.h"
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr Shape kConcurrency = integer(0);
constexpr Member kMembers[] = {
    {"ReservedConcurrentExecutions", &kConcurrency, Presence::kRequired}};

LambdaReply concurrency_reply(std::optional<int> concurrency) {
  LambdaReply reply;
  JsonMembers members(reply.body);
  if (concurrency) members.number("ReservedConcurrentExecutions", *concurrency);
  members.finish();
  return reply;
}

Result<trigger::Function> set_concurrency(const LambdaCall& call, std::optional<int> concurrency) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  auto changed = call.context.parts.functions.set_concurrency(found.function.name, concurrency);
  if (!changed) return std::unexpected(changed.error());
  return changed;
}

}  // namespace

constinit const Shape kPutFunctionConcurrencyInput =
    structure("PutFunctionConcurrencyRequest", kMembers);

Result<LambdaReply> put_function_concurrency(const LambdaCall& call) {
  const auto wanted = find_integer(call.input, "ReservedConcurrentExecutions");
  const auto changed = PARLEY_TRY(set_concurrency(call, static_cast<int>(wanted.value_or(0))));
  return concurrency_reply(changed.settings.concurrency_max);
}

Result<LambdaReply> get_function_concurrency(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  return concurrency_reply(found.function.settings.concurrency_max);
}

Result<LambdaReply> delete_function_concurrency(const LambdaCall& call) {
  PARLEY_TRY(set_concurrency(call, std::nullopt));
  return LambdaReply{.status = 204};
}

}  // namespace parley::api
