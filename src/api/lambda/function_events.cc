// PutFunctionEventInvokeConfig, Update…, Get…, Delete… and List…: how often and how long Event
// invocations of a function are tried. Source:
// lambda/latest/api/API_PutFunctionEventInvokeConfig.html
#include <fmt/format.h>

#include "api/input.h"
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/mapping_input.h"
#include "api/lambda/page.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr Shape kRetries = integer(0, 2);
constexpr Shape kAge = integer(60, 21'600);
constexpr Member kMembers[] = {{"MaximumRetryAttempts", &kRetries},
                               {"MaximumEventAgeInSeconds", &kAge},
                               {"DestinationConfig", &kDestinationConfigShape}};

/// Of the version that has the settings, the only one.
std::string qualified_arn(const trigger::Function& function) {
  return function.arn + ":$LATEST";
}

std::optional<int> find_int(const simdjson::dom::object& input, std::string_view name) {
  const auto value = find_integer(input, name);
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

Status refuse_destinations(const simdjson::dom::object& input) {
  const auto config = find_object(input, "DestinationConfig");
  if (!config) return {};
  for (const std::string_view name : {"OnSuccess", "OnFailure"}) {
    const auto destination = find_object(*config, name);
    if (!destination || find_string(*destination, "Destination").value_or("").empty()) continue;
    return fail(ErrorCode::kInvalidParameter,
                fmt::format("Parley does not support DestinationConfig.{}: there are no queues and "
                            "topics here; failed events are kept by the server itself",
                            name));
  }
  return {};
}

std::unexpected<Error> no_config(const trigger::Function& function) {
  return fail(
      ErrorCode::kResourceNotFound,
      fmt::format("The function {} doesn't have an EventInvokeConfig", qualified_arn(function)));
}

void append_config(std::string& out, const trigger::Function& function) {
  const trigger::EventSettings& events = function.settings.events;
  JsonMembers members(out);
  members.seconds("LastModified", events.last_modified);
  members.text("FunctionArn", qualified_arn(function));
  if (events.retries_max) members.number("MaximumRetryAttempts", *events.retries_max);
  if (events.age_max_s) members.number("MaximumEventAgeInSeconds", *events.age_max_s);
  members.raw("DestinationConfig", R"({"OnSuccess":{},"OnFailure":{}})");
  members.finish();
}

enum class Keep : bool { kNothing, kWhatIsNotGiven };

/// What `call` asks for, on top of what it keeps.
Result<LambdaReply> store_config(const LambdaCall& call, const trigger::Function& function,
                                 Keep keep) {
  PARLEY_TRY(refuse_destinations(call.input));
  const auto retries = find_int(call.input, "MaximumRetryAttempts");
  const auto age = find_int(call.input, "MaximumEventAgeInSeconds");
  if (!retries && !age && !find_object(call.input, "DestinationConfig")) {
    return fail(ErrorCode::kInvalidParameter,
                "You must specify at least one of MaximumRetryAttempts, MaximumEventAgeInSeconds "
                "or DestinationConfig");
  }
  const auto change = [&](trigger::EventSettings& events) -> Status {
    if (keep == Keep::kNothing) {
      events = {};
    } else if (events.last_modified == 0) {
      return no_config(function);
    }
    if (retries) events.retries_max = retries;
    if (age) events.age_max_s = age;
    events.last_modified = call.context.parts.clock.now();
    return {};
  };
  const auto changed =
      PARLEY_TRY(call.context.parts.functions.change_events(function.name, change));
  LambdaReply reply;
  append_config(reply.body, changed);
  return reply;
}

}  // namespace

constinit const Shape kEventInvokeConfigInput =
    structure("PutFunctionEventInvokeConfigRequest", kMembers);

Result<LambdaReply> put_function_event_invoke_config(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  return store_config(call, found.function, Keep::kNothing);
}

Result<LambdaReply> update_function_event_invoke_config(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  if (found.function.settings.events.last_modified == 0) return no_config(found.function);
  return store_config(call, found.function, Keep::kWhatIsNotGiven);
}

Result<LambdaReply> get_function_event_invoke_config(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  if (found.function.settings.events.last_modified == 0) return no_config(found.function);
  LambdaReply reply;
  append_config(reply.body, found.function);
  return reply;
}

Result<LambdaReply> delete_function_event_invoke_config(const LambdaCall& call) {
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  const auto clear = [&](trigger::EventSettings& events) -> Status {
    if (events.last_modified == 0) return no_config(found.function);
    events = {};
    return {};
  };
  PARLEY_TRY(call.context.parts.functions.change_events(found.function.name, clear));
  return LambdaReply{.status = 204};
}

Result<LambdaReply> list_function_event_invoke_configs(const LambdaCall& call) {
  PARLEY_TRY(read_page(call, 50));
  const ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("FunctionEventInvokeConfigs");
  reply.body += '[';
  if (found.function.settings.events.last_modified != 0) {
    append_config(reply.body, found.function);
  }
  reply.body += ']';
  members.finish();
  return reply;
}

}  // namespace parley::api
