#include "messaging/domain/table_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/items.h"
#include "messaging/domain/test_messaging_table.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// Notes which collections it is told of.
class NotedReads final : public Reads {
 public:
  Result<std::shared_ptr<const std::string>> read(std::string_view, std::string_view,
                                                  std::string_view) override {
    return fail(ErrorCode::kInternal, "Nothing is to be read here");
  }
  Result<std::shared_ptr<const std::string>> made(std::string_view, std::string_view,
                                                  const Make&) override {
    return fail(ErrorCode::kInternal, "Nothing is to be made here");
  }
  void changed(std::string_view collection) override { told.emplace_back(collection); }

  std::vector<std::string> told = {};
};

class Calls : public testing::TestWithParam<TestDatabase> {
 protected:
  std::string text_at(const ItemKey& key, std::string_view name) {
    std::string text;
    const auto found = calls_.visit(
        key, [&](const simdjson::dom::element& item) { text = text_of(item, name).value_or("-"); });
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(false) ? text : "none";
  }

  TestMessagingTable table_{GetParam()};
  NotedReads reads_;
  Domain domain_{.database = table_.faults(),
                 .reads = reads_,
                 .clock = table_.clock(),
                 .random = table_.domain().random,
                 .times = table_.domain().times,
                 .settings = table_.domain().settings,
                 .pause = table_.domain().pause};
  TableCalls calls_{domain_};
  const ItemKey key_{"p", "s"};
};
INSTANTIATE_TEST_SUITE_P(On, Calls, testing::ValuesIn(test_databases()), test_database_name);

constexpr std::string_view kItem = R"({"pk":{"S":"p"},"sk":{"S":"s"},"a":{"S":"1"}})";
const ItemChange kIfNew{.condition = "attribute_not_exists(pk)"};

TEST_P(Calls, AFailedConditionIsNoError) {
  EXPECT_EQ(calls_.put("p", kItem, kIfNew), true);
  EXPECT_EQ(calls_.put("p", kItem, kIfNew), false);
  const ItemChange other{.update = "SET a = :b",
                         .condition = "a = :a",
                         .parameters = Parameters().text(":a", "2").text(":b", "3")};
  EXPECT_EQ(calls_.update(key_, other), false);
  EXPECT_EQ(calls_.erase(key_, {.condition = "a = :a", .parameters = Parameters().text(":a", "2")}),
            false);
  EXPECT_EQ(text_at(key_, "a"), "1");
}

TEST_P(Calls, ChangesAreMade) {
  ASSERT_EQ(calls_.put("p", kItem), true);
  EXPECT_EQ(calls_.update(key_, {.update = "SET #n = :t, n = :n, f = :f ADD s :s",
                                 .parameters = Parameters()
                                                   .name("#n", "reaction:\"x\"")
                                                   .text(":t", "\n")
                                                   .number(":n", -7)
                                                   .flag(":f", true)
                                                   .set_of(":s", "u")}),
            true);
  EXPECT_EQ(text_at(key_, "reaction:\"x\""), "\n");
  EXPECT_THAT(table_.item("p", "s"), testing::AllOf(testing::HasSubstr(R"("n":{"N":"-7"})"),
                                                    testing::HasSubstr(R"("f":{"BOOL":true})"),
                                                    testing::HasSubstr(R"("s":{"SS":["u"]})")));
  EXPECT_EQ(calls_.exists(key_), true);
  EXPECT_EQ(calls_.erase(key_), true);
  EXPECT_EQ(calls_.exists(key_), false);
  EXPECT_EQ(calls_.erase(key_), true);
}

TEST_P(Calls, AnUpdateGivesTheItemAsItThenIs) {
  ASSERT_EQ(calls_.put("USR#u", R"({"pk":{"S":"USR#u"},"sk":{"S":"PROFILE"}})"), true);
  const ItemChange change{.update = "SET handle = :h",
                          .condition = "attribute_not_exists(handle)",
                          .parameters = Parameters().text(":h", "ann")};
  const auto updated = calls_.updated({"USR#u", "PROFILE"}, change, profile_of);
  ASSERT_TRUE(updated && *updated);
  EXPECT_EQ((*updated)->handle, "ann");
  const auto refused = calls_.updated({"USR#u", "PROFILE"}, change, profile_of);
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->has_value());
  const auto read = calls_.get({"USR#u", "PROFILE"}, profile_of);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->handle, "ann");
}

TEST_P(Calls, EveryWriteIsToldToTheCacheWhateverBecameOfIt) {
  EXPECT_TRUE(calls_.put("p", kItem, kIfNew));
  EXPECT_TRUE(calls_.put("p", kItem, kIfNew));
  table_.faults().lose_at(1, FaultyDatabase::When::kAfter);
  EXPECT_FALSE(calls_.erase(key_));
  EXPECT_THAT(reads_.told, testing::ElementsAre("p", "p", "p"));
  EXPECT_EQ(calls_.exists(key_), false);
  EXPECT_THAT(reads_.told, testing::SizeIs(3));
}

TEST_P(Calls, ACollectionIsVisitedInOrderUntilToldToStop) {
  for (const char* sk : {"3", "1", "2", "4"}) {
    table_.put(std::string(R"({"pk":{"S":"p"},"sk":{"S":")") + sk + R"("},"a":{"S":")" + sk +
               R"("}})");
  }
  std::string seen;
  const auto visitor = [&](const simdjson::dom::element& item) {
    seen += text_of(item, "sk").value_or("?");
    return seen.size() < 3;
  };
  ASSERT_TRUE(calls_.for_each("p", visitor));
  EXPECT_EQ(seen, "123");
  seen.clear();
  ASSERT_TRUE(calls_.for_each("p", visitor, "a <> :x", Parameters().text(":x", "2")));
  EXPECT_EQ(seen, "134");
}

TEST_P(Calls, AnItemInATransactionIsTriedAgain) {
  int refusals = 3;
  table_.faults().instead = [&](std::string_view,
                                std::string_view) -> std::optional<Result<std::string>> {
    if (refusals-- <= 0) return std::nullopt;
    return std::unexpected(client::service_error(
        400, R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException"})"));
  };
  EXPECT_EQ(calls_.put("p", kItem, kIfNew), true);
  refusals = 1000;
  EXPECT_FALSE(calls_.exists(key_));
  EXPECT_EQ(refusals, 1000 - 16);
}

}  // namespace
}  // namespace parley::messaging
