// AWS Signature Version 4: signing what we send, and the credential chain that finds the keys.
// Source:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_client.h"

namespace parley::net {

struct AwsCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty: none
};

/// Adds X-Amz-Date, X-Amz-Security-Token (with a session token) and Authorization to `request`; the
/// Host that is signed is `authority`.
void sign(HttpClientRequest& request, std::string_view authority, const AwsCredentials& credentials,
          std::string_view region, std::string_view service, TimestampMicros now);

/// What the environment and the shared files say, as the AWS CLI reads them.
struct AwsProfile {
  std::optional<AwsCredentials> credentials;
  std::optional<std::string> region;
};

/// The usual chain: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; then the profile
/// AWS_PROFILE (or `profile`, or "default") of AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and
/// AWS_CONFIG_FILE (~/.aws/config); region from AWS_REGION, AWS_DEFAULT_REGION, then the config
/// file. `environment` looks a variable up (nullptr if unset): a parameter, so that tests need no
/// process environment. Reads files; errors: kIo for a named profile that is nowhere.
using Environment = const char* (*)(const char* name);
[[nodiscard]] Result<AwsProfile> load_aws_profile(Environment environment,
                                                  std::string_view profile = {});

/// The endpoint that AWS_ENDPOINT_URL_`service` ("DYNAMODB") or else AWS_ENDPOINT_URL names; none
/// if both are unset or empty. Source:
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
[[nodiscard]] std::optional<std::string> named_endpoint(Environment environment,
                                                        std::string_view service);

}  // namespace parley::net
