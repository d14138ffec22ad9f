#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cache/cache.h"
#include "client/immediate_database.h"

namespace parley::cache {
namespace {

/// A store that can be told to fail.
class FailingStore final : public CacheStore {
 public:
  explicit FailingStore(CacheStore& store) : store_(store) {}
  std::atomic<bool> dead = false;
  Result<Found> find(std::string_view collection, std::string_view variant) override {
    return dead ? failure() : store_.find(collection, variant);
  }
  Result<bool> keep(std::string_view collection, std::string_view variant, Version version,
                    const Value& value) override {
    return dead ? failure() : store_.keep(collection, variant, version, value);
  }
  Status invalidate(std::string_view collection) override {
    return dead ? failure() : store_.invalidate(collection);
  }
  Status invalidate_all() override { return dead ? failure() : store_.invalidate_all(); }

 private:
  static std::unexpected<Error> failure() { return fail(ErrorCode::kIo, "dead"); }
  CacheStore& store_;
};

class CollectionCacheTest : public testing::Test {
 protected:
  std::string read(std::string_view collection, std::string_view variant = "v") {
    const auto reply = cache_.read(collection, variant, [this]() -> Result<std::string> {
      ++fills_;
      return database_;
    });
    return reply ? **reply : reply.error().message;
  }

  ManualClock clock_{0};
  MemoryStore memory_{clock_};
  FailingStore store_{memory_};
  CollectionCache cache_{store_};
  std::string database_ = "1";
  int fills_ = 0;
};

TEST_F(CollectionCacheTest, ASecondReadAsksNobody) {
  EXPECT_EQ(read("a"), "1");
  database_ = "2";
  EXPECT_EQ(read("a"), "1");
  EXPECT_EQ(read("a", "other"), "2");
  EXPECT_EQ(fills_, 2);
  EXPECT_EQ(cache_.metrics().hits, 1u);
  EXPECT_EQ(cache_.metrics().misses, 2u);
}

TEST_F(CollectionCacheTest, AReadAfterAnInvalidationSeesTheChange) {
  EXPECT_EQ(read("a"), "1");
  database_ = "2";
  cache_.invalidate("a");
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(cache_.metrics().invalidations, 1u);
}

TEST_F(CollectionCacheTest, AFillThatRacedAnInvalidationIsDiscarded) {
  const auto reply = cache_.read("a", "v", [&]() -> Result<std::string> {
    const std::string seen = database_;
    database_ = "2";
    cache_.invalidate("a");
    return seen;
  });
  EXPECT_EQ(**reply, "2");
  EXPECT_EQ(cache_.metrics().stale_fills_discarded, 2u);  // it does not try for ever
  EXPECT_EQ(read("a"), "2");
}

TEST_F(CollectionCacheTest, WhoReadsAgainDoesNotSeeLess) {
  bool has_raced = false;
  const auto fill = [&]() -> Result<std::string> {
    if (std::exchange(has_raced, true)) return database_;
    cache_.invalidate("a");
    EXPECT_EQ(read("a"), "1");  // another reader, who keeps what is there now
    database_ = "2";            // the cache has not heard of it yet
    return database_;
  };
  const std::string first = **cache_.read("a", "v", fill);
  EXPECT_EQ(first, "1");
  EXPECT_EQ(read("a"), first);
  EXPECT_EQ(cache_.metrics().stale_fills_discarded, 1u);
}

TEST_F(CollectionCacheTest, AnErrorIsNotKept) {
  const auto reply =
      cache_.read("a", "v", [] { return Result<std::string>(fail(ErrorCode::kIo, "broken")); });
  EXPECT_EQ(reply.error().message, "broken");
  EXPECT_EQ(read("a"), "1");
}

TEST_F(CollectionCacheTest, ReadsOfOneThingAtOneTimeAskOnce) {
  constexpr int kReaders = 8;
  std::latch began(1);
  std::latch may_end(1);
  std::atomic<int> fills = 0;
  const auto fill = [&]() -> Result<std::string> {
    ++fills;
    began.count_down();
    may_end.wait();
    return "x";
  };
  std::vector<std::jthread> readers;
  std::atomic<int> right = 0;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] { right += **cache_.read("a", "v", fill) == "x" ? 1 : 0; });
    if (i == 0) began.wait();
  }
  while (cache_.metrics().coalesced < kReaders - 1) std::this_thread::yield();
  may_end.count_down();
  readers.clear();
  EXPECT_EQ(right, kReaders);
  EXPECT_EQ(fills, 1);
}

TEST_F(CollectionCacheTest, ANewReaderDoesNotJoinAFlightFromBeforeTheInvalidation) {
  std::latch began(1);
  std::latch may_end(1);
  std::jthread slow([&] {
    const auto reply = cache_.read("a", "v", [&]() -> Result<std::string> {
      began.count_down();
      may_end.wait();
      return "old";
    });
    EXPECT_EQ(**reply, "new");
  });
  began.wait();
  database_ = "new";
  cache_.invalidate("a");
  EXPECT_EQ(read("a"), "new");
  may_end.count_down();
  slow.join();
  EXPECT_EQ(read("a"), "new");
}

