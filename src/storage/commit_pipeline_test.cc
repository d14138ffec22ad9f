// The commit pipeline over a memory store, and over one that waits or fails when told to.
#include "storage/commit_pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <semaphore>
#include <thread>

#include "base/bytes.h"
#include "storage/memory/memory_store.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

/// A memory store whose writes can be held back and made to fail.
class UnreliableStore final : public KeyValueStore {
 public:
  [[nodiscard]] Status write(const WriteBatch& batch, Sync sync) override {
    {
      std::unique_lock lock(mutex_);
      ++arrived_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return !held_; });
      batch_sizes_.push_back(batch.size());
      if (failures_ > 0) {
        --failures_;
        return fail(ErrorCode::kStorageFull, "no space");
      }
    }
    return inner_->write(batch, sync);
  }
  [[nodiscard]] Result<bool> get(std::string_view key, std::string& value,
                                 const Snapshot* snapshot) const override {
    return inner_->get(key, value, snapshot);
  }
  [[nodiscard]] std::unique_ptr<Iterator> scan(const KeyRange& range, Direction direction,
                                               const Snapshot* snapshot) const override {
    return inner_->scan(range, direction, snapshot);
  }
  [[nodiscard]] std::unique_ptr<Snapshot> snapshot() const override { return inner_->snapshot(); }
  [[nodiscard]] Status flush() override { return {}; }

  void hold() {
    const std::scoped_lock lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void fail_next_writes(int count) {
    const std::scoped_lock lock(mutex_);
    failures_ = count;
  }
  void await_writes(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }
  std::vector<std::size_t> batch_sizes() {
    const std::scoped_lock lock(mutex_);
    return batch_sizes_;
  }

 private:
  std::unique_ptr<KeyValueStore> inner_ = make_memory_store();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int failures_ = 0;
  int arrived_ = 0;
  std::vector<std::size_t> batch_sizes_;
};

std::string latest(const CommitPipeline& pipeline, std::string_view key) {
  std::string value;
  const auto found = pipeline.get_latest(key, value);
  EXPECT_TRUE(found);
  return *found ? value : "(none)";
}

std::string stored(const KeyValueStore& store, std::string_view key) {
  std::string value;
  const auto found = store.get(key, value);
  EXPECT_TRUE(found);
  return *found ? value : "(none)";
}

class Pipeline : public testing::Test {
 protected:
  /// Submits one write and waits until the committer is stuck in it.
  CommitTicket block() {
    store_.hold();
    const CommitTicket ticket = pipeline_.submit(put("blocker", "1"));
    store_.await_writes(1);
    return ticket;
  }

  UnreliableStore store_;
  CommitPipeline pipeline_{store_, {}};
};

TEST_F(Pipeline, TicketsCountFromOne) {
  EXPECT_EQ(pipeline_.last_submitted(), 0U);
  EXPECT_EQ(pipeline_.submit(put("a", "1")), 1U);
  EXPECT_EQ(pipeline_.submit(put("a", "2")), 2U);
  EXPECT_EQ(pipeline_.last_submitted(), 2U);
  EXPECT_TRUE(pipeline_.wait(2));
  EXPECT_TRUE(pipeline_.wait(1));
  EXPECT_TRUE(pipeline_.wait(0));
  EXPECT_EQ(stored(store_, "a"), "2");
}

