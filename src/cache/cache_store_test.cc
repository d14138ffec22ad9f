// What every CacheStore promises, run on each implementation.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "cache/cache.h"
#include "cache/test_redis_server.h"

namespace parley::cache {
namespace {

Value value(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

enum class Kind : std::uint8_t { kMemory, kRedis };

class CacheStoreContract : public testing::TestWithParam<Kind> {
 protected:
  static void SetUpTestSuite() { redis_ = new TestRedisServer; }
  static void TearDownTestSuite() {
    delete redis_;
    redis_ = nullptr;
  }
  CacheStoreContract() {
    if (GetParam() == Kind::kMemory) {
      store_ = std::make_unique<MemoryStore>(
          clock_, MemoryStoreOptions{.value_size_bytes_max = 1000, .variants_max = 4});
    } else {
      // A second client of the same server sees what this one does.
      store_ = std::make_unique<RedisStore>(options(), random_);
    }
    EXPECT_TRUE(store_->invalidate_all());
  }
  RedisStoreOptions options() {
    return {.address = redis_->address(),
            .key_prefix = "te*st:",
            .command_timeout = std::chrono::seconds(5),  // the machine may be busy
            .value_size_bytes_max = 1000,
            .variants_max = 4};
  }
  std::string kept(std::string_view collection, std::string_view variant) {
    const auto found = store_->find(collection, variant);
    EXPECT_TRUE(found) << found.error().message;
    return found && found->value != nullptr ? *found->value : "(none)";
  }
  Version version(std::string_view collection) { return store_->find(collection, "")->version; }
  bool keep(std::string_view collection, std::string_view variant, std::string text) {
    const auto done =
        store_->keep(collection, variant, version(collection), value(std::move(text)));
    EXPECT_TRUE(done);
    return done.value_or(false);
  }

  static TestRedisServer* redis_;
  ManualClock clock_{1'767'323'045'678'000};
  SeededRandom random_{7};
  std::unique_ptr<CacheStore> store_;
};
TestRedisServer* CacheStoreContract::redis_ = nullptr;

TEST_P(CacheStoreContract, GivesBackWhatWasKept) {
  EXPECT_EQ(kept("MSG#1", "newest"), "(none)");
  EXPECT_TRUE(keep("MSG#1", "newest", std::string("a\0b\xff", 4)));
  EXPECT_EQ(kept("MSG#1", "newest"), std::string("a\0b\xff", 4));
  EXPECT_EQ(kept("MSG#1", "oldest"), "(none)");
  EXPECT_EQ(kept("MSG#2", "newest"), "(none)");
  EXPECT_TRUE(keep("MSG#1", "newest", ""));
  EXPECT_EQ(kept("MSG#1", "newest"), "");
}

TEST_P(CacheStoreContract, InvalidatingForgetsTheCollectionAlone) {
  keep("a", "1", "x");
  keep("a", "2", "y");
  keep("b", "1", "z");
  ASSERT_TRUE(store_->invalidate("a"));
  EXPECT_EQ(kept("a", "1"), "(none)");
  EXPECT_EQ(kept("a", "2"), "(none)");
  EXPECT_EQ(kept("b", "1"), "z");
}

TEST_P(CacheStoreContract, AFillThatRacedAnInvalidationIsNotKept) {
  const Version before = version("a");
  ASSERT_TRUE(store_->invalidate("a"));
  EXPECT_NE(version("a"), before);
  EXPECT_EQ(store_->keep("a", "1", before, value("stale")), false);
  EXPECT_EQ(kept("a", "1"), "(none)");
}

TEST_P(CacheStoreContract, AnInvalidationOfWhatNobodyKeepsStillEndsFills) {
  const Version before = version("a");
  ASSERT_TRUE(store_->invalidate("a"));
  EXPECT_EQ(store_->keep("a", "1", before, value("stale")), false);
}

TEST_P(CacheStoreContract, InvalidateAllForgetsEverything) {
  const Version before = version("a");
  for (int i = 0; i < 1200; ++i) keep("c" + std::to_string(i), "1", "x");
  ASSERT_TRUE(store_->invalidate_all());
  EXPECT_EQ(kept("c0", "1"), "(none)");
  EXPECT_EQ(kept("c1199", "1"), "(none)");
  EXPECT_EQ(store_->keep("a", "1", before, value("stale")), false);
}

TEST_P(CacheStoreContract, AReplyThatIsTooLargeIsNotKept) {
  EXPECT_TRUE(keep("a", "1", std::string(1000, 'x')));
  EXPECT_TRUE(keep("a", "2", std::string(1001, 'x')));
  EXPECT_EQ(kept("a", "1").size(), 1000u);
  EXPECT_EQ(kept("a", "2"), "(none)");
}

TEST_P(CacheStoreContract, ACollectionKeepsAFewVariantsOnly) {
  int there = 0;
  for (int i = 0; i < 10; ++i) keep("a", std::to_string(i), "x");
  for (int i = 0; i < 10; ++i) there += kept("a", std::to_string(i)) == "x" ? 1 : 0;
  EXPECT_EQ(there, 4);
  EXPECT_TRUE(keep("a", "0", "y") && keep("a", "3", "y"));
}

INSTANTIATE_TEST_SUITE_P(Stores, CacheStoreContract, testing::Values(Kind::kMemory, Kind::kRedis),
                         [](const auto& parameter) {
                           return parameter.param == Kind::kMemory ? "Memory" : "Redis";
                         });

TEST(MemoryStore, ForgetsTheLeastRecentlyUsedWhenFull) {
  ManualClock clock(0);
  MemoryStore store(clock, {.size_bytes_max = 1u << 20});
  const auto keep = [&](const std::string& name) {
    const auto found = store.find(name, "v");
    ASSERT_TRUE(store.keep(name, "v", found->version, value(std::string(4000, 'x'))));
  };
  keep("favourite");
  for (int i = 0; i < 2000; ++i) {
    keep(std::to_string(i));
    ASSERT_NE(store.find("favourite", "v")->value, nullptr) << i;
    ASSERT_LE(store.usage().size_bytes, 1u << 20);
  }
  EXPECT_GT(store.usage().size_bytes, 900u << 10);
  EXPECT_EQ(store.find("0", "v")->value, nullptr);
}

TEST(MemoryStore, AForgottenCollectionComesBackWithAnotherVersion) {
  ManualClock clock(0);
  MemoryStore store(clock, {.size_bytes_max = 1});
  const Version before = store.find("a", "v")->version;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(store.find(std::to_string(i), "v"));
  EXPECT_EQ(store.keep("a", "v", before, value("stale")), false);
}

TEST(MemoryStore, AReplyAges) {
  ManualClock clock(0);
  MemoryStore store(clock, {.age_max = std::chrono::seconds(60)});
  ASSERT_EQ(store.keep("a", "v", store.find("a", "v")->version, value("x")), true);
  clock.advance(std::chrono::seconds(60));
  EXPECT_NE(store.find("a", "v")->value, nullptr);
  clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(store.find("a", "v")->value, nullptr);
}

}  // namespace
}  // namespace parley::cache
