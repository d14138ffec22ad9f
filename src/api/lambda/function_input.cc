#include "api/lambda/function_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/input.h"
#include "base/base64.h"

namespace parley::api {
namespace {

using simdjson::dom::element;

constexpr std::string_view kDirectoryBucket = "hot-reload";

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::kInvalidParameter, std::move(message));
}

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// arn:aws:iam::123456789012:role/path/name
bool is_role(std::string_view text) {
  constexpr std::string_view kIam = ":iam::";
  constexpr std::string_view kRole = ":role/";
  if (!text.starts_with("arn:")) return false;
  const std::size_t iam = text.find(kIam);
  if (iam == std::string_view::npos) return false;
  const std::string_view rest = text.substr(iam + kIam.size());
  return rest.size() > 12 + kRole.size() && is_digits(rest.substr(0, 12)) &&
         rest.substr(12).starts_with(kRole) && rest.find(' ') == std::string_view::npos;
}

bool is_handler(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// Nothing is asked for: null, false, "", [], {} or an object of such members.
bool is_empty(const element& value) {
  std::string_view text;
  bool flag = false;
  simdjson::dom::array array;
  simdjson::dom::object object;
  if (value.is_null()) return true;
  if (value.get(flag) == simdjson::SUCCESS) return !flag;
  if (value.get(text) == simdjson::SUCCESS) return text.empty();
  if (value.get(array) == simdjson::SUCCESS) return array.size() == 0;
  if (value.get(object) != simdjson::SUCCESS) return false;
  for (const auto field : object) {
    if (!is_empty(field.value)) return false;
  }
  return true;
}

struct Unsupported {
  std::string_view member;
  std::string_view why;
};

constexpr std::array kUnsupported{
    Unsupported{"VpcConfig", "functions run on this machine, in no VPC"},
    Unsupported{"DeadLetterConfig",
                "there are no queues and topics here; failed events are kept by the server itself"},
    Unsupported{"KMSKeyArn", "nothing is encrypted here"},
    Unsupported{"Layers", "put what the layers hold into the function's own code"},
    Unsupported{"FileSystemConfigs", "functions see this machine's own files"},
    Unsupported{"ImageConfig", "functions run without containers"},
    Unsupported{"CodeSigningConfigArn", "code is not verified here"},
    Unsupported{"CapacityProviderConfig", "there is one machine"},
    Unsupported{"DurableConfig", "durable functions are not there"},
    Unsupported{"TenancyConfig", "there is one tenant"},
    Unsupported{"PublishTo", "there are no versions"},
};

/// A member that has one value in Parley.
struct Fixed {
  std::string_view member;
  std::string_view inner;
  std::string_view value;
};

constexpr std::array kFixed{
    Fixed{"TracingConfig", "Mode", "PassThrough"},
    Fixed{"SnapStart", "ApplyOn", "None"},
    Fixed{"EphemeralStorage", "Size", "512"},
    Fixed{"LoggingConfig", "LogFormat", "Text"},
};

Status check_fixed(const simdjson::dom::object& input, const Fixed& fixed) {
  const auto member = find_member(input, fixed.member);
  if (!member || !member->is_object()) return {};
  const auto inner = find_member(as_object(*member), fixed.inner);
  if (!inner) return {};
  std::string_view text;
  const std::string shown =
      inner->get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(*inner);
  if (shown == fixed.value) return {};
  return refused(fmt::format("Parley does not support {}.{} {}: it is always {}", fixed.member,
                             fixed.inner, shown, fixed.value));
}

Status check_log_group(const simdjson::dom::object& input, std::string_view function_name) {
  const auto logging = find_member(input, "LoggingConfig");
  if (!logging || !logging->is_object()) return {};
  const std::string own = fmt::format("/aws/lambda/{}", function_name);
  for (const auto field : as_object(*logging)) {
    std::string_view text;
    if (field.key == "LogFormat" || is_empty(field.value)) continue;
    if (field.key == "LogGroup" && field.value.get(text) == simdjson::SUCCESS && text == own) {
      continue;
    }
    return refused(
        fmt::format("Parley does not support LoggingConfig.{}: logs are text, in {}; "
                    "`parley function logs` shows them",
                    std::string_view(field.key), own));
  }
  return {};
}

Result<trigger::Code> read_bucket(const simdjson::dom::object& source) {
  const std::string_view bucket = find_string(source, "S3Bucket").value_or("");
  const std::string_view key = find_string(source, "S3Key").value_or("");
  if (bucket != kDirectoryBucket) {
    return refused(
        "Parley has no S3: send the archive in ZipFile, or name a directory with S3Bucket "
        "\"hot-reload\" and S3Key \"/its/absolute/path\"");
  }
  if (!key.starts_with('/')) {
    return refused(fmt::format(
        "S3Key \"{}\" is not the absolute path of a directory, as S3Bucket \"hot-reload\" wants",
        key));
  }
  if (find_string(source, "S3ObjectVersion")) {
    return refused("A directory has no S3ObjectVersion");
  }
  return trigger::DirectoryCode{.path = std::string(key)};
}

}  // namespace

