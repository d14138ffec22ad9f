#include "cli/blocking_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

namespace parley::cli {
namespace {

TEST(BlockingPool, RunsEveryTaskBeforeItStops) {
  std::atomic<int> done{0};
  BlockingPool pool(3);
  for (int i = 0; i < 1000; ++i) pool.run([&] { ++done; });
  pool.stop();
  EXPECT_EQ(done, 1000);
}

TEST(BlockingPool, TasksThatBlockRunSideBySide) {
  BlockingPool pool(2);
  std::promise<void> first_runs;
  std::promise<void> release;
  std::promise<void> second_ran;
  pool.run([&] {
    first_runs.set_value();
    release.get_future().wait();
  });
  first_runs.get_future().wait();
  pool.run([&] { second_ran.set_value(); });
  second_ran.get_future().wait();
  release.set_value();
  pool.stop();
}

TEST(BlockingPool, ATaskAfterStopIsDropped) {
  BlockingPool pool(1);
  pool.stop();
  bool ran = false;
  pool.run([&] { ran = true; });
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace parley::cli
