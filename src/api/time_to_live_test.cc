// UpdateTimeToLive and DescribeTimeToLive over the wire.
#include <gtest/gtest.h>

#include "api/test_database.h"

namespace parley::api {
namespace {

constexpr auto kTable = R"({"TableName":"Sessions",
  "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
  "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
  "BillingMode":"PAY_PER_REQUEST"})";

class TimeToLiveOperations : public testing::Test {
 protected:
  TestDatabase database{kTable};

  std::string describe() {
    return database.expect_ok("DescribeTimeToLive", R"({"TableName":"Sessions"})").body();
  }
};

TEST_F(TimeToLiveOperations, IsDescribedAsItWasSet) {
  EXPECT_EQ(describe(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  const auto reply = database.expect_ok(
      "UpdateTimeToLive",
      R"({"TableName":"Sessions","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})");
  EXPECT_EQ(reply.body(), R"({"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})");
  EXPECT_EQ(describe(),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}})");
  database.expect_ok(
      "UpdateTimeToLive",
      R"({"TableName":"Sessions","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"ttl"}})");
  EXPECT_EQ(describe(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
}

TEST_F(TimeToLiveOperations, RefusesBadInput) {
  const auto fault = [&](std::string_view specification) {
    return database
        .call("UpdateTimeToLive", R"({"TableName":"Sessions","TimeToLiveSpecification":)" +
                                      std::string(specification) + "}")
        .message();
  };
  EXPECT_EQ(fault(R"({"Enabled":true})"),
            "1 validation error detected: Value null at 'timeToLiveSpecification.attributeName' "
            "failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(fault(R"({"AttributeName":"ttl"})"),
            "1 validation error detected: Value null at 'timeToLiveSpecification.enabled' failed "
            "to satisfy constraint: Member must not be null");
  EXPECT_EQ(fault(R"({"Enabled":true,"AttributeName":""})"),
            "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(fault(R"({"Enabled":false,"AttributeName":"ttl"})"), "TimeToLive is already disabled");
  const auto missing = database.call(
      "UpdateTimeToLive",
      R"({"TableName":"None","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})");
  EXPECT_EQ(missing.error(), "ResourceNotFoundException");
  EXPECT_EQ(missing.message(), "Requested resource not found: Table: None not found");
}

}  // namespace
}  // namespace parley::api
