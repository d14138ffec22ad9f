#include "messaging/domain/table_setup.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/test_faults.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TableSetup : public testing::TestWithParam<TestDatabase> {
 protected:
  ~TableSetup() override {
    for (const std::string& name : made_) {
      (void)call("DeleteTable", fmt::format(R"({{"TableName":"{}"}})", name));
    }
  }

  Result<std::string> call(std::string_view operation, const std::string& input) {
    return table_.faults().real().call(operation, input);
  }
  /// A domain on a table that is not there yet, and is deleted in the end.
  Domain domain_of(const std::string& suffix) {
    Domain& domain = table_.domain();
    Domain other{.database = domain.database,
                 .reads = domain.reads,
                 .clock = domain.clock,
                 .random = domain.random,
                 .times = domain.times,
                 .settings = domain.settings,
                 .pause = client::system_pause()};
    other.settings.table = table_.name() + suffix;
    made_.push_back(other.settings.table);
    return other;
  }
  std::string described(const std::string& operation, const Domain& domain) {
    return call(operation, fmt::format(R"({{"TableName":"{}"}})", domain.settings.table))
        .value_or("none");
  }

  TestMessagingTable table_{GetParam()};
  std::vector<std::string> made_ = {};
};
INSTANTIATE_TEST_SUITE_P(On, TableSetup, testing::ValuesIn(test_databases()), test_database_name);

TEST_P(TableSetup, AMissingTableIsMadeOnlyIfAsked) {
  Domain domain = domain_of("-new");
  const auto refused = prepare_table(domain);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr(domain.settings.table));
  EXPECT_EQ(described("DescribeTable", domain), "none");

  const auto keys = prepare_table(domain, {.create = true});
  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->cursor_key.size(), 32U);
  EXPECT_FALSE(keys->issuer_key.empty());
  EXPECT_THAT(described("DescribeTimeToLive", domain),
              AllOf(HasSubstr("\"ENABL"), HasSubstr("\"ttl\"")));
}

TEST_P(TableSetup, EveryProcessHasTheSameKeys) {
  Domain domain = domain_of("-keys");
  const auto first = prepare_table(domain, {.create = true});
  const auto second = prepare_table(domain);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->cursor_key, second->cursor_key);
  EXPECT_EQ(first->issuer_key, second->issuer_key);
  Domain other = domain_of("-other");
  const auto others = prepare_table(other, {.create = true});
  ASSERT_TRUE(others);
  EXPECT_NE(others->cursor_key, first->cursor_key);
  EXPECT_NE(others->issuer_key, first->issuer_key);
}

TEST_P(TableSetup, AKillAtAnyStepIsMadeGoodByTheNextStart) {
  with_every_kill(table_.faults(), {.act =
                                        [&](const std::string& run) {
                                          Domain domain = domain_of(run);
                                          (void)prepare_table(domain, {.create = true});
                                        },
                                    .check =
                                        [&](const std::string& run) {
                                          Domain domain = domain_of(run);
                                          const auto keys = prepare_table(domain, {.create = true});
                                          ASSERT_TRUE(keys) << keys.error().message;
                                          EXPECT_EQ(prepare_table(domain)->cursor_key,
                                                    keys->cursor_key);
                                        }});
}

TEST_P(TableSetup, TheKeysOfWhoeverWasFirstAreTaken) {
  Domain domain = domain_of("-race");
  ASSERT_TRUE(prepare_table(domain, {.create = true}));
  const auto first = prepare_table(domain);
  // Another process reads before the keys are there, and puts after.
  bool blind = true;
  table_.faults().instead = [&](std::string_view operation,
                                std::string_view) -> std::optional<Result<std::string>> {
    if (operation != "GetItem" || !std::exchange(blind, false)) return std::nullopt;
    return "{}";
  };
  const auto second = prepare_table(domain);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->cursor_key, second->cursor_key);
}

TEST_P(TableSetup, EverythingThatIsWrongIsNamed) {
  const auto refused = prepare_table(table_.domain());  // the test table has no stream
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("it has no stream"));

  Domain domain = domain_of("-wrong");
  ASSERT_TRUE(
      call("CreateTable", fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST",)"
                                      R"("AttributeDefinitions":[)"
                                      R"({{"AttributeName":"pk","AttributeType":"S"}},)"
                                      R"({{"AttributeName":"sk","AttributeType":"N"}}],)"
                                      R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}},)"
                                      R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
                                      R"("GlobalSecondaryIndexes":[)"
                                      R"({{"IndexName":"message-group-sk-index","KeySchema":[)"
                                      R"({{"AttributeName":"sk","KeyType":"HASH"}}],)"
                                      R"("Projection":{{"ProjectionType":"KEYS_ONLY"}}}}],)"
                                      R"("StreamSpecification":{{"StreamEnabled":true,)"
                                      R"("StreamViewType":"KEYS_ONLY"}}}})",
                                      domain.settings.table)));
  const auto wrong = prepare_table(domain, {.create = true});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message,
              AllOf(HasSubstr("pk (S) HASH, sk (N) RANGE and should be pk (S) HASH, sk (S) RANGE"),
                    HasSubstr("are sk (N) HASH and should be message_group_uuid (S) HASH"),
                    HasSubstr("does not project ALL"), HasSubstr("view type is KEYS_ONLY")));
  domain.settings.index = "another";
  EXPECT_THAT(prepare_table(domain).error().message, HasSubstr("it has no index another"));
}

TEST_P(TableSetup, ATimeToLiveOfAnotherAttributeIsRefused) {
  Domain domain = domain_of("-ttl");
  ASSERT_TRUE(prepare_table(domain, {.create = true}));
  table_.faults().instead = [](std::string_view operation,
                               std::string_view) -> std::optional<Result<std::string>> {
    if (operation != "DescribeTimeToLive") return std::nullopt;
    return R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"gone"}})";
  };
  const auto refused = prepare_table(domain);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("switched on for gone and should be for ttl"));
}

TEST_P(TableSetup, DamagedKeysAreNotReplaced) {
  Domain domain = domain_of("-damaged");
  ASSERT_TRUE(prepare_table(domain, {.create = true}));
  ASSERT_TRUE(
      call("PutItem", fmt::format(R"({{"TableName":"{}","Item":{{"pk":{{"S":"CFG"}},)"
                                  R"("sk":{{"S":"service"}},"cursor_key":{{"B":"AA=="}}}}}})",
                                  domain.settings.table)));
  const auto refused = prepare_table(domain);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace parley::messaging
