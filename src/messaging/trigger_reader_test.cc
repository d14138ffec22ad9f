#include "messaging/trigger_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "messaging/domain/conversations.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/test_messaging_table.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kWaitMax{20};

/// Whether `holds` does within kWaitMax.
bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class TriggerReaderTest : public testing::TestWithParam<TestDatabase> {
 protected:
  TriggerReaderTest() {
    const std::string stream =
        fmt::format(R"({{"TableName":{},"StreamSpecification":{{"StreamEnabled":true,)"
                    R"("StreamViewType":"NEW_IMAGE"}}}})",
                    json_string(table_.name()));
    EXPECT_TRUE(table_.faults().real().call("UpdateTable", stream));
    table_.add_person("ann");
    table_.add_person("bob");
    conversation_ = conversations_.open_direct("ann", "bob")->id;
  }
  std::unique_ptr<TriggerReader> start(std::string holder) {
    auto reader =
        std::make_unique<TriggerReader>(table_.domain(), table_.faults().real(), std::move(holder),
                                        TriggerReaderOptions{.lease_interval = milliseconds(5),
                                                             .checkpoint_interval = milliseconds(0),
                                                             .poll_interval = milliseconds(5)});
    reader->start();
    return reader;
  }
  void say(std::string_view text) {
    table_.clock().advance(std::chrono::seconds(1));
    ASSERT_TRUE(messages_.send("ann", conversation_, {.text = std::string(text)}));
  }
  bool bob_sees(std::string_view text, long unread) {
    const auto view = conversations_.get("bob", conversation_);
    return view && view->last_text == text && view->unread == unread;
  }

  TestMessagingTable table_{GetParam()};
  Conversations conversations_{table_.domain()};
  Messages messages_{table_.domain()};
  std::string conversation_;
};

TEST_P(TriggerReaderTest, MovesRowsOfMessagesFromBeforeItCameAndSince) {
  say("before");
  const auto reader = start("one");
  EXPECT_TRUE(eventually([&] { return bob_sees("before", 1); }));
  EXPECT_TRUE(reader->is_leading());
  say("since");
  EXPECT_TRUE(eventually([&] { return bob_sees("since", 2); }));
}

TEST_P(TriggerReaderTest, AnotherGoesOnWhereOneStopped) {
  auto reader = start("one");
  say("first");
  ASSERT_TRUE(eventually([&] { return bob_sees("first", 1); }));
  reader->stop();
  EXPECT_FALSE(reader->is_leading());
  say("second");
  reader = start("two");
  EXPECT_TRUE(eventually([&] { return bob_sees("second", 2); }));
}

TEST_P(TriggerReaderTest, OneLeadsAndTheNextTakesOver) {
  auto one = start("one");
  ASSERT_TRUE(eventually([&] { return one->is_leading(); }));
  const auto two = start("two");
  say("first");
  ASSERT_TRUE(eventually([&] { return bob_sees("first", 1); }));
  EXPECT_FALSE(two->is_leading());
  one->stop();
  ASSERT_TRUE(eventually([&] { return two->is_leading(); }));
  say("second");
  EXPECT_TRUE(eventually([&] { return bob_sees("second", 2); }));
}

TEST_P(TriggerReaderTest, AFaultOfTheDatabaseIsWaitedOut) {
  const auto reader = start("one");
  ASSERT_TRUE(eventually([&] { return reader->is_leading(); }));
  say("first");
  ASSERT_TRUE(eventually([&] { return bob_sees("first", 1); }));
  say("second");
  table_.faults().kill_at(1, FaultyDatabase::When::kBefore);
  EXPECT_TRUE(eventually([&] { return table_.faults().calls() > 3; }));
  table_.faults().mend();
  EXPECT_TRUE(eventually([&] {
    // Step by step: the reader may note a failure, and pause from then on, later than `mend`.
    table_.clock().advance(std::chrono::milliseconds(100));
    return bob_sees("second", 2);
  }));
}

INSTANTIATE_TEST_SUITE_P(On, TriggerReaderTest, testing::ValuesIn(test_databases()),
                         test_database_name);

}  // namespace
}  // namespace parley::messaging
