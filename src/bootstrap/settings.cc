#include "bootstrap/settings.h"

#include <fmt/format.h>

namespace parley::bootstrap {
namespace {

std::string text_of(net::Environment environment, const char* name) {
  const char* text = environment(name);
  return text != nullptr ? text : "";
}

std::string endpoint_of(net::Environment environment, const std::string& region) {
  for (const char* name : {"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"}) {
    if (auto url = text_of(environment, name); !url.empty()) return url;
  }
  return client::aws_endpoint(region);
}

}  // namespace

Result<Settings> settings_of(net::Environment environment) {
  const auto profile = PARLEY_TRY(net::load_aws_profile(environment));
  if (!profile.credentials) {
    return fail(ErrorCode::kInvalidArgument,
                "No AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
  }
  if (!profile.region) return fail(ErrorCode::kInvalidArgument, "AWS_REGION is not set");
  Settings settings;
  settings.database.region = *profile.region;
  settings.database.credentials = *profile.credentials;
  settings.database.user_agent = "parley-conversation-trigger";
  settings.database.endpoint =
      PARLEY_TRY(net::Url::parse(endpoint_of(environment, *profile.region)));
  if (auto table = text_of(environment, "TABLE_NAME"); !table.empty()) {
    settings.trigger.table = std::move(table);
  }
  if (auto index = text_of(environment, "INDEX_NAME"); !index.empty()) {
    settings.trigger.index = std::move(index);
  }
  return settings;
}

}  // namespace parley::bootstrap
