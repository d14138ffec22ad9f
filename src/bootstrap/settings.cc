#include "bootstrap/settings.h"

namespace parley::bootstrap {
namespace {

std::string text_of(net::Environment environment, const char* name) {
  const char* text = environment(name);
  return text != nullptr ? text : "";
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
      PARLEY_TRY(net::Url::parse(net::named_endpoint(environment, "DYNAMODB")
                                     .value_or(client::aws_endpoint(*profile.region))));
  if (auto table = text_of(environment, "TABLE_NAME"); !table.empty()) {
    settings.trigger.table = std::move(table);
  }
  if (auto index = text_of(environment, "INDEX_NAME"); !index.empty()) {
    settings.trigger.index = std::move(index);
  }
  return settings;
}

}  // namespace parley::bootstrap