constinit const TextPattern kRolePattern = {
    .text = "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+", .matches = is_role};
constinit const TextPattern kHandlerPattern = {.text = "[^\\s]+", .matches = is_handler};

Status check_unsupported_settings(const simdjson::dom::object& input,
                                  std::string_view function_name) {
  for (const Unsupported& each : kUnsupported) {
    const auto member = find_member(input, each.member);
    if (member && !is_empty(*member)) {
      return refused(fmt::format("Parley does not support {}: {}", each.member, each.why));
    }
  }
  for (const Fixed& each : kFixed) PARLEY_TRY(check_fixed(input, each));
  return check_log_group(input, function_name);
}

Status check_runtime(std::string_view runtime) {
  for (const std::string_view known : {"provided", "python3", "nodejs"}) {
    if (runtime.starts_with(known)) return {};
  }
  return refused(
      fmt::format("Value {} at 'runtime' failed to satisfy constraint: Parley runs provided, "
                  "provided.al2, provided.al2023, python3.x and nodejsNN.x; for other languages "
                  "deploy a custom runtime (an executable called bootstrap)",
                  runtime));
}

std::optional<std::map<std::string, std::string>> find_environment(
    const simdjson::dom::object& input) {
  const auto environment = find_object(input, "Environment");
  if (!environment) return std::nullopt;
  std::map<std::string, std::string> variables;
  if (const auto given = find_object(*environment, "Variables")) {
    for (const auto field : *given) variables.emplace(field.key, as_string(field.value));
  }
  return variables;
}

std::optional<std::map<std::string, std::string>> find_function_tags(
    const simdjson::dom::object& input) {
  const auto given = find_object(input, "Tags");
  if (!given) return std::nullopt;
  std::map<std::string, std::string> tags;
  for (const auto field : *given) tags.emplace(field.key, as_string(field.value));
  return tags;
}

Result<trigger::Code> read_code(const simdjson::dom::object& source) {
  const auto zip = find_string(source, "ZipFile");
  if (find_string(source, "ImageUri")) {
    return refused("Parley does not run container images: send an archive in ZipFile");
  }
  if (find_string(source, "S3Bucket") || find_string(source, "S3Key")) {
    if (zip) {
      return refused(
          "Please do not provide other FunctionCode parameters when providing a "
          "ZipFile.");
    }
    return read_bucket(source);
  }
  if (!zip || zip->empty()) return refused("Please provide a source for function code.");
  auto bytes = decode_base64(*zip);
  if (!bytes) {
    return refused(
        "Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
  return trigger::ZipCode{.bytes = *std::move(bytes)};
}

Status refuse_flag(const simdjson::dom::object& input, std::string_view name,
                   std::string_view why) {
  if (!find_boolean(input, name).value_or(false)) return {};
  return refused(fmt::format("Parley does not support {}: {}", name, why));
}

}  // namespace parley::api
