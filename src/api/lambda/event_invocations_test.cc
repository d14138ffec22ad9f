#include "api/lambda/event_invocations.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "storage/memory/memory_store.h"

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
    const std::size_t done = payloads.size();
    callback(replies_.at(done - 1));
    if (done == replies_.size()) used_up.set_value();
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

/// Event invocations over a memory store, with pauses of nothing and a clock that stands still.
class EventInvocationsTest : public testing::Test {
 protected:
  /// As a server that starts.
  void open(trigger::Invoker& invoker, EventPolicy policy = {}) {
    delays_ = std::make_unique<DelayedTasks>();
    kept_ = *trigger::EventStore::open(*store_, commits_);
    events_ = std::make_unique<EventInvocations>(
        invoker, *delays_, *kept_, clock_,
        EventInvocationsOptions{
            .retry_pauses = {std::chrono::milliseconds(0)},
            .policy = [policy](std::string_view) { return policy; },
            .on_give_up = [this](const trigger::EventFailure& failure) { told_ = failure.error; }});
  }
  void close() {
    delays_->stop();
    events_.reset();
    ASSERT_TRUE(commits_.wait(commits_.last_submitted()));
  }
  Status submit(Event event) {
    std::promise<Status> done;
    events_->submit(std::move(event), [&](Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
  std::size_t waiting() {
    return (*trigger::EventStore::open(*store_, commits_))->take_waiting().size();
  }

  ManualClock clock_{42};
  std::unique_ptr<storage::KeyValueStore> store_ = storage::make_memory_store();
  storage::CommitPipeline commits_{*store_, storage::CommitOptions{}};
  std::unique_ptr<trigger::EventStore> kept_;
  std::string told_;
  std::unique_ptr<DelayedTasks> delays_;
  std::unique_ptr<EventInvocations> events_;
};

TEST_F(EventInvocationsTest, AFunctionThatFailsIsTriedTwiceMore) {
  ScriptedInvoker invoker({failure(), failure(), success()});
  open(invoker);
  ASSERT_TRUE(submit({.function_name = "f", .payload = "7"}));
  invoker.used_up.get_future().wait();
  close();
  EXPECT_EQ(invoker.payloads, (std::vector<std::string>{"7", "7", "7"}));
  EXPECT_TRUE(kept_->failures("f").empty());
  EXPECT_EQ(waiting(), 0);
}

TEST_F(EventInvocationsTest, WhatFailsThreeTimesIsGivenUpVisibly) {
  ScriptedInvoker invoker({failure(), failure(), failure()});
  open(invoker);
  ASSERT_TRUE(submit({.function_name = "f", .payload = "7", .request_id = "id"}));
  invoker.used_up.get_future().wait();
  close();
  const auto failures = kept_->failures("f");
  ASSERT_EQ(failures.size(), 1);
  EXPECT_EQ(failures[0].attempts, 3);
  EXPECT_EQ(failures[0].time, 42);
  EXPECT_EQ(failures[0].request_id, "id");
  EXPECT_EQ(failures[0].error, R"({"errorMessage":"no"})");
  EXPECT_EQ(failures[0].payload, "7");
  EXPECT_EQ(told_, failures[0].error);
  EXPECT_TRUE(kept_->failures("g").empty());
  EXPECT_EQ(waiting(), 0);
}

TEST_F(EventInvocationsTest, TheFunctionsPolicySaysHowOften) {
  ScriptedInvoker invoker({failure()});
  open(invoker, {.retries_max = 0});
  ASSERT_TRUE(submit({.function_name = "f", .payload = "7"}));
  invoker.used_up.get_future().wait();
  close();
  ASSERT_EQ(kept_->failures("f").size(), 1);
  EXPECT_EQ(kept_->failures("f")[0].attempts, 1);
}

TEST_F(EventInvocationsTest, AMissingFunctionIsNotTriedAgain) {
  ScriptedInvoker invoker({fail(ErrorCode::kResourceNotFound, "gone")});
  open(invoker);
  ASSERT_TRUE(submit({.function_name = "f", .payload = "7"}));
  invoker.used_up.get_future().wait();
  close();
  ASSERT_EQ(kept_->failures("f").size(), 1);
  EXPECT_EQ(kept_->failures("f")[0].error, "gone");
}

TEST_F(EventInvocationsTest, WhatWaitsWhenTheServerEndsIsRunByTheNextOne) {
  ScriptedInvoker full({fail(ErrorCode::kThrottling, "full")});
  open(full);
  ASSERT_TRUE(submit({.function_name = "f", .payload = "7", .client_context = "{}"}));
  full.used_up.get_future().wait();
  close();
  EXPECT_TRUE(kept_->failures("f").empty());
  EXPECT_EQ(waiting(), 1);
  clock_.advance(std::chrono::seconds(1));
  ScriptedInvoker invoker({failure(), success()});
  open(invoker);
  invoker.used_up.get_future().wait();
  close();
  EXPECT_EQ(invoker.payloads, (std::vector<std::string>{"7", "7"}));
  EXPECT_EQ(waiting(), 0);
}

TEST_F(EventInvocationsTest, AnEventThatIsTooOldIsGivenUpUntried) {
  ScriptedInvoker full({fail(ErrorCode::kThrottling, "full")});
  open(full);
  ASSERT_TRUE(submit({.function_name = "f", .payload = "7"}));
  full.used_up.get_future().wait();
  close();
  clock_.advance(std::chrono::hours(6));
  ScriptedInvoker invoker({});
  open(invoker);
  std::promise<void> later;  // tasks run one after another, in the order of their times
  delays_->run_after(std::chrono::milliseconds(1), [&](bool) { later.set_value(); });
  later.get_future().wait();
  close();
  EXPECT_TRUE(invoker.payloads.empty());
  ASSERT_EQ(kept_->failures("f").size(), 1);
  EXPECT_EQ(waiting(), 0);
}

TEST_F(EventInvocationsTest, MoreThanAThousandWaitingAreRefused) {
  std::vector<Result<InvocationOutcome>> replies(kWaitingEventsMax,
                                                 fail(ErrorCode::kThrottling, "full"));
  ScriptedInvoker invoker(std::move(replies));
  open(invoker);
  for (std::size_t i = 0; i < kWaitingEventsMax; ++i) {
    ASSERT_TRUE(submit({.function_name = "f", .payload = "7"}));
  }
  EXPECT_EQ(submit({.function_name = "f", .payload = "7"}).error().code, ErrorCode::kThrottling);
  close();
  EXPECT_EQ(waiting(), kWaitingEventsMax);
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
