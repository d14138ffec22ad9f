#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "net/aws_signature.h"

namespace parley::net {
namespace {

using testing::HasSubstr;

// What the tests' environment answers; Environment is a plain function.
std::map<std::string, std::string>& variables() {
  static std::map<std::string, std::string> map;
  return map;
}

const char* look_up(const char* name) {
  const auto found = variables().find(name);
  return found == variables().end() ? nullptr : found->second.c_str();
}

class AwsProfileChain : public testing::Test {
 protected:
  AwsProfileChain() {
    std::filesystem::create_directories(home_ / ".aws");
    variables() = {{"HOME", home_.string()}};
  }
  ~AwsProfileChain() override { std::filesystem::remove_all(home_); }

  void write(const std::string& path, const std::string& text) const {
    std::ofstream(home_ / path) << text;
  }

  const std::filesystem::path home_ =
      std::filesystem::temp_directory_path() / ("parley-aws-profile-" + std::to_string(::getpid()));
};

TEST_F(AwsProfileChain, AServicesOwnEndpointGoesBeforeTheCommonOne) {
  EXPECT_EQ(named_endpoint(look_up, "DYNAMODB"), std::nullopt);
  variables()["AWS_ENDPOINT_URL"] = "http://common";
  variables()["AWS_ENDPOINT_URL_DYNAMODB"] = "";
  EXPECT_EQ(named_endpoint(look_up, "DYNAMODB"), "http://common");
  variables()["AWS_ENDPOINT_URL_DYNAMODB"] = "http://own";
  EXPECT_EQ(named_endpoint(look_up, "DYNAMODB"), "http://own");
  EXPECT_EQ(named_endpoint(look_up, "LAMBDA"), "http://common");
}

TEST_F(AwsProfileChain, NothingAnywhereIsNoError) {
  const auto profile = load_aws_profile(look_up);
  ASSERT_TRUE(profile.has_value());
  EXPECT_FALSE(profile->credentials.has_value());
  EXPECT_FALSE(profile->region.has_value());
}

TEST_F(AwsProfileChain, TheEnvironmentGoesBeforeTheFiles) {
  write(".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = file\n");
  write(".aws/config", "[default]\nregion = eu-west-3\n");
  variables().insert({{"AWS_ACCESS_KEY_ID", "ENV"},
                      {"AWS_SECRET_ACCESS_KEY", "env"},
                      {"AWS_SESSION_TOKEN", "token"},
                      {"AWS_DEFAULT_REGION", "ca-central-1"}});
  const auto profile = load_aws_profile(look_up);
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->credentials->access_key_id, "ENV");
  EXPECT_EQ(profile->credentials->secret_access_key, "env");
  EXPECT_EQ(profile->credentials->session_token, "token");
  EXPECT_EQ(profile->region, "ca-central-1");
  variables()["AWS_REGION"] = "us-west-2";
  EXPECT_EQ(load_aws_profile(look_up)->region, "us-west-2");
}

TEST_F(AwsProfileChain, TheDefaultProfileOfTheFilesIsRead) {
  write(".aws/credentials",
        "# a comment\n[other]\naws_access_key_id=NO\n\n[default]\n"
        "aws_access_key_id = AKID # mine\naws_secret_access_key=a+b/c=\n");
  write(".aws/config", "[default]\nregion=ca-central-1\ns3 =\n  region = nested\n");
  const auto profile = load_aws_profile(look_up);
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->credentials->access_key_id, "AKID");
  EXPECT_EQ(profile->credentials->secret_access_key, "a+b/c=");
  EXPECT_EQ(profile->region, "ca-central-1");
}

TEST_F(AwsProfileChain, ANamedProfileGoesBeforeTheKeysOfTheEnvironment) {
  write(".aws/config",
        "[profile work]\naws_access_key_id = W\naws_secret_access_key = w\nregion = r\n");
  variables().insert({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "env"}});
  EXPECT_EQ(load_aws_profile(look_up, "work")->credentials->access_key_id, "W");
  variables()["AWS_PROFILE"] = "work";
  EXPECT_EQ(load_aws_profile(look_up)->credentials->access_key_id, "ENV");
  EXPECT_EQ(load_aws_profile(look_up)->region, "r");
}

TEST_F(AwsProfileChain, FilesElsewhereAreFound) {
  write("c", "[default]\naws_access_key_id = C\naws_secret_access_key = c\n");
  write("g", "[default]\nregion = g\n");
  variables()["AWS_SHARED_CREDENTIALS_FILE"] = (home_ / "c").string();
  variables()["AWS_CONFIG_FILE"] = (home_ / "g").string();
  const auto profile = load_aws_profile(look_up);
  EXPECT_EQ(profile->credentials->access_key_id, "C");
  EXPECT_EQ(profile->region, "g");
}

TEST_F(AwsProfileChain, AProfileThatIsNowhereIsAnError) {
  const auto profile = load_aws_profile(look_up, "missing");
  ASSERT_FALSE(profile.has_value());
  EXPECT_EQ(profile.error().code, ErrorCode::kIo);
  EXPECT_THAT(profile.error().message, HasSubstr("\"missing\""));
}

TEST_F(AwsProfileChain, HalfAKeyIsAnError) {
  variables()["AWS_ACCESS_KEY_ID"] = "ENV";
  const auto profile = load_aws_profile(look_up);
  ASSERT_FALSE(profile.has_value());
  EXPECT_EQ(profile.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(AwsProfileChain, AProfileThatNeedsMoreThanFilesSaysWhatToDo) {
  write(".aws/config", "[profile sso]\nsso_session = corp\nregion = r\n");
  const auto profile = load_aws_profile(look_up, "sso");
  ASSERT_FALSE(profile.has_value());
  EXPECT_THAT(profile.error().message, HasSubstr("export-credentials --profile sso"));
}

}  // namespace
}  // namespace parley::net
