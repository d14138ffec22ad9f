#include "trigger/tumbling_window.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "trigger/test_shard.h"

namespace parley::trigger {
namespace {

InvocationOutcome state(std::string_view json) {
  return replied(R"({"state":)" + std::string(json) + "}");
}

const MappingSettings kWindows{.retry_attempts_max = 1, .tumbling_window_s = 10};

TEST(TumblingWindow, StateIsHandedOnWithinAWindow) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(state(R"({"sum":1})"));
  EXPECT_NE(
      driver.last_payload.find(
          R"("window":{"start":"2026-11-23T19:00:00Z","end":"2026-11-23T19:00:10Z"},"state":{},)"),
      std::string::npos)
      << driver.last_payload;
  EXPECT_NE(driver.last_payload.find(
                R"("isFinalInvokeForWindow":false,"isWindowTerminatedEarly":false})"),
            std::string::npos);
  driver.add("k", "2");
  driver.deliver(state(R"({"sum":3})"));
  EXPECT_NE(driver.last_payload.find(R"("state":{"sum":1},"shardId":"shardId-)"),
            std::string::npos);
}

TEST(TumblingWindow, EndsWithAFinalInvocation) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(state(R"({"sum":1})"));
  driver.now = kTestTime + 10 * kSecond;
  EXPECT_FALSE(driver.begin()) << "a record stamped before may still come";
  driver.now += kWindowGraceMicros;
  EXPECT_EQ(driver.reader().next_look(driver.now, true), driver.now);
  EXPECT_FALSE(driver.begin(false)) << "the shard is not read to its end";
  EXPECT_EQ(driver.deliver(state("{}")), Values{});
  EXPECT_NE(driver.last_payload.find(R"({"Records":[],"window":)"), std::string::npos);
  EXPECT_NE(driver.last_payload.find(R"("state":{"sum":1})"), std::string::npos);
  EXPECT_NE(
      driver.last_payload.find(R"("isFinalInvokeForWindow":true,"isWindowTerminatedEarly":false})"),
      std::string::npos);
  EXPECT_FALSE(driver.begin());
}

TEST(TumblingWindow, RecordOfTheNextWindowEndsIt) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.now += 10 * kSecond;
  driver.add("k", "2");
  EXPECT_EQ(driver.deliver(state(R"({"n":1})")), (Values{"1"})) << "windows share no batch";
  EXPECT_EQ(driver.deliver(state("{}")), Values{});
  EXPECT_EQ(driver.deliver(state(R"({"n":2})")), (Values{"2"}));
  EXPECT_NE(driver.last_payload.find(R"("start":"2026-11-23T19:00:10Z")"), std::string::npos);
  EXPECT_NE(driver.last_payload.find(R"("state":{},)"), std::string::npos);
}

TEST(TumblingWindow, ReplyWithoutStateIsAFailure) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(replied());
  driver.now += kSecond;
  driver.deliver(replied());
  EXPECT_EQ(driver.given_up().size(), 1u);
}

TEST(TumblingWindow, LargeStateEndsItEarlyAndGoesOnFresh) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(state('"' + std::string(kWindowStateSizeBytesMax, 'x') + '"'));
  EXPECT_EQ(driver.deliver(state("{}")), Values{});
  EXPECT_NE(
      driver.last_payload.find(R"("isFinalInvokeForWindow":true,"isWindowTerminatedEarly":true})"),
      std::string::npos);
  driver.add("k", "2");
  EXPECT_EQ(driver.deliver(state("{}")), (Values{"2"}));
  EXPECT_NE(driver.last_payload.find(R"("start":"2026-11-23T19:00:00Z")"), std::string::npos);
  EXPECT_NE(driver.last_payload.find(R"("state":{},)"), std::string::npos);
}

TEST(TumblingWindow, FailedFinalIsRetriedThenGivenUp) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(state(R"({"sum":1})"));
  driver.now += 20 * kSecond;
  driver.deliver(threw());
  driver.add("k", "2");
  EXPECT_FALSE(driver.begin()) << "nothing goes on until the final invocation succeeds";
  driver.now += kSecond;
  driver.deliver(threw());
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].first_number, driver.records[0].number);
  EXPECT_NE(given_up[0].payload.find(R"("state":{"sum":1})"), std::string::npos);
  EXPECT_EQ(driver.deliver(state("{}")), (Values{"2"}));
}

TEST(TumblingWindow, StateSurvivesARestart) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(state(R"({"sum":1})"));
  driver.restart(kWindows);
  driver.add("k", "2");
  EXPECT_EQ(driver.deliver(state(R"({"sum":3})")), (Values{"2"}));
  EXPECT_NE(driver.last_payload.find(R"("state":{"sum":1})"), std::string::npos);
}

TEST(TumblingWindow, ChangedWindowsBeginAgainWithTheirRecords) {
  ShardDriver driver(kWindows);
  driver.add("k", "1");
  driver.deliver(state(R"({"sum":1})"));
  auto longer = kWindows;
  longer.tumbling_window_s = 60;
  driver.change(longer);
  driver.read();
  EXPECT_EQ(driver.deliver(state(R"({"sum":1})")), (Values{"1"}));
  EXPECT_NE(driver.last_payload.find(R"("state":{},)"), std::string::npos);
}

}  // namespace
}  // namespace parley::trigger
