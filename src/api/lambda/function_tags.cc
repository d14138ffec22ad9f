// TagResource, UntagResource, ListTags of functions; mappings have none. Sources:
// lambda/latest/api/API_TagResource.html, API_UntagResource.html, API_ListTags.html
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "api/input.h"
#include "api/lambda/function_input.h"
#include "api/lambda/function_json.h"
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"Tags", &kFunctionTagsShape, Presence::kRequired}};
constexpr std::string_view kMappingPart = ":event-source-mapping:";

/// Errors: kResourceNotFound.
Status check_mapping(const LambdaCall& call, std::string_view arn) {
  const std::size_t at = arn.find(kMappingPart);
  if (at != std::string_view::npos &&
      call.context.parts.mappings.find(arn.substr(at + kMappingPart.size()))) {
    return {};
  }
  return fail(ErrorCode::kResourceNotFound, "The resource you requested does not exist.");
}

/// The function that the path's ARN names. Errors: kValidation, kInvalidParameter for a version,
/// kResourceNotFound.
Result<trigger::Function> find_tagged_function(const LambdaCall& call) {
  const std::string& arn = call.parameters[0];
  const auto reference = parse_function_reference(arn);
  if (!arn.starts_with("arn:") || !reference) {
    return fail(ErrorCode::kValidation,
                fmt::format("1 validation error detected: Value '{}' at 'resource' failed to "
                            "satisfy constraint: Member must satisfy regular expression pattern: "
                            "arn:(aws[a-zA-Z-]*):lambda:[a-z]{{2}}((-gov)|(-iso([a-z]?)))?-[a-z]+-"
                            "\\d{{1}}:\\d{{12}}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|"
                            "[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-"
                            "[a-z0-9]{{17}}|event-source-mapping:[a-f0-9]{{8}}-[a-f0-9]{{4}}-"
                            "[a-f0-9]{{4}}-[a-f0-9]{{4}}-[a-f0-9]{{12}})",
                            arn));
  }
  if (reference->qualifier) {
    return fail(ErrorCode::kInvalidParameter,
                "Tags on function aliases and versions are not supported. Please specify either a "
                "function ARN or an event source mapping ARN.");
  }
  return PARLEY_TRY(resolve_function(call, arn, std::nullopt)).function;
}

/// Errors: as find_tagged_function, and kInvalidParameter for a mapping.
Result<trigger::Function> find_taggable_function(const LambdaCall& call) {
  if (call.parameters[0].find(kMappingPart) == std::string::npos) return find_tagged_function(call);
  PARLEY_TRY(check_mapping(call, call.parameters[0]));
  return fail(ErrorCode::kInvalidParameter,
              "Parley does not support tags of event source mappings");
}

}  // namespace

constinit const Shape kTagFunctionInput = structure("TagResourceRequest", kMembers);

Result<LambdaReply> tag_function(const LambdaCall& call) {
  const auto function = PARLEY_TRY(find_taggable_function(call));
  PARLEY_TRY(call.context.parts.functions.change_tags(
      function.name, find_function_tags(call.input).value_or(std::map<std::string, std::string>{}),
      {}));
  return LambdaReply{.status = 204};
}

Result<LambdaReply> untag_function(const LambdaCall& call) {
  std::vector<std::string> keys;
  for (const auto& [name, value] : call.query) {
    if (name == "tagKeys") keys.push_back(value);
  }
  if (keys.empty()) {
    return fail(ErrorCode::kValidation,
                "1 validation error detected: Value null at 'tagKeys' failed to satisfy "
                "constraint: Member must not be null");
  }
  const auto function = PARLEY_TRY(find_taggable_function(call));
  PARLEY_TRY(call.context.parts.functions.change_tags(function.name, {}, keys));
  return LambdaReply{.status = 204};
}

Result<LambdaReply> list_tags(const LambdaCall& call) {
  std::map<std::string, std::string> tags;
  if (call.parameters[0].find(kMappingPart) != std::string::npos) {
    PARLEY_TRY(check_mapping(call, call.parameters[0]));
  } else {
    tags = PARLEY_TRY(find_tagged_function(call)).settings.tags;
  }
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("Tags");
  append_text_map(reply.body, tags);
  members.finish();
  return reply;
}

}  // namespace parley::api
