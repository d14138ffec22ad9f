#include "api/lambda/function_json.h"

#include <fmt/format.h>

#include "api/lambda/json_members.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

void append_environment(std::string& out, const std::map<std::string, std::string>& variables) {
  out += "{\"Variables\":";
  append_text_map(out, variables);
  out += '}';
}

void append_progress(JsonMembers& members, FunctionProgress progress) {
  members.text("State", progress == FunctionProgress::kCreating ? "Pending" : "Active");
  switch (progress) {
    case FunctionProgress::kCreating:
      members.text("StateReason", "The function is being created.");
      members.text("StateReasonCode", "Creating");
      break;
    case FunctionProgress::kUpdating:
      members.text("LastUpdateStatus", "InProgress");
      members.text("LastUpdateStatusReason", "The function is being created.");
      members.text("LastUpdateStatusReasonCode", "Creating");
      break;
    case FunctionProgress::kDone:
      members.text("LastUpdateStatus", "Successful");
      break;
  }
}

}  // namespace

void append_text_map(std::string& out, const std::map<std::string, std::string>& texts) {
  out += '{';
  std::string_view separator;
  for (const auto& [name, value] : texts) {
    out += separator;
    codec::append_json_string(out, name);
    out += ':';
    codec::append_json_string(out, value);
    separator = ",";
  }
  out += '}';
}

void append_function_configuration(std::string& out, const trigger::Function& function,
                                   std::string_view arn, FunctionProgress progress) {
  const trigger::FunctionSettings& settings = function.settings;
  JsonMembers members(out);
  members.text("FunctionName", function.name);
  members.text("FunctionArn", arn);
  members.text("Runtime", settings.runtime);
  members.text("Role", settings.role);
  members.text("Handler", settings.handler);
  members.number("CodeSize", function.code_size_bytes);
  members.text("Description", settings.description);
  members.number("Timeout", settings.timeout_s);
  members.number("MemorySize", settings.memory_mb);
  members.text("LastModified", lambda_time(function.last_modified));
  members.text("CodeSha256", function.code_sha256);
  members.text("Version", "$LATEST");
  if (!settings.environment.empty()) {
    members.name("Environment");
    append_environment(out, settings.environment);
  }
  members.raw("TracingConfig", R"({"Mode":"PassThrough"})");
  members.text("RevisionId", function.revision_id);
  append_progress(members, progress);
  members.text("PackageType", "Zip");
  members.name("Architectures");
  out += '[';
  std::string_view separator;
  for (const std::string& architecture : settings.architectures) {
    out += separator;
    codec::append_json_string(out, architecture);
    separator = ",";
  }
  if (settings.architectures.empty()) out += "\"x86_64\"";
  out += ']';
  members.raw("EphemeralStorage", R"({"Size":512})");
  members.raw("SnapStart", R"({"ApplyOn":"None","OptimizationStatus":"Off"})");
  members.name("LoggingConfig");
  JsonMembers logging(out);
  logging.text("LogFormat", "Text");
  logging.text("LogGroup", fmt::format("/aws/lambda/{}", function.name));
  logging.finish();
  members.finish();
}

}  // namespace parley::api
