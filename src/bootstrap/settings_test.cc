#include "bootstrap/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace parley::bootstrap {
namespace {

std::map<std::string, std::string> variables;

const char* lookup(const char* name) {
  const auto found = variables.find(name);
  return found == variables.end() ? nullptr : found->second.c_str();
}

class TriggerSettings : public testing::Test {
 protected:
  // What Lambda sets for every function; HOME is none, so no files are read.
  void SetUp() override {
    variables = {{"AWS_REGION", "ca-central-1"},
                 {"AWS_ACCESS_KEY_ID", "id"},
                 {"AWS_SECRET_ACCESS_KEY", "secret"},
                 {"AWS_SESSION_TOKEN", "token"}};
  }
};

TEST_F(TriggerSettings, OnAwsTheRegionsOwnEndpointAndTheRolesCredentialsAreUsed) {
  const auto settings = settings_of(lookup);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->database.endpoint.host, "dynamodb.ca-central-1.amazonaws.com");
  EXPECT_TRUE(settings->database.endpoint.tls);
  EXPECT_EQ(settings->database.region, "ca-central-1");
  EXPECT_EQ(settings->database.credentials.session_token, "token");
  EXPECT_EQ(settings->trigger.table, "");
  EXPECT_EQ(settings->trigger.index, "message-group-sk-index");
}

TEST_F(TriggerSettings, TableIndexAndEndpointMayBeNamed) {
  variables["TABLE_NAME"] = "messages";
  variables["INDEX_NAME"] = "by-group";
  variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  variables["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:8000";
  const auto settings = settings_of(lookup);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->trigger.table, "messages");
  EXPECT_EQ(settings->trigger.index, "by-group");
  EXPECT_EQ(settings->database.endpoint.authority(), "127.0.0.1:8000");
  variables.erase("AWS_ENDPOINT_URL_DYNAMODB");
  EXPECT_EQ(settings_of(lookup)->database.endpoint.port, 1);
}

TEST_F(TriggerSettings, WhatIsMissingIsNamed) {
  variables.erase("AWS_REGION");
  EXPECT_EQ(settings_of(lookup).error().message, "AWS_REGION is not set");
  variables.erase("AWS_ACCESS_KEY_ID");
  variables.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_THAT(settings_of(lookup).error().message, testing::HasSubstr("AWS_ACCESS_KEY_ID"));
}

}  // namespace
}  // namespace parley::bootstrap