TEST_F(Pipeline, LatestSeesWhatIsSubmittedAndPlainReadsDoNot) {
  block();
  pipeline_.submit(put("a", "1"));
  EXPECT_EQ(latest(pipeline_, "a"), "1");
  EXPECT_EQ(stored(store_, "a"), "(none)");
  pipeline_.submit(put("a", "2"));
  EXPECT_EQ(latest(pipeline_, "a"), "2");
  pipeline_.submit(erase("a"));
  EXPECT_EQ(latest(pipeline_, "a"), "(none)");
  pipeline_.submit(put("b", "1"));
  WriteBatch batch;
  batch.put("b2", "in between");
  batch.erase_range({"b", "c"});
  batch.put("b3", "after");
  const CommitTicket last = pipeline_.submit(std::move(batch));
  EXPECT_EQ(latest(pipeline_, "b"), "(none)");
  EXPECT_EQ(latest(pipeline_, "b2"), "(none)");
  EXPECT_EQ(latest(pipeline_, "b3"), "after");
  store_.release();
  ASSERT_TRUE(pipeline_.wait(last));
  EXPECT_EQ(stored(store_, "a"), "(none)");
  EXPECT_EQ(stored(store_, "b2"), "(none)");
  EXPECT_EQ(stored(store_, "b3"), "after");
  EXPECT_EQ(latest(pipeline_, "b3"), "after");
}

TEST_F(Pipeline, WhatWaitsGoesIntoOneWrite) {
  block();
  CommitTicket last = 0;
  for (int i = 0; i < 10; ++i) last = pipeline_.submit(put(std::to_string(i), "v"));
  store_.release();
  ASSERT_TRUE(pipeline_.wait(last));
  EXPECT_EQ(store_.batch_sizes(), (std::vector<std::size_t>{1, 10}));
}

