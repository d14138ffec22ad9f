// A Redis server that is dead, slow, restarted or wrong.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "base/random.h"
#include "cache/cache.h"
#include "cache/test_redis_server.h"

namespace parley::cache {
namespace {

using std::chrono::milliseconds;

class RedisFaults : public testing::Test {
 protected:
  RedisStoreOptions options(milliseconds command_timeout, milliseconds retry_after) {
    return {.address = server_.address(),
            .command_timeout = command_timeout,
            .retry_after = retry_after};
  }
  static std::string read(CollectionCache& cache, const std::string& database) {
    const auto reply = cache.read("a", "v", [&] { return Result<std::string>(database); });
    return reply ? **reply : reply.error().message;
  }

  TestRedisServer server_;
  SeededRandom random_{3};
};

TEST_F(RedisFaults, TwoProcessesSeeEachOthersChanges) {
  RedisStore one(options(std::chrono::seconds(5), milliseconds(0)), random_);
  RedisStore two(options(std::chrono::seconds(5), milliseconds(0)), random_);
  CollectionCache first(one);
  CollectionCache second(two);
  EXPECT_EQ(read(first, "1"), "1");
  EXPECT_EQ(read(second, "2"), "1");
  second.invalidate("a");
  EXPECT_EQ(read(first, "2"), "2");
}

TEST_F(RedisFaults, ADeadServerCostsNothingButTheCache) {
  RedisStore store(options(std::chrono::seconds(5), milliseconds(0)), random_);
  CollectionCache cache(store);
  EXPECT_EQ(read(cache, "1"), "1");
  server_.kill();
  EXPECT_EQ(read(cache, "2"), "2");
  cache.invalidate("a");
  EXPECT_EQ(read(cache, "3"), "3");
  server_.start();
  EXPECT_EQ(read(cache, "4"), "4");
  EXPECT_EQ(read(cache, "5"), "4");
}

TEST_F(RedisFaults, AfterAFailureCallsFailAtOnceForAWhile) {
  RedisStore store(options(milliseconds(20), std::chrono::hours(1)), random_);
  ASSERT_TRUE(store.ping());
  server_.freeze();
  EXPECT_EQ(store.ping().error().code, ErrorCode::kTimeout);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(store.ping().error().code, ErrorCode::kUnavailable);
  }
  server_.thaw();
  EXPECT_EQ(store.ping().error().code, ErrorCode::kUnavailable);
}

TEST_F(RedisFaults, AnInvalidationInAFrozenServerIsMadeUpFor) {
  RedisStore store(options(milliseconds(200), milliseconds(0)), random_);
  CollectionCache cache(store);
  EXPECT_EQ(read(cache, "1"), "1");
  server_.freeze();
  cache.invalidate("a");
  EXPECT_EQ(read(cache, "2"), "2");
  server_.thaw();
  EXPECT_EQ(read(cache, "2"), "2");
}

TEST_F(RedisFaults, AWrongDatabaseIsAnErrorInTheServersWords) {
  RedisStoreOptions wrong = options(std::chrono::seconds(5), milliseconds(0));
  wrong.address.database = 1'000'000;
  RedisStore store(wrong, random_);
  const Status status = store.ping();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("out of range"), std::string::npos)
      << status.error().message;
}

TEST_F(RedisFaults, NobodyThereIsAnErrorThatNamesTheAddress) {
  RedisStoreOptions nowhere;
  nowhere.address.socket_path = "/nonexistent/socket";
  RedisStore store(nowhere, random_);
  EXPECT_NE(store.ping().error().message.find("/nonexistent/socket"), std::string::npos);
}

TEST_F(RedisFaults, MoreCallersThanConnectionsFailInsteadOfWaiting) {
  RedisStoreOptions none = options(std::chrono::seconds(5), milliseconds(0));
  none.connections_max = 0;
  RedisStore store(none, random_);
  EXPECT_EQ(store.ping().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace parley::cache
