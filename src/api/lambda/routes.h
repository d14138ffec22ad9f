// The handlers that lambda/routes.cc lists, each in a file of its own name.
#pragma once

#include "api/lambda/lambda_call.h"
#include "api/shape.h"

namespace parley::api {

// Functions.
[[nodiscard]] Result<LambdaReply> create_function(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_functions(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function_configuration(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> update_function_code(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> update_function_configuration(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> delete_function(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> put_function_concurrency(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function_concurrency(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> delete_function_concurrency(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_account_settings(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> put_function_event_invoke_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> update_function_event_invoke_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function_event_invoke_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> delete_function_event_invoke_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_function_event_invoke_configs(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> tag_function(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> untag_function(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_tags(const LambdaCall& call);
extern const Shape kEventInvokeConfigInput;
extern const Shape kTagFunctionInput;
void invoke_function(LambdaCall call, LambdaCallback done);
void invoke_function_async(LambdaCall call, LambdaCallback done);
extern const Shape kCreateFunctionInput;
extern const Shape kUpdateFunctionCodeInput;
extern const Shape kUpdateFunctionConfigurationInput;
extern const Shape kPutFunctionConcurrencyInput;

// What Parley has none of, told as AWS tells it of a function that has none.
[[nodiscard]] Result<LambdaReply> list_versions_by_function(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_aliases(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_alias(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_policy(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function_code_signing_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function_url_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_function_url_configs(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> provisioned_concurrency(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_runtime_management_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_function_recursion_config(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_layers(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_code_signing_configs(const LambdaCall& call);

// Event source mappings.
[[nodiscard]] Result<LambdaReply> create_event_source_mapping(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_event_source_mappings(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> get_event_source_mapping(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> update_event_source_mapping(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> delete_event_source_mapping(const LambdaCall& call);
extern const Shape kCreateEventSourceMappingInput;
extern const Shape kUpdateEventSourceMappingInput;

// Ours, under /_parley/.
void function_logs(LambdaCall call, LambdaCallback done);
[[nodiscard]] Result<LambdaReply> function_code(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> event_failures(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> list_triggers(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> show_trigger(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> replay_trigger(const LambdaCall& call);
extern const Shape kReplayTriggerInput;
[[nodiscard]] Result<LambdaReply> list_dead_letters(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> show_dead_letter(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> replay_dead_letter(const LambdaCall& call);
[[nodiscard]] Result<LambdaReply> delete_dead_letter(const LambdaCall& call);

}  // namespace parley::api
