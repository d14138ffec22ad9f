#include "engine/latches.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace parley::engine {
namespace {

TEST(Latches, OneHolderAtATime) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 2'000;
  Latches latches;
  int count = 0;  // guarded by the latch of "key", which every way of locking must include
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < kRounds; ++round) {
        if (thread == 0 && round % 100 == 0) {
          const auto everything = latches.lock_everything();
          ++count;
        } else if (thread % 2 == 0) {
          const auto guard = latches.lock_all_of({"a", "key", std::to_string(round), "key"});
          ++count;
        } else {
          const auto guard = latches.lock("key");
          ++count;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * kRounds);
}

TEST(Latches, GuardMovesAndLetsGoOnce) {
  Latches latches;
  {
    auto guard = latches.lock("key");
    const auto moved = std::move(guard);
  }
  const auto again = latches.lock("key");
}

}  // namespace
}  // namespace parley::engine