TEST_F(CollectionCacheTest, FailsOpenWhenTheStoreIsDead) {
  EXPECT_EQ(read("a"), "1");
  store_.dead = true;
  database_ = "2";
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(cache_.metrics().bypassed, 1u);
  EXPECT_EQ(cache_.metrics().store_failures, 1u);
}

TEST_F(CollectionCacheTest, AnInvalidationThatTheDeadStoreMissedIsNotLost) {
  EXPECT_EQ(read("a"), "1");
  store_.dead = true;
  database_ = "2";
  cache_.invalidate("a");
  EXPECT_EQ(read("a"), "2");
  store_.dead = false;
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(cache_.metrics().misses, 2u);  // it is in use again
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(cache_.metrics().hits, 1u);
}

TEST_F(CollectionCacheTest, TooManyMissedInvalidationsForgetEverything) {
  EXPECT_EQ(read("a"), "1");
  EXPECT_EQ(read("b"), "1");
  store_.dead = true;
  for (int i = 0; i < 10'001; ++i) cache_.invalidate("c" + std::to_string(i));
  cache_.invalidate("a");
  store_.dead = false;
  database_ = "2";
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(read("b"), "2");
}

TEST_F(CollectionCacheTest, WithoutTrustEveryReadAsksTheDatabase) {
  EXPECT_EQ(read("a"), "1");
  cache_.set_trusted(false);
  database_ = "2";
  EXPECT_EQ(read("a"), "2");
  cache_.set_trusted(true);
  EXPECT_EQ(read("a"), "2");  // what was kept before is gone
}

// A writer changes a collection and invalidates it; a reader that begins later never sees less.
TEST(CollectionCacheRace, NoReadSeesWhatWasBeforeAnInvalidation) {
  const SystemClock clock;
  MemoryStore store(clock, {.size_bytes_max = 16u << 10});
  CollectionCache cache(store);
  constexpr int kCollections = 4;
  std::atomic<long> stored[kCollections] = {};
  std::atomic<long> announced[kCollections] = {};
  constexpr int kReads = 600'000;
  std::atomic<int> reads = 0;
  std::atomic<int> faults = 0;
  std::vector<std::jthread> threads;
  for (int reader = 0; reader < 3; ++reader) {
    threads.emplace_back([&, reader] {
      std::minstd_rand random(static_cast<unsigned>(reader) + 1);
      while (reads++ < kReads) {
        const std::size_t which = random() % kCollections;
        const long floor = announced[which];
        const auto reply = cache.read(std::to_string(which), "v", [&]() -> Result<std::string> {
          return std::to_string(stored[which]);
        });
        if (std::stol(**reply) < floor) ++faults;
      }
    });
  }
  std::minstd_rand random(99);
  for (long i = 1; reads < kReads; ++i) {
    const std::size_t which = random() % kCollections;
    stored[which] = i;
    cache.invalidate(std::to_string(which));
    announced[which] = i;
  }
  threads.clear();
  EXPECT_EQ(faults, 0);
}

TEST_F(CollectionCacheTest, WhoMustNotWaitReadsAndFillsAStoreOfThisProcess) {
  CollectionCache cache(memory_);
  const auto fill = [this]() -> Result<std::string> {
    ++fills_;
    return database_;
  };
  EXPECT_EQ(**cache.read_at_once("a", "v", fill), "1");
  database_ = "2";
  EXPECT_EQ(**cache.read_at_once("a", "v", fill), "1");
  EXPECT_EQ(**cache.read("a", "v", fill), "1");
  cache.invalidate("a");
  EXPECT_EQ(**cache.read_at_once("a", "v", fill), "2");
  EXPECT_EQ(fills_, 2);
}

TEST_F(CollectionCacheTest, WhoMustNotWaitAsksNoOtherProcess) {
  EXPECT_EQ(read("a"), "1");
  const auto reply = cache_.read_at_once("a", "v", [] { return Result<std::string>("2"); });
  ASSERT_FALSE(reply);
  EXPECT_TRUE(client::is_must_wait(reply.error()));
}

TEST_F(CollectionCacheTest, WhoMustNotWaitDoesNotWaitForAnothersFill) {
  CollectionCache cache(memory_);
  const auto outer = cache.read("a", "v", [&]() -> Result<std::string> {
    const auto inner = cache.read_at_once("a", "v", [] { return Result<std::string>("inner"); });
    EXPECT_FALSE(inner);
    EXPECT_TRUE(client::is_must_wait(inner.error()));
    return "outer";
  });
  EXPECT_EQ(**outer, "outer");
}

TEST_F(CollectionCacheTest, WhoMayWaitFillsWhatAnotherCouldNotWaitFor) {
  CollectionCache cache(memory_);
  std::thread patient;
  std::latch coming(1);
  Result<Value> waited = Value();
  const auto impatient = cache.read_at_once("a", "v", [&]() -> Result<std::string> {
    patient = std::thread([&] {
      coming.count_down();
      waited = cache.read("a", "v", [] { return Result<std::string>("filled"); });
    });
    coming.wait();
    return std::unexpected(client::must_wait());
  });
  patient.join();
  EXPECT_FALSE(impatient);
  ASSERT_TRUE(waited);
  EXPECT_EQ(**waited, "filled");
}

}  // namespace
}  // namespace parley::cache
