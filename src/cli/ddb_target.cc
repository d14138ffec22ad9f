#include "cli/ddb_target.h"

#include <fmt/format.h>

#include "client/remote_database.h"

namespace parley::cli {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";

bool is_aws_host(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

}  // namespace

Result<DdbTarget> open_ddb_target(const DdbTargetOptions& options, net::Environment environment,
                                  Clock& clock, Random& random) {
  // A local server takes any credentials, so a broken profile is no reason to fail there.
  auto profile = net::load_aws_profile(environment, options.profile);
  if (!profile && (options.prod || !options.profile.empty())) {
    return std::unexpected(profile.error());
  }
  net::AwsProfile found = profile ? *std::move(profile) : net::AwsProfile{};
  if (!found.credentials && options.prod) {
    return fail(ErrorCode::kInvalidArgument,
                "No AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a "
                "profile with --profile or AWS_PROFILE");
  }
  if (!found.credentials) {
    found.credentials = {
        .access_key_id = "local", .secret_access_key = "local", .session_token = ""};
  }
  DdbTarget target;
  target.region = !options.region.empty() ? options.region : found.region.value_or("");
  if (target.region.empty() && options.prod && options.endpoint_url.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "No AWS region: set AWS_REGION, or name one with --region");
  }
  if (target.region.empty()) target.region = kDefaultRegion;
  // prod alone does not ask the environment, so that it always means AWS.
  target.address =
      !options.endpoint_url.empty() ? options.endpoint_url
      : options.prod
          ? client::aws_endpoint(target.region)
          : net::named_endpoint(environment, "DYNAMODB").value_or(std::string(kLocalEndpoint));
  client::RemoteDatabaseOptions remote;
  remote.endpoint = PARLEY_TRY(net::Url::parse(target.address));
  remote.region = target.region;
  remote.credentials = *found.credentials;
  remote.user_agent = "parley/" PARLEY_VERSION;
  remote.attempts_max = options.attempts_max;
  remote.http.request_timeout = options.request_timeout;
  if (const char* authorities = environment("AWS_CA_BUNDLE"); authorities != nullptr) {
    remote.http.ca_file = authorities;
  }
  target.is_aws = options.prod || is_aws_host(remote.endpoint.host);
  target.database = std::make_unique<client::RemoteDatabase>(std::move(remote), clock, random);
  return target;
}

}  // namespace parley::cli
