#include "api/lambda/event_invocations.h"

#include <gtest/gtest.h>

#include <future>

namespace parley::api {
namespace {

using trigger::Invocation;
using trigger::InvocationOutcome;

/// Answers each invocation with the next of its replies; tells when they are used up.
class ScriptedInvoker final : public trigger::Invoker {
 public:
  explicit ScriptedInvoker(std::vector<Result<InvocationOutcome>> replies)
      : replies_(std::move(replies)) {}

  void invoke(Invocation invocation, Callback callback) override {
    payloads.push_back(std::move(invocation.payload));
    const std::size_t at = payloads.size() - 1;
    callback(replies_.at(at));
    if (payloads.size() == replies_.size()) used_up.set_value();
  }
  bool exists(std::string_view) const override { return true; }

  std::vector<std::string> payloads;
  std::promise<void> used_up;

 private:
  std::vector<Result<InvocationOutcome>> replies_;
};

InvocationOutcome success() {
  return {.request_id = "r", .payload = "1"};
}

InvocationOutcome failure() {
  return {.request_id = "r", .payload = R"({"errorMessage":"no"})", .function_error = true};
}

constexpr std::chrono::milliseconds kNoPause{0};

TEST(EventInvocations, AFunctionThatFailsIsTriedTwiceMore) {
  ScriptedInvoker invoker({failure(), failure(), success()});
  ManualClock clock(1);
  DelayedTasks delays;
  EventInvocations events(invoker, delays, clock, {kNoPause, kNoPause});
  ASSERT_TRUE(events.submit({.function_name = "f", .payload = "7"}));
  invoker.used_up.get_future().wait();
  delays.stop();
  EXPECT_EQ(invoker.payloads, (std::vector<std::string>{"7", "7", "7"}));
  EXPECT_TRUE(events.failures("f").empty());
}

TEST(EventInvocations, WhatFailsThreeTimesIsGivenUpVisibly) {
  ScriptedInvoker invoker({failure(), failure(), failure()});
  ManualClock clock(42);
  DelayedTasks delays;
  EventInvocations events(invoker, delays, clock, {kNoPause, kNoPause});
  ASSERT_TRUE(events.submit({.function_name = "f", .payload = "7", .request_id = "id"}));
  invoker.used_up.get_future().wait();
  delays.stop();
  const auto failures = events.failures("f");
  ASSERT_EQ(failures.size(), 1);
  EXPECT_EQ(failures[0].attempts, 3);
  EXPECT_EQ(failures[0].time, 42);
  EXPECT_EQ(failures[0].request_id, "id");
  EXPECT_EQ(failures[0].error, R"({"errorMessage":"no"})");
  EXPECT_EQ(failures[0].payload, "7");
  EXPECT_TRUE(events.failures("g").empty());
}

TEST(EventInvocations, AMissingFunctionIsNotTriedAgain) {
  ScriptedInvoker invoker({fail(ErrorCode::kResourceNotFound, "gone")});
  ManualClock clock(1);
  DelayedTasks delays;
  EventInvocations events(invoker, delays, clock, {kNoPause, kNoPause});
  ASSERT_TRUE(events.submit({.function_name = "f", .payload = "7"}));
  ASSERT_EQ(events.failures("f").size(), 1);
  EXPECT_EQ(events.failures("f")[0].error, "gone");
}

TEST(EventInvocations, AnEventThatFindsNoRoomWaitsAndIsTriedAgain) {
  ScriptedInvoker invoker({fail(ErrorCode::kThrottling, "full")});
  ManualClock clock(1);
  DelayedTasks delays;
  EventInvocations events(invoker, delays, clock, {});
  ASSERT_TRUE(events.submit({.function_name = "f", .payload = "7"}));
  EXPECT_TRUE(events.failures("f").empty());
  // The server ends before it finds room: that is told too.
  delays.stop();
  ASSERT_EQ(events.failures("f").size(), 1);
  EXPECT_EQ(events.failures("f")[0].error, "full");
}

TEST(EventInvocations, MoreThanAThousandWaitingAreRefused) {
  std::vector<Result<InvocationOutcome>> replies(kWaitingEventsMax,
                                                 fail(ErrorCode::kThrottling, "full"));
  ScriptedInvoker invoker(std::move(replies));
  ManualClock clock(1);
  DelayedTasks delays;
  EventInvocations events(invoker, delays, clock, {});
  for (std::size_t i = 0; i < kWaitingEventsMax; ++i) {
    ASSERT_TRUE(events.submit({.function_name = "f", .payload = "7"}));
  }
  EXPECT_EQ(events.submit({.function_name = "f", .payload = "7"}).error().code,
            ErrorCode::kThrottling);
}

TEST(DelayedTasks, RunInTheOrderOfTheirTimes) {
  DelayedTasks delays;
  std::promise<void> both;
  std::string order;
  delays.run_after(std::chrono::milliseconds(20), [&](bool) {
    order += 'b';
    both.set_value();
  });
  delays.run_after(std::chrono::milliseconds(1), [&](bool) { order += 'a'; });
  both.get_future().wait();
  EXPECT_EQ(order, "ab");
}

TEST(DelayedTasks, AreToldWhenTheirTimeWillNotCome) {
  DelayedTasks delays;
  bool told = false;
  delays.run_after(std::chrono::hours(1), [&](bool stopping) { told = stopping; });
  delays.stop();
  EXPECT_TRUE(told);
  told = false;
  delays.run_after(std::chrono::hours(1), [&](bool stopping) { told = stopping; });
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace parley::api
