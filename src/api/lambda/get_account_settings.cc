// GetAccountSettings: AWS's limits where Parley keeps them, its own where it has its own.
// Source: lambda/latest/api/API_GetAccountSettings.html
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr std::int64_t kTotalCodeSizeBytes = 80'530'636'800;
constexpr std::int64_t kCodeSizeUnzippedBytes = 262'144'000;
constexpr std::int64_t kCodeSizeZippedBytes = 52'428'800;

}  // namespace

Result<LambdaReply> get_account_settings(const LambdaCall& call) {
  std::int64_t code_size_bytes = 0;
  std::int64_t count = 0;
  std::int64_t reserved = 0;
  for (const trigger::Function& function : call.context.parts.functions.list()) {
    code_size_bytes += function.code_size_bytes;
    reserved += function.settings.concurrency_max.value_or(0);
    ++count;
  }
  const std::int64_t concurrency = call.context.options.concurrency_max;
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("AccountLimit");
  JsonMembers limit(reply.body);
  limit.number("TotalCodeSize", kTotalCodeSizeBytes);
  limit.number("CodeSizeUnzipped", kCodeSizeUnzippedBytes);
  limit.number("CodeSizeZipped", kCodeSizeZippedBytes);
  limit.number("ConcurrentExecutions", concurrency);
  limit.number("UnreservedConcurrentExecutions", std::max<std::int64_t>(concurrency - reserved, 0));
  limit.finish();
  members.name("AccountUsage");
  JsonMembers usage(reply.body);
  usage.number("TotalCodeSize", code_size_bytes);
  usage.number("FunctionCount", count);
  usage.finish();
  members.finish();
  return reply;
}

}  // namespace parley::api
