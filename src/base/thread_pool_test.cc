#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace parley {
namespace {

constexpr std::size_t kQueueMax = 1000;

/// A task that runs until it is let go.
class Blocker {
 public:
  explicit Blocker(ThreadPool& pool) {
    EXPECT_TRUE(pool.run([this] {
      running_.set_value();
      let_go_.get_future().wait();
    }));
    running_.get_future().wait();
  }
  void let_go() { let_go_.set_value(); }

 private:
  std::promise<void> running_;
  std::promise<void> let_go_;
};

TEST(ThreadPool, RunsEveryTaskBeforeItStops) {
  std::atomic<int> done{0};
  ThreadPool pool(3, kQueueMax);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(pool.run([&] { ++done; }));
  pool.stop();
  EXPECT_EQ(done, 1000);
}

TEST(ThreadPool, TasksThatBlockRunSideBySide) {
  ThreadPool pool(2, kQueueMax);
  Blocker first(pool);
  Blocker second(pool);
  first.let_go();
  second.let_go();
  pool.stop();
}

TEST(ThreadPool, ATaskAfterStopIsRefused) {
  ThreadPool pool(1, kQueueMax);
  pool.stop();
  bool ran = false;
  EXPECT_FALSE(pool.run([&] { ran = true; }));
  EXPECT_FALSE(ran);
}

TEST(ThreadPool, OneTaskMoreThanTheQueueHoldsIsRefused) {
  std::atomic<int> done{0};
  ThreadPool pool(1, 2);
  Blocker blocker(pool);
  EXPECT_TRUE(pool.run([&] { ++done; }));
  EXPECT_TRUE(pool.run([&] { ++done; }));
  EXPECT_FALSE(pool.run([&] { ++done; }));
  blocker.let_go();
  pool.stop();
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace parley
