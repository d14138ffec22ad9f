#include "messaging/domain/test_messaging_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using When = FaultyDatabase::When;

class MessagingTable : public testing::TestWithParam<TestDatabase> {
 protected:
  bool put_through_faults(std::string_view sk) {
    return table_.faults()
        .call("PutItem",
              fmt::format(R"({{"TableName":"{}","Item":{}}})", table_.name(), item_key("p", sk)))
        .has_value();
  }
  bool is_there(std::string_view sk) { return !table_.item("p", sk).empty(); }

  TestMessagingTable table_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(On, MessagingTable, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(MessagingTable, AKilledProcessDoesNothingAfterItsCall) {
  table_.faults().kill_at(2, When::kAfter);
  EXPECT_TRUE(put_through_faults("1"));
  EXPECT_FALSE(put_through_faults("2"));
  EXPECT_FALSE(put_through_faults("3"));
  EXPECT_EQ(table_.faults().calls(), 3);
  EXPECT_TRUE(table_.faults().mend());
  EXPECT_TRUE(is_there("2"));
  EXPECT_FALSE(is_there("3"));
  EXPECT_TRUE(put_through_faults("3"));
  EXPECT_FALSE(table_.faults().mend());
}

TEST_P(MessagingTable, ALostCallIsOneCall) {
  table_.faults().lose_at(1, When::kBefore);
  EXPECT_FALSE(put_through_faults("1"));
  EXPECT_TRUE(put_through_faults("2"));
  EXPECT_FALSE(is_there("1"));
  EXPECT_THAT(table_.items("p"), testing::SizeIs(1));
}

TEST_P(MessagingTable, TransactionsCanBeTakenAway) {
  table_.faults().take_transactions_away();
  const auto reply = table_.faults().call("TransactWriteItems", "{}");
  ASSERT_FALSE(reply);
  EXPECT_TRUE(client::is_service_error(reply.error(), "UnknownOperationException"));
}

TEST_P(MessagingTable, ChangesAreTheRecordsOfMessagesSinceTheLastCall) {
  EXPECT_THAT(table_.changes(), testing::IsEmpty());
  table_.put(R"({"pk":{"S":"MSG#g"},"sk":{"S":"1"},"message":{"S":"helo"}})");
  table_.put(R"({"pk":{"S":"GRP#u"},"sk":{"S":"1"}})");
  EXPECT_THAT(table_.changes(), testing::ElementsAre(testing::HasSubstr("\"INSERT\"")));
  EXPECT_THAT(table_.changes(), testing::IsEmpty());
  table_.put(R"({"pk":{"S":"MSG#g"},"sk":{"S":"1"},"message":{"S":"hello"}})");
  EXPECT_THAT(table_.changes(), testing::ElementsAre(testing::AllOf(
                                    testing::HasSubstr("\"MODIFY\""),
                                    testing::HasSubstr(R"("message":{"S":"hello"})"))));
  table_.erase("MSG#g", "1");
  EXPECT_THAT(table_.changes(),
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("\"REMOVE\""),
                                                  testing::Not(testing::HasSubstr("NewImage")))));
}

TEST_P(MessagingTable, RecordsAreDeliveredToATrigger) {
  table_.put(R"({"pk":{"S":"GRP#ann"},"sk":{"S":"2026-01-01T00:00:00.000000+00:00"},)"
             R"("message_group_uuid":{"S":"g"},"message":{"S":"old"},"user_uuid":{"S":"bob"}})");
  table_.put(R"({"pk":{"S":"MSG#g"},"sk":{"S":"2026-01-02T00:00:00.000000+00:00"},)"
             R"("message":{"S":"new"},"user_uuid":{"S":"bob"}})");
  ASSERT_TRUE(table_.deliver());
  EXPECT_THAT(table_.items("GRP#ann"),
              testing::ElementsAre(testing::HasSubstr(R"("message":{"S":"new"})")));
}

}  // namespace
}  // namespace parley::messaging
