// The shared files and variables in which AWS's tools keep credentials.
// Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <map>

#include "net/ascii.h"
#include "net/aws_signature.h"

namespace parley::net {
namespace {

using Section = std::map<std::string, std::string>;
using Sections = std::map<std::string, Section>;

/// The sections of an INI file; a missing file has none. "[profile NAME]" counts as NAME where
/// `with_prefix`: then only "default" may stand without it.
Sections read_sections(const std::string& path, bool with_prefix) {
  Sections sections;
  Section* section = nullptr;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    if (text.front() == '[') {
      std::string_view name = trimmed(text.substr(1, text.find(']') - 1));
      const bool prefixed = name.starts_with("profile ") || name.starts_with("profile\t");
      if (with_prefix && prefixed) name = trimmed(name.substr(8));
      if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
        name = name.substr(1, name.size() - 2);
      }
      const bool is_profile = !with_prefix || prefixed || name == "default";
      section = is_profile ? &sections[std::string(name)] : nullptr;
      continue;
    }
    // An indented line belongs to a nested setting ("s3 ="), of which none is of use here.
    if (section == nullptr || line.front() == ' ' || line.front() == '\t') continue;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view value = text.substr(equals + 1);
    if (const auto comment = value.find(" #"); comment != std::string_view::npos) {
      value = value.substr(0, comment);
    }
    section->insert_or_assign(std::string(trimmed(text.substr(0, equals))),
                              std::string(trimmed(value)));
  }
  return sections;
}

std::string value_of(const Section& section, const std::string& key) {
  const auto found = section.find(key);
  return found == section.end() ? std::string() : found->second;
}

std::string variable(Environment environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::optional<AwsCredentials>> whole(AwsCredentials credentials, std::string_view where) {
  if (credentials.access_key_id.empty() && credentials.secret_access_key.empty()) {
    return std::optional<AwsCredentials>{};
  }
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("Partial credentials found in {}: the access key id and the secret "
                            "access key are both needed",
                            where));
  }
  return std::optional(std::move(credentials));
}

Result<std::optional<AwsCredentials>> credentials_of(const Section& section,
                                                     const std::string& profile) {
  return whole({.access_key_id = value_of(section, "aws_access_key_id"),
                .secret_access_key = value_of(section, "aws_secret_access_key"),
                .session_token = value_of(section, "aws_session_token")},
               fmt::format("profile \"{}\"", profile));
}

}  // namespace

Result<AwsProfile> load_aws_profile(Environment environment, std::string_view profile) {
  const std::string home = variable(environment, "HOME");
  const auto file = [&](const char* name, const char* fallback) {
    const std::string path = variable(environment, name);
    return path.empty() ? home + fallback : path;
  };
  std::string name(profile);
  if (name.empty()) name = variable(environment, "AWS_PROFILE");
  const bool is_named = !name.empty();
  if (!is_named) name = "default";

  Sections credentials =
      read_sections(file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"), false);
  Sections config = read_sections(file("AWS_CONFIG_FILE", "/.aws/config"), true);
  if (is_named && !credentials.contains(name) && !config.contains(name)) {
    return fail(ErrorCode::kIo, fmt::format("The AWS profile \"{}\" is in neither the credentials "
                                            "file nor the config file",
                                            name));
  }

  AwsProfile found;
  // As in AWS's own tools: a profile asked for by name goes before the keys of the environment.
  if (profile.empty()) {
    found.credentials =
        PARLEY_TRY(whole({.access_key_id = variable(environment, "AWS_ACCESS_KEY_ID"),
                          .secret_access_key = variable(environment, "AWS_SECRET_ACCESS_KEY"),
                          .session_token = variable(environment, "AWS_SESSION_TOKEN")},
                         "the environment"));
  }
  if (!found.credentials) found.credentials = PARLEY_TRY(credentials_of(credentials[name], name));
  if (!found.credentials) found.credentials = PARLEY_TRY(credentials_of(config[name], name));
  if (!found.credentials) {
    for (const char* key : {"role_arn", "sso_session", "sso_start_url", "credential_process"}) {
      if (!config[name].contains(key) && !credentials[name].contains(key)) continue;
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("The AWS profile \"{}\" takes its credentials from {}, which is not "
                              "followed here; export them first: eval \"$(aws configure "
                              "export-credentials --profile {} --format env)\"",
                              name, key, name));
    }
  }

  for (const char* key : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = variable(environment, key); !region.empty() && !found.region) {
      found.region = std::move(region);
    }
  }
  if (std::string region = value_of(config[name], "region"); !region.empty() && !found.region) {
    found.region = std::move(region);
  }
  return found;
}

std::optional<std::string> named_endpoint(Environment environment, std::string_view service) {
  for (const auto& name :
       {"AWS_ENDPOINT_URL_" + std::string(service), std::string("AWS_ENDPOINT_URL")}) {
    const char* url = environment(name.c_str());
    if (url != nullptr && url[0] != '\0') return url;
  }
  return std::nullopt;
}

}  // namespace parley::net
