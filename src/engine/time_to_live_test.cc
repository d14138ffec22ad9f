// Time to live: what expires and what does not, that only the newest value counts, and the entries
// by which expired items are found.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/consistency_check.h"
#include "engine/expiry.h"
#include "engine/test_database.h"

namespace parley::engine {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;  // the test clock, in seconds
constexpr std::int64_t kFiveYears = std::int64_t{5} * 365 * 24 * 60 * 60;

class TimeToLiveTest : public testing::Test {
 protected:
  TimeToLiveTest() {
    auto table = test_table("t", "pk:S");
    table.billing_mode = model::BillingMode::kProvisioned;  // one shard
    table.stream = model::StreamSetting{model::StreamViewType::kNewAndOldImages};
    add_index(table, model::IndexKind::kGlobal, "by_g", "g:S");
    database->create_table(std::move(table)).value();
  }

  void enable(std::string_view attribute = "expires") {
    database->update_time_to_live("t", true, attribute).value();
  }
  void put(std::string_view key, std::string_view expires) {
    database
        .put("t",
             fmt::format(R"({{"pk":{{"S":"{}"}},"g":{{"S":"x"}},"expires":{}}})", key, expires))
        .value();
  }
  void put(std::string_view key, std::int64_t expires) {
    put(key, fmt::format(R"({{"N":"{}"}})", expires));
  }
  std::size_t sweep() { return database->delete_expired_items().value(); }
  bool is_there(std::string_view key) {
    return !database.get("t", fmt::format(R"({{"pk":{{"S":"{}"}}}})", key)).value().empty();
  }
  void advance(std::int64_t seconds) { database.clock().advance(std::chrono::seconds(seconds)); }

  TestDatabase database;
};

TEST_F(TimeToLiveTest, ItemsGoOnceTheirTimeHasCome) {
  enable();
  put("past", kNow - 60);
  put("now", kNow);
  put("soon", kNow + 1);
  EXPECT_EQ(sweep(), 2u);
  EXPECT_FALSE(is_there("past"));
  EXPECT_FALSE(is_there("now"));
  EXPECT_TRUE(is_there("soon"));
  advance(1);
  EXPECT_EQ(sweep(), 1u);
  EXPECT_EQ(sweep(), 0u);
  EXPECT_EQ(message_of(verify_indexes(*database)), "") << "their index entries went with them";
}

TEST_F(TimeToLiveTest, OnlyNumbersOfTheLastFiveYearsExpire) {
  enable();
  put("text", fmt::format(R"({{"S":"{}"}})", kNow - 60));
  put("set", fmt::format(R"({{"NS":["{}"]}})", kNow - 60));
  put("zero", 0);
  put("negative", -60);
  put("ancient", kNow - kFiveYears - 1);
  put("milliseconds", kNow * 1000);
  put("huge", R"({"N":"1e125"})");
  put("old enough", kNow - kFiveYears);
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there("old enough"));
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
}

TEST_F(TimeToLiveTest, FractionsAndExponentsAreNumbersToo) {
  enable();
  put("exponent", fmt::format(R"({{"N":"{}e1"}})", kNow / 10 - 6));
  put("fraction", fmt::format(R"({{"N":"{}.5"}})", kNow - 1));
  put("not yet", fmt::format(R"({{"N":"{}.5"}})", kNow));
  EXPECT_EQ(sweep(), 2u);
  EXPECT_TRUE(is_there("not yet"));
}

TEST_F(TimeToLiveTest, AnItemWrittenAnewExpiresByItsNewestValue) {
  enable();
  put("postponed", kNow + 10);
  put("postponed", kNow + 100);
  put("kept", kNow + 10);
  database.put("t", R"({"pk":{"S":"kept"}})").value();
  put("deleted", kNow + 10);
  database.erase("t", R"({"pk":{"S":"deleted"}})").value();
  advance(50);
  EXPECT_EQ(sweep(), 0u);
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
  advance(50);
  EXPECT_EQ(sweep(), 1u);
  EXPECT_TRUE(is_there("kept"));
}

