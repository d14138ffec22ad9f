#include "trigger/function_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "codec/item_json.h"
#include "trigger/process/deployment.h"

namespace parley::trigger {
namespace {

constexpr std::string_view kNamePattern =
    R"((arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?)"
    R"(([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?)";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::unexpected<Error> bad_name(std::string_view name) {
  return invalid(
      fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to satisfy "
                  "constraint: Member must satisfy regular expression pattern: {}",
                  name, kNamePattern));
}

Status check_range(std::string_view member, int value, int least, int most) {
  if (value < least) {
    return invalid(
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                    "Member must have value greater than or equal to {}",
                    value, member, least));
  }
  if (value > most) {
    return invalid(
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                    "Member must have value less than or equal to {}",
                    value, member, most));
  }
  return {};
}

/// As AWS has it: [a-zA-Z]([a-zA-Z0-9_])+
bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return name.size() >= 2 && is_letter(name[0]) && std::ranges::all_of(name, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
         });
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Status check_environment(const std::map<std::string, std::string>& environment) {
  std::vector<std::string_view> reserved;
  std::string measured = "{";
  for (const auto& [name, value] : environment) {
    if (is_reserved_variable(name)) {
      reserved.push_back(name);
    } else if (!is_variable_name(name)) {
      return invalid(
          "1 validation error detected: Value at 'environment.variables' failed to satisfy "
          "constraint: Map keys must satisfy constraint: [Member must satisfy regular expression "
          "pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
    }
    if (value.find('\0') != std::string::npos) {
      return fail(ErrorCode::kInvalidParameter,
                  fmt::format("The environment variable '{}' is not valid", name));
    }
    if (measured.size() > 1) measured += ", ";
    codec::append_json_string(measured, name);
    measured += ": ";
    codec::append_json_string(measured, value);
  }
  measured += '}';
  if (!reserved.empty()) {
    return fail(
        ErrorCode::kInvalidParameter,
        fmt::format("Lambda was unable to configure your environment variables because the "
                    "environment variables you have provided contains reserved keys that are "
                    "currently not supported for modification. Reserved keys used in this request: "
                    "{}",
                    fmt::join(reserved, ", ")));
  }
  if (measured.size() > kEnvironmentSizeBytesMax) {
    return fail(
        ErrorCode::kInvalidParameter,
        fmt::format("Lambda was unable to configure your environment variables because the "
                    "environment variables you have provided exceeded the 4KB limit. String "
                    "measured: {}",
                    measured));
  }
  return {};
}

}  // namespace

Status check_function_name(std::string_view name) {
  if (name.empty() || !std::ranges::all_of(name, is_name_character)) return bad_name(name);
  if (name.size() > kFunctionNameSizeMax) {
    return invalid(
        fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to satisfy "
                    "constraint: Member must have length less than or equal to {}",
                    name, kFunctionNameSizeMax));
  }
  return {};
}

Result<RuntimeKind> runtime_kind_of(std::string_view runtime) {
  if (runtime.starts_with("python")) return RuntimeKind::kPython;
  if (runtime.starts_with("nodejs")) return RuntimeKind::kNode;
  if (runtime.starts_with("provided")) return RuntimeKind::kProvided;
  return fail(ErrorCode::kInvalidParameter,
              fmt::format("Value {} at 'runtime' failed to satisfy constraint: Member must satisfy "
                          "enum value set: [python3.*, nodejs*, provided, provided.al2, "
                          "provided.al2023] (the runtimes that run here)",
                          runtime));
}

