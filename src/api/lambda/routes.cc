#include "api/lambda/routes.h"

#include <fmt/format.h>

#include <array>

#include "api/lambda/url_text.h"

namespace parley::api {
namespace {

constexpr LambdaRoute sync(std::string_view method, std::string_view pattern,
                           std::string_view operation, LambdaHandler handler,
                           const Shape* input = nullptr) {
  return {.method = method,
          .pattern = pattern,
          .operation = operation,
          .input = input,
          .handler = handler};
}

constexpr LambdaRoute async(std::string_view method, std::string_view pattern,
                            std::string_view operation, LambdaAsyncHandler handler) {
  return {.method = method, .pattern = pattern, .operation = operation, .async_handler = handler};
}

// The one table of Lambda's operations and of ours.
constexpr std::array kRoutes{
    sync("POST", "/2015-03-31/functions", "CreateFunction", create_function, &kCreateFunctionInput),
    sync("GET", "/2015-03-31/functions", "ListFunctions", list_functions),
    sync("GET", "/2015-03-31/functions/{}", "GetFunction", get_function),
    sync("DELETE", "/2015-03-31/functions/{}", "DeleteFunction", delete_function),
    sync("GET", "/2015-03-31/functions/{}/configuration", "GetFunctionConfiguration",
         get_function_configuration),
    sync("PUT", "/2015-03-31/functions/{}/configuration", "UpdateFunctionConfiguration",
         update_function_configuration, &kUpdateFunctionConfigurationInput),
    sync("PUT", "/2015-03-31/functions/{}/code", "UpdateFunctionCode", update_function_code,
         &kUpdateFunctionCodeInput),
    async("POST", "/2015-03-31/functions/{}/invocations", "Invoke", invoke_function),
    async("POST", "/2014-11-13/functions/{}/invoke-async", "InvokeAsync", invoke_function_async),
    sync("PUT", "/2017-10-31/functions/{}/concurrency", "PutFunctionConcurrency",
         put_function_concurrency, &kPutFunctionConcurrencyInput),
    sync("DELETE", "/2017-10-31/functions/{}/concurrency", "DeleteFunctionConcurrency",
         delete_function_concurrency),
    sync("GET", "/2019-09-30/functions/{}/concurrency", "GetFunctionConcurrency",
         get_function_concurrency),
    sync("PUT", "/2019-09-25/functions/{}/event-invoke-config", "PutFunctionEventInvokeConfig",
         put_function_event_invoke_config, &kEventInvokeConfigInput),
    sync("POST", "/2019-09-25/functions/{}/event-invoke-config", "UpdateFunctionEventInvokeConfig",
         update_function_event_invoke_config, &kEventInvokeConfigInput),
    sync("GET", "/2019-09-25/functions/{}/event-invoke-config", "GetFunctionEventInvokeConfig",
         get_function_event_invoke_config),
    sync("DELETE", "/2019-09-25/functions/{}/event-invoke-config",
         "DeleteFunctionEventInvokeConfig", delete_function_event_invoke_config),
    sync("GET", "/2019-09-25/functions/{}/event-invoke-config/list",
         "ListFunctionEventInvokeConfigs", list_function_event_invoke_configs),
    sync("POST", "/2017-03-31/tags/{}", "TagResource", tag_function, &kTagFunctionInput),
    sync("DELETE", "/2017-03-31/tags/{}", "UntagResource", untag_function),
    sync("GET", "/2017-03-31/tags/{}", "ListTags", list_tags),
    sync("GET", "/2016-08-19/account-settings", "GetAccountSettings", get_account_settings),

    sync("GET", "/2015-03-31/functions/{}/versions", "ListVersionsByFunction",
         list_versions_by_function),
    sync("GET", "/2015-03-31/functions/{}/aliases", "ListAliases", list_aliases),
    sync("GET", "/2015-03-31/functions/{}/aliases/{}", "GetAlias", get_alias),
    sync("GET", "/2015-03-31/functions/{}/policy", "GetPolicy", get_policy),
    sync("GET", "/2020-06-30/functions/{}/code-signing-config", "GetFunctionCodeSigningConfig",
         get_function_code_signing_config),
    sync("GET", "/2021-10-31/functions/{}/url", "GetFunctionUrlConfig", get_function_url_config),
    sync("GET", "/2021-10-31/functions/{}/urls", "ListFunctionUrlConfigs",
         list_function_url_configs),
    sync("GET", "/2019-09-30/functions/{}/provisioned-concurrency",
         "GetProvisionedConcurrencyConfig", provisioned_concurrency),
    sync("GET", "/2021-07-20/functions/{}/runtime-management-config", "GetRuntimeManagementConfig",
         get_runtime_management_config),
    sync("GET", "/2024-08-31/functions/{}/recursion-config", "GetFunctionRecursionConfig",
         get_function_recursion_config),
    sync("GET", "/2018-10-31/layers", "ListLayers", list_layers),
    sync("GET", "/2020-04-22/code-signing-configs", "ListCodeSigningConfigs",
         list_code_signing_configs),

    sync("POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping",
         create_event_source_mapping, &kCreateEventSourceMappingInput),
    sync("GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings",
         list_event_source_mappings),
    sync("GET", "/2015-03-31/event-source-mappings/{}", "GetEventSourceMapping",
         get_event_source_mapping),
    sync("PUT", "/2015-03-31/event-source-mappings/{}", "UpdateEventSourceMapping",
         update_event_source_mapping, &kUpdateEventSourceMappingInput),
    sync("DELETE", "/2015-03-31/event-source-mappings/{}", "DeleteEventSourceMapping",
         delete_event_source_mapping),

    async("GET", "/_parley/functions/{}/logs", "", function_logs),
    sync("GET", "/_parley/functions/{}/code", "", function_code),
    sync("GET", "/_parley/functions/{}/event-failures", "", event_failures),
    sync("GET", "/_parley/triggers", "", list_triggers),
    sync("GET", "/_parley/triggers/{}", "", show_trigger),
    sync("POST", "/_parley/triggers/{}/replay", "", replay_trigger, &kReplayTriggerInput),
    sync("GET", "/_parley/dead-letters", "", list_dead_letters),
    sync("GET", "/_parley/dead-letters/{}", "", show_dead_letter),
    sync("POST", "/_parley/dead-letters/{}/replay", "", replay_dead_letter),
    sync("DELETE", "/_parley/dead-letters/{}", "", delete_dead_letter),
};

struct AbsentOperation {
  std::string_view method;
  std::string_view pattern;
  std::string_view operation;
};

// What AWS has and Parley has not: refused by name.
constexpr std::array kAbsentOperations{
    AbsentOperation{"POST", "/2015-03-31/functions/{}/versions", "PublishVersion"},
    AbsentOperation{"POST", "/2015-03-31/functions/{}/aliases", "CreateAlias"},
    AbsentOperation{"PUT", "/2015-03-31/functions/{}/aliases/{}", "UpdateAlias"},
    AbsentOperation{"DELETE", "/2015-03-31/functions/{}/aliases/{}", "DeleteAlias"},
    AbsentOperation{"POST", "/2015-03-31/functions/{}/policy", "AddPermission"},
    AbsentOperation{"DELETE", "/2015-03-31/functions/{}/policy/{}", "RemovePermission"},
    AbsentOperation{"PUT", "/2020-06-30/functions/{}/code-signing-config",
                    "PutFunctionCodeSigningConfig"},
    AbsentOperation{"DELETE", "/2020-06-30/functions/{}/code-signing-config",
                    "DeleteFunctionCodeSigningConfig"},
    AbsentOperation{"POST", "/2021-10-31/functions/{}/url", "CreateFunctionUrlConfig"},
    AbsentOperation{"PUT", "/2021-10-31/functions/{}/url", "UpdateFunctionUrlConfig"},
    AbsentOperation{"DELETE", "/2021-10-31/functions/{}/url", "DeleteFunctionUrlConfig"},
    AbsentOperation{"PUT", "/2019-09-30/functions/{}/provisioned-concurrency",
                    "PutProvisionedConcurrencyConfig"},
    AbsentOperation{"DELETE", "/2019-09-30/functions/{}/provisioned-concurrency",
                    "DeleteProvisionedConcurrencyConfig"},
    AbsentOperation{"PUT", "/2021-07-20/functions/{}/runtime-management-config",
                    "PutRuntimeManagementConfig"},
    AbsentOperation{"PUT", "/2024-08-31/functions/{}/recursion-config",
                    "PutFunctionRecursionConfig"},
    AbsentOperation{"POST", "/2021-11-15/functions/{}/response-streaming-invocations",
                    "InvokeWithResponseStream"},
    AbsentOperation{"POST", "/2018-10-31/layers/{}/versions", "PublishLayerVersion"},
    AbsentOperation{"GET", "/2018-10-31/layers/{}/versions", "ListLayerVersions"},
    AbsentOperation{"GET", "/2018-10-31/layers/{}/versions/{}", "GetLayerVersion"},
    AbsentOperation{"DELETE", "/2018-10-31/layers/{}/versions/{}", "DeleteLayerVersion"},
    AbsentOperation{"POST", "/2020-04-22/code-signing-configs", "CreateCodeSigningConfig"},
    AbsentOperation{"GET", "/2020-04-22/code-signing-configs/{}", "GetCodeSigningConfig"},
};

/// Removes and returns the first segment of a path that begins with '/'.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// Whether `path` (without a slash at its end) is of `pattern`; then `parameters` has its parts.
bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::string>& parameters) {
  parameters.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    if (expected == "{}" && !segment.empty()) {
      parameters.push_back(percent_decoded(segment));
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

Result<RouteMatch> find_route(std::string_view method, std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  RouteMatch match;
  for (const LambdaRoute& route : kRoutes) {
    if (route.method == method && matches(route.pattern, path, match.parameters)) {
      match.route = &route;
      return match;
    }
  }
  for (const AbsentOperation& absent : kAbsentOperations) {
    if (absent.method == method && matches(absent.pattern, path, match.parameters)) {
      return fail(ErrorCode::kUnknownOperation,
                  fmt::format("Parley does not support {}", absent.operation));
    }
  }
  return fail(ErrorCode::kUnknownOperation,
              fmt::format("There is no operation {} {}", method, path));
}

}  // namespace parley::api
