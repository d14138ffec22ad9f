#include "trigger/event_store.h"

#include <gtest/gtest.h>

#include <future>

#include "storage/memory/memory_store.h"

namespace parley::trigger {
namespace {

class EventStoreTest : public testing::Test {
 protected:
  std::unique_ptr<EventStore> open() { return *EventStore::open(*store_, commits_); }

  StoredEvent add(EventStore& events, std::string function_name) {
    std::promise<Result<StoredEvent>> kept;
    events.add({.function_name = std::move(function_name),
                .payload = R"({"a":"ü"})",
                .client_context = "{}",
                .request_id = "id",
                .submitted_at = 5},
               [&](Result<StoredEvent> event) { kept.set_value(std::move(event)); });
    return *kept.get_future().get();
  }

  std::unique_ptr<storage::KeyValueStore> store_ = storage::make_memory_store();
  storage::CommitPipeline commits_{*store_, storage::CommitOptions{}};
  /// Until everything submitted is in the store.
  void settle() { ASSERT_TRUE(commits_.wait(commits_.last_submitted())); }
};

TEST_F(EventStoreTest, WhatWaitsIsThereAgainAsItWas) {
  {
    const auto events = open();
    EXPECT_TRUE(events->take_waiting().empty());
    StoredEvent first = add(*events, "f");
    const StoredEvent second = add(*events, "g");
    EXPECT_LT(first.id, second.id);
    first.failures = 2;
    first.next_attempt_at = 77;
    events->update(first);
    settle();
  }
  const auto events = open();
  const auto waiting = events->take_waiting();
  ASSERT_EQ(waiting.size(), 2);
  EXPECT_EQ(waiting[0].function_name, "f");
  EXPECT_EQ(waiting[0].payload, R"({"a":"ü"})");
  EXPECT_EQ(waiting[0].client_context, "{}");
  EXPECT_EQ(waiting[0].request_id, "id");
  EXPECT_EQ(waiting[0].submitted_at, 5);
  EXPECT_EQ(waiting[0].next_attempt_at, 77);
  EXPECT_EQ(waiting[0].failures, 2);
  EXPECT_EQ(waiting[1].function_name, "g");
  EXPECT_TRUE(events->take_waiting().empty());
  EXPECT_GT(add(*events, "h").id, waiting[1].id);
}

TEST_F(EventStoreTest, WhatIsErasedOrGivenUpDoesNotWaitAnyMore) {
  {
    const auto events = open();
    events->erase(add(*events, "f"));
    events->give_up(add(*events, "f"), {.time = 9,
                                        .function_name = "f",
                                        .request_id = "id",
                                        .attempts = 3,
                                        .error = "no",
                                        .payload = "7"});
    settle();
  }
  const auto events = open();
  EXPECT_TRUE(events->take_waiting().empty());
  EXPECT_TRUE(events->failures("g").empty());
  const auto failures = events->failures("f");
  ASSERT_EQ(failures.size(), 1);
  EXPECT_EQ(failures[0].time, 9);
  EXPECT_EQ(failures[0].attempts, 3);
  EXPECT_EQ(failures[0].request_id, "id");
  EXPECT_EQ(failures[0].error, "no");
  EXPECT_EQ(failures[0].payload, "7");
}

TEST_F(EventStoreTest, OfFailuresTheLastHundredAreKept) {
  {
    const auto events = open();
    for (std::size_t i = 0; i <= kEventFailuresMax; ++i) {
      events->give_up(add(*events, "f"),
                      {.time = static_cast<TimestampMicros>(i), .function_name = "f"});
    }
    EXPECT_EQ(events->failures("f").size(), kEventFailuresMax);
    settle();
  }
  const auto failures = open()->failures("f");
  ASSERT_EQ(failures.size(), kEventFailuresMax);
  EXPECT_EQ(failures.front().time, 1);
  EXPECT_EQ(failures.back().time, static_cast<TimestampMicros>(kEventFailuresMax));
}

}  // namespace
}  // namespace parley::trigger