Status check_settings(const FunctionSettings& settings) {
  PARLEY_TRY(check_range("timeout", settings.timeout_s, 1, 900));
  PARLEY_TRY(check_range("memorySize", settings.memory_mb, 128, 10'240));
  const RuntimeKind kind = PARLEY_TRY(runtime_kind_of(settings.runtime));
  if (settings.handler.empty() && kind != RuntimeKind::kProvided) {
    return fail(ErrorCode::kInvalidParameter,
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages.");
  }
  if (settings.handler.find('\0') != std::string::npos) {
    return fail(ErrorCode::kInvalidParameter, "The handler is not valid");
  }
  if (settings.concurrency_max && *settings.concurrency_max < 0) {
    return invalid(
        "1 validation error detected: Value at 'reservedConcurrentExecutions' failed to "
        "satisfy constraint: Member must have value greater than or equal to 0");
  }
  PARLEY_TRY(check_tags(settings.tags));
  return check_environment(settings.environment);
}

// Source: lambda/latest/dg/configuration-tags.html
Status check_tags(const std::map<std::string, std::string>& tags) {
  constexpr std::size_t kKeySizeMax = 128;
  constexpr std::size_t kValueSizeMax = 256;
  for (const auto& [key, value] : tags) {
    if (key.empty() || characters(key) > kKeySizeMax || characters(value) > kValueSizeMax) {
      return fail(ErrorCode::kInvalidParameter,
                  fmt::format("The tag {} is not valid: a key has 1 to {} characters, a value at "
                              "most {}",
                              key, kKeySizeMax, kValueSizeMax));
    }
    if (key.starts_with("aws:")) {
      return fail(ErrorCode::kInvalidParameter,
                  fmt::format("The tag {} is not valid: aws: is reserved", key));
    }
  }
  if (tags.size() <= kFunctionTagsMax) return {};
  return fail(ErrorCode::kInvalidParameter,
              fmt::format("A function has at most {} tags", kFunctionTagsMax));
}

Status check_reservation(const std::vector<Function>& functions, std::string_view name,
                         std::optional<int> wanted, int concurrency_max) {
  if (!wanted) return {};
  std::int64_t reserved = *wanted;
  for (const Function& function : functions) {
    if (function.name != name) reserved += function.settings.concurrency_max.value_or(0);
  }
  if (reserved <= concurrency_max) return {};
  return fail(ErrorCode::kInvalidParameter,
              "Specified ReservedConcurrentExecutions for function decreases account's "
              "UnreservedConcurrentExecution below its minimum value of [0].");
}

Status check_revision(const Function& function, const std::optional<std::string>& revision_id) {
  if (!revision_id || *revision_id == function.revision_id) return {};
  return fail(ErrorCode::kPreconditionFailed,
              "The Revision Id provided does not match the latest Revision Id. Call the "
              "GetFunction/GetAlias API to retrieve the latest Revision Id");
}

Status check_changeable(const Function& function) {
  if (function.kind != RuntimeKind::kNative) return {};
  return fail(ErrorCode::kInvalidParameter,
              fmt::format("{} is a part of this server and cannot be changed", function.name));
}

Result<std::string> function_name_of(std::string_view name_or_arn) {
  std::string_view rest = name_or_arn;
  constexpr std::string_view kMiddle = ":function:";
  if (rest.starts_with("function:")) {
    rest.remove_prefix(kMiddle.size() - 1);
  } else if (const auto at = rest.find(kMiddle); at != std::string_view::npos) {
    rest.remove_prefix(at + kMiddle.size());
  } else if (rest.starts_with("arn:")) {
    return bad_name(name_or_arn);
  }
  const std::size_t colon = std::min(rest.find(':'), rest.size());
  const std::string_view name = rest.substr(0, colon);
  const std::string_view qualifier = rest.substr(std::min(colon + 1, rest.size()));
  if (name.empty() || !std::ranges::all_of(name, is_name_character)) return bad_name(name_or_arn);
  if (colon < rest.size() && qualifier != "$LATEST") {
    if (qualifier.empty() || !std::ranges::all_of(qualifier, is_name_character)) {
      return bad_name(name_or_arn);
    }
    return fail(ErrorCode::kResourceNotFound, fmt::format("Function not found: {}", name_or_arn));
  }
  return std::string(name);
}

std::string function_arn(const model::Realm& realm, std::string_view name) {
  return fmt::format("arn:aws:lambda:{}:{}:function:{}", realm.region, realm.account, name);
}

}  // namespace parley::trigger