TEST_F(TimeToLiveTest, ItemsFromBeforeItWasSwitchedOnExpireToo) {
  for (int i = 0; i < 200; ++i) put(fmt::format("k{}", i), kNow + i);
  enable();
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
  advance(99);
  EXPECT_EQ(sweep(), 100u);
  EXPECT_FALSE(database->find_table("t").value()->time_to_live->backfilling);
}

TEST_F(TimeToLiveTest, SwitchedOffNothingExpires) {
  enable();
  put("a", kNow - 60);
  database->update_time_to_live("t", false, "expires").value();
  EXPECT_EQ(sweep(), 0u);
  EXPECT_TRUE(is_there("a"));
  enable("other");
  EXPECT_EQ(sweep(), 0u);
  database->update_time_to_live("t", false, "other").value();
  enable();
  EXPECT_EQ(sweep(), 1u);
}

TEST_F(TimeToLiveTest, GoesOnAfterARestart) {
  enable();
  put("a", kNow + 10);
  database.reopen();
  put("b", kNow + 10);
  advance(10);
  EXPECT_EQ(sweep(), 2u);
}

TEST_F(TimeToLiveTest, TheKeyMayBeTheTime) {
  database->create_table(test_table("k", "pk:N")).value();
  database->update_time_to_live("k", true, "pk").value();
  database.put("k", fmt::format(R"({{"pk":{{"N":"{}"}}}})", kNow - 1)).value();
  database.put("k", fmt::format(R"({{"pk":{{"N":"{}"}}}})", kNow + 1)).value();
  EXPECT_EQ(sweep(), 1u);
}

TEST_F(TimeToLiveTest, TheStreamSaysThatTheServiceDidIt) {
  enable();
  put("a", kNow - 60);
  database.erase("t", R"({"pk":{"S":"none"}})").value();
  EXPECT_EQ(sweep(), 1u);
  const auto stream = database->streams().list().at(0);
  const auto page = database->streams().read(*stream, 0, 0, {}).value();
  ASSERT_EQ(page.records.size(), 2u);
  EXPECT_FALSE(page.records[0].by_service);
  EXPECT_EQ(page.records[1].event, stream::EventName::kRemove);
  EXPECT_TRUE(page.records[1].by_service);
  EXPECT_TRUE(page.records[1].old_image);
}

TEST_F(TimeToLiveTest, ManyItemsGoInOneSweep) {
  enable();
  for (int i = 0; i < 3000; ++i) put(fmt::format("k{}", i), kNow - 1 - i % 5);
  EXPECT_EQ(sweep(), 3000u);
  EXPECT_EQ(database->describe_table("t").value().figures.item_count, 0u);
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
}

TEST_F(TimeToLiveTest, DeletingTheTableLeavesNoEntries) {
  enable();
  put("a", kNow + 10);
  const auto time_to_live = *database->find_table("t").value()->time_to_live;
  const auto entries = [&] {
    return database.store()
        .scan(expiring(time_to_live, 0, kNow * 2), storage::Direction::kForward)
        ->valid();
  };
  EXPECT_TRUE(entries());
  database->delete_table("t").value();
  EXPECT_FALSE(entries());
}

TEST_F(TimeToLiveTest, ChangesThatChangeNothingAreRefused) {
  const auto change = [&](bool enabled, std::string_view attribute) {
    return message_of(database->update_time_to_live("t", enabled, attribute));
  };
  EXPECT_EQ(change(false, "expires"), "TimeToLive is already disabled");
  EXPECT_EQ(change(true, "expires"), "");
  EXPECT_EQ(change(true, "expires"), "TimeToLive is already enabled");
  constexpr auto kOther =
      "TimeToLive is active on a different AttributeName: current AttributeName is expires";
  EXPECT_EQ(change(true, "other"), kOther);
  EXPECT_EQ(change(false, "other"), kOther);
  EXPECT_EQ(message_of(database->update_time_to_live("none", true, "x")),
            "Requested resource not found: Table: none not found");
}

}  // namespace
}  // namespace parley::engine