TEST(PipelineLimits, ALongQueueTakesSeveralWrites) {
  UnreliableStore store;
  CommitPipeline pipeline(store, {.group_size_bytes_max = 3000});
  store.hold();
  pipeline.submit(put("blocker", "1"));
  store.await_writes(1);
  CommitTicket last = 0;
  for (int i = 0; i < 4; ++i)
    last = pipeline.submit(put(std::to_string(i), std::string(1000, 'v')));
  last = pipeline.submit(put("big", std::string(10'000, 'v')));  // larger than a group: alone
  store.release();
  ASSERT_TRUE(pipeline.wait(last));
  EXPECT_EQ(store.batch_sizes(), (std::vector<std::size_t>{1, 2, 2, 1}));
}

TEST(PipelineLimits, AFullQueueHoldsSubmittersBack) {
  UnreliableStore store;
  CommitPipeline pipeline(store, {.queue_size_bytes_max = 4000});
  store.hold();
  pipeline.submit(put("blocker", std::string(5000, 'v')));
  store.await_writes(1);
  std::atomic<bool> submitted = false;
  std::thread submitter([&] {
    pipeline.submit(put("a", "1"));
    submitted = true;
  });
  EXPECT_EQ(pipeline.last_submitted(), 1U);
  EXPECT_FALSE(submitted);
  store.release();
  submitter.join();
  EXPECT_TRUE(pipeline.wait(2));
}

TEST_F(Pipeline, CallbacksComeOnceInOrderWithTheStoreUpToDate) {
  block();
  std::vector<CommitTicket> order;
  std::binary_semaphore done(0);
  for (int i = 0; i < 5; ++i) {
    const CommitTicket ticket = pipeline_.submit(put("k" + std::to_string(i), "v"));
    for (int twice = 0; twice < 2; ++twice) {
      pipeline_.when_committed(ticket, [&, ticket, i](const Status& status) {
        EXPECT_TRUE(status);
        EXPECT_EQ(stored(store_, "k" + std::to_string(i)), "v");
        order.push_back(ticket);
        if (order.size() == 10) done.release();
      });
    }
  }
  EXPECT_TRUE(order.empty());
  store_.release();
  done.acquire();
  EXPECT_EQ(order, (std::vector<CommitTicket>{2, 2, 3, 3, 4, 4, 5, 5, 6, 6}));
  bool at_once = false;
  pipeline_.when_committed(3, [&](const Status& status) { at_once = status.has_value(); });
  EXPECT_TRUE(at_once);
}

TEST_F(Pipeline, TheWatcherIsToldOnceAGroupOfWatchedCommitsOnly) {
  int calls = 0;
  pipeline_.watch([&] { ++calls; });
  const auto settle = [&] {
    // The watcher runs before the next group begins.
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(pipeline_.wait(pipeline_.submit(put("z", "z"))));
  };
  block();
  for (int i = 0; i < 3; ++i) pipeline_.submit(put("b", "1"), {}, Watched::kYes);
  EXPECT_EQ(calls, 0);
  store_.release();
  settle();
  EXPECT_EQ(calls, 1);

  store_.fail_next_writes(1);
  EXPECT_FALSE(pipeline_.wait(pipeline_.submit(put("c", "1"), {}, Watched::kYes)));
  settle();
  EXPECT_EQ(calls, 1);

  pipeline_.watch({});
  ASSERT_TRUE(pipeline_.wait(pipeline_.submit(put("d", "1"), {}, Watched::kYes)));
  settle();
  EXPECT_EQ(calls, 1);
}

TEST_F(Pipeline, AFailedGroupTakesLaterSubmissionsWithItAndThenGoesOn) {
  const CommitTicket first = block();
  store_.fail_next_writes(1);
  const CommitTicket dependent = pipeline_.submit(put("a", "built on the lost one"));
  EXPECT_EQ(latest(pipeline_, "blocker"), "1");
  store_.release();
  const Status first_outcome = pipeline_.wait(first);
  ASSERT_FALSE(first_outcome);
  EXPECT_EQ(first_outcome.error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(first_outcome.error().message, "no space");
  const Status later_outcome = pipeline_.wait(dependent);
  ASSERT_FALSE(later_outcome);
  EXPECT_EQ(later_outcome.error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(later_outcome.error().message, "A write that this one builds on failed: no space");

  // This thread read the lost value before: its next submission goes too, the one after does not.
  const CommitTicket read_before = pipeline_.submit(put("b", "computed from blocker"));
  EXPECT_FALSE(pipeline_.wait(read_before));
  EXPECT_EQ(latest(pipeline_, "blocker"), "(none)");
  EXPECT_EQ(latest(pipeline_, "a"), "(none)");
  const CommitTicket fresh = pipeline_.submit(put("c", "1"));
  EXPECT_TRUE(pipeline_.wait(fresh));
  EXPECT_EQ(entries_of(*store_.scan({}, Direction::kForward, nullptr)).size(), 1U);
  EXPECT_FALSE(pipeline_.wait(first));
  EXPECT_FALSE(pipeline_.wait(read_before));
  EXPECT_TRUE(pipeline_.wait(fresh));
}

TEST_F(Pipeline, CountersAddUpAndAreWrittenOnceAGroup) {
  EXPECT_EQ(pipeline_.counter("n"), 0);
  block();
  pipeline_.submit(put("a", "1"), {{"n", 5}, {"size", 100}});
  pipeline_.submit(put("b", "1"), {{"n", -2}});
  const CommitTicket last = pipeline_.submit({}, {{"n", 1}, {"n", 1}});
  EXPECT_EQ(pipeline_.counter("n"), 5);
  EXPECT_EQ(pipeline_.counter("size"), 100);
  EXPECT_EQ(stored(store_, "n"), "(none)");
  store_.release();
  ASSERT_TRUE(pipeline_.wait(last));
  EXPECT_EQ(store_.batch_sizes(), (std::vector<std::size_t>{1, 4}));
  EXPECT_EQ(pipeline_.counter("n"), 5);
  EXPECT_EQ(stored(store_, "n"), std::string("\0\0\0\0\0\0\0\5", 8));
  ASSERT_TRUE(pipeline_.wait(pipeline_.submit({}, {{"n", -7}})));
  EXPECT_EQ(pipeline_.counter("n"), -2);
  CommitPipeline another(store_, {});
  EXPECT_EQ(another.counter("n"), -2);
  ASSERT_TRUE(another.wait(another.submit({}, {{"n", 3}})));
  EXPECT_EQ(another.counter("n"), 1);
}

TEST_F(Pipeline, ACounterErasedByABatchStartsAnew) {
  ASSERT_TRUE(pipeline_.wait(pipeline_.submit({}, {{"n", 5}, {"m", 5}})));
  block();
  pipeline_.submit({}, {{"n", 1}});
  WriteBatch batch;
  batch.erase_range({"n", "o"});
  pipeline_.submit(std::move(batch), {{"n", 10}});
  EXPECT_EQ(pipeline_.counter("n"), 10);
  pipeline_.submit(erase("m"));
  EXPECT_EQ(pipeline_.counter("m"), 0);
  const CommitTicket last = pipeline_.submit({}, {{"n", 1}});
  store_.release();
  ASSERT_TRUE(pipeline_.wait(last));
  EXPECT_EQ(pipeline_.counter("n"), 11);
  EXPECT_EQ(pipeline_.counter("m"), 0);
  EXPECT_EQ(stored(store_, "m"), "(none)");
  EXPECT_EQ(stored(store_, "n"), std::string("\0\0\0\0\0\0\0\x0b", 8));
}

TEST_F(Pipeline, AFailureTakesCounterChangesBack) {
  ASSERT_TRUE(pipeline_.wait(pipeline_.submit({}, {{"n", 5}})));
  store_.fail_next_writes(1);
  EXPECT_FALSE(pipeline_.wait(pipeline_.submit({}, {{"n", 1}})));
  EXPECT_EQ(pipeline_.counter("n"), 5);
  EXPECT_TRUE(pipeline_.wait(pipeline_.submit({}, {{"n", 2}})));
  EXPECT_EQ(pipeline_.counter("n"), 7);
}

TEST(PipelineEnd, TheDestructorCommitsWhatWasSubmitted) {
  UnreliableStore store;
  int called = 0;
  {
    CommitPipeline pipeline(store, {});
    store.hold();
    for (int i = 0; i < 100; ++i) {
      const CommitTicket ticket = pipeline.submit(put(std::to_string(i), "v"));
      pipeline.when_committed(ticket, [&](const Status&) { ++called; });
    }
    store.release();
  }
  EXPECT_EQ(called, 100);
  EXPECT_EQ(entries_of(*store.scan({}, Direction::kForward, nullptr)).size(), 100U);
}

// Increments under a latch, with failures thrown in: each key's final value is the number of
// acknowledged increments, and so is its counter.
TEST(PipelineConcurrency, NoAcknowledgedIncrementIsLostNorAFailedOneApplied) {
  constexpr int kThreads = 8;
  constexpr int kKeys = 4;
  UnreliableStore store;
  std::atomic<int> acknowledged[kKeys] = {};
  {
    CommitPipeline pipeline(store, {});
    std::mutex latches[kKeys];
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        std::mt19937 random(static_cast<unsigned>(thread));
        for (int i = 0; i < 300; ++i) {
          const auto key = random() % kKeys;
          const std::string name = "key" + std::to_string(key);
          CommitTicket ticket = 0;
          {
            const std::scoped_lock latch(latches[key]);
            const std::string before = latest(pipeline, name);
            const int number = before == "(none)" ? 0 : std::stoi(before);
            ticket = pipeline.submit(put(name, std::to_string(number + 1)), {{"count/" + name, 1}});
          }
          if (i % 50 == 49 && thread == 0) store.fail_next_writes(1);
          if (pipeline.wait(ticket)) ++acknowledged[key];
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (int key = 0; key < kKeys; ++key) {
      const std::string name = "key" + std::to_string(key);
      EXPECT_EQ(stored(store, name), std::to_string(acknowledged[key]));
      EXPECT_EQ(pipeline.counter("count/" + name), acknowledged[key]);
    }
  }
}

}  // namespace
}  // namespace parley::storage
