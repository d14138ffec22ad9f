#include "cache/redis_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cache/test_redis_server.h"

namespace parley::cache {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{20};

/// Notes what it is told.
class Listener final : public ChannelListener {
 public:
  void heard(std::string_view text) override {
    const std::scoped_lock lock(mutex_);
    texts_.emplace_back(text);
    changed_.notify_all();
  }
  void restored() override {
    const std::scoped_lock lock(mutex_);
    ++restored_;
    changed_.notify_all();
  }
  /// Whether it was told of so many restorations within the patience of a test.
  bool restored(int count, milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return restored_ >= count; });
  }
  bool heard_in_time(std::string_view text, milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience,
                             [&] { return !texts_.empty() && texts_.back() == text; });
  }
  std::vector<std::string> texts() {
    const std::scoped_lock lock(mutex_);
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
  int restored_ = 0;
};

class RedisChannels : public testing::Test {
 protected:
  [[nodiscard]] RedisChannelOptions options(std::string name = "parley:t:live") const {
    return {.address = server_.address(),
            .name = std::move(name),
            .retry_after = milliseconds(5),
            .ping_interval = seconds(5)};
  }

  TestRedisServer server_;
};

TEST_F(RedisChannels, CarryTextsInTheirOrderToAllOfTheirName) {
  Listener ann;
  Listener bob;
  Listener other;
  RedisChannel of_ann(options(), ann);
  RedisChannel of_bob(options(), bob);
  RedisChannel of_other(options("parley:u:live"), other);
  of_ann.start();
  of_bob.start();
  of_other.start();
  ASSERT_TRUE(ann.restored(1) && bob.restored(1) && other.restored(1));
  std::vector<std::string> said;
  for (int n = 0; n < 1'000; ++n) {
    said.push_back(std::string(static_cast<std::size_t>(n), 'x') + std::to_string(n));
    of_ann.publish(said.back());
  }
  const std::string odd("\0 %b %s\r\n\xff", 11);
  said.push_back(odd);
  of_ann.publish(odd);
  EXPECT_TRUE(bob.heard_in_time(odd));
  EXPECT_TRUE(ann.heard_in_time(odd));
  EXPECT_EQ(bob.texts(), said);
  EXPECT_EQ(ann.texts(), said);
  EXPECT_TRUE(other.texts().empty());
}

TEST_F(RedisChannels, SendWhatIsWaitingBeforeTheyStop) {
  Listener ann;
  Listener bob;
  RedisChannel of_bob(options(), bob);
  of_bob.start();
  ASSERT_TRUE(bob.restored(1));
  {
    RedisChannel of_ann(options(), ann);
    of_ann.start();
    ASSERT_TRUE(ann.restored(1));
    for (int n = 0; n < 100; ++n) of_ann.publish("word");
    of_ann.publish("last");
  }
  EXPECT_TRUE(bob.heard_in_time("last"));
  EXPECT_EQ(bob.texts().size(), 101u);
}

TEST_F(RedisChannels, ComeBackWithTheServerAndSayThatTheyHave) {
  Listener ann;
  RedisChannel channel(options(), ann);
  channel.publish("before the start: dropped");
  channel.start();
  ASSERT_TRUE(ann.restored(1));
  server_.kill();
  channel.publish("dropped");
  server_.start();
  ASSERT_TRUE(ann.restored(2));
  // Each side of the channel comes back by itself.
  int tries = 0;
  do {
    channel.publish("again");
  } while (!ann.heard_in_time("again", milliseconds(200)) && ++tries < 100);
  EXPECT_LT(tries, 100);
  for (const std::string& text : ann.texts()) EXPECT_EQ(text, "again");
}

TEST_F(RedisChannels, RestWhereTheServerRefusesThem) {
  const auto admin = connect_to(server_.address(), kPatience, kPatience);
  ASSERT_TRUE(admin);
  for (const std::string_view right : {"publish", "subscribe"}) {
    const std::string without = "-" + std::string(right);
    const std::array<std::string_view, 4> revoke{"ACL", "SETUSER", "default", without};
    ASSERT_TRUE(send_to(**admin, server_.address(), revoke));
    std::promise<std::string> logged;
    auto resting = options();
    resting.retry_after = milliseconds(100);
    resting.log = [&](std::string_view text) { logged.set_value(std::string(text)); };  // once
    Listener ann;
    RedisChannel channel(resting, ann);
    const auto start = std::chrono::steady_clock::now();
    channel.start();
    const bool comes_up = right == "publish";  // and fails at the first word
    for (int n = 1; comes_up && n <= 4; ++n) {
      while (!ann.restored(n, milliseconds(1))) channel.publish("refused");
    }
    if (comes_up) {
      EXPECT_GE(std::chrono::steady_clock::now() - start, 3 * resting.retry_after);
    }
    EXPECT_THAT(logged.get_future().get(), testing::HasSubstr(right));
    channel.stop();
    EXPECT_TRUE(ann.texts().empty());
    EXPECT_EQ(ann.restored(1, milliseconds(0)), comes_up);
    const std::string with = "+" + std::string(right);
    const std::array<std::string_view, 4> grant{"ACL", "SETUSER", "default", with};
    ASSERT_TRUE(send_to(**admin, server_.address(), grant));
  }
}

TEST_F(RedisChannels, GiveUpAConnectionThatShowsNoSignOfLife) {
  Listener ann;
  auto impatient = options();
  impatient.ping_interval = milliseconds(300);
  RedisChannel channel(impatient, ann);
  channel.start();
  ASSERT_TRUE(ann.restored(1));
  channel.publish("one");
  ASSERT_TRUE(ann.heard_in_time("one"));
  server_.freeze();
  const auto patience_ends = std::chrono::steady_clock::now() + kPatience;
  while (channel.is_up() && std::chrono::steady_clock::now() < patience_ends) {
    std::this_thread::yield();
  }
  ASSERT_FALSE(channel.is_up());
  server_.thaw();
  EXPECT_TRUE(ann.restored(2));
}

TEST_F(RedisChannels, WaitForAServerThatIsNotThereYet) {
  server_.kill();
  Listener ann;
  RedisChannel channel(options(), ann);
  channel.start();
  server_.start();
  EXPECT_TRUE(ann.restored(1));
  channel.publish("here");
  EXPECT_TRUE(ann.heard_in_time("here"));
}

TEST_F(RedisChannels, StopAtOnceWithoutAServer) {
  server_.kill();
  Listener ann;
  auto slow = options();
  slow.retry_after = std::chrono::hours(1);
  RedisChannel channel(slow, ann);
  channel.start();
  channel.stop();
  channel.stop();
  EXPECT_TRUE(ann.texts().empty());
}

TEST_F(RedisChannels, DropEverythingBeyondTheirBoundAndSaySo) {
  Listener ann;
  auto narrow = options();
  narrow.outbox_bytes_max = 100;
  RedisChannel channel(narrow, ann);
  channel.start();
  ASSERT_TRUE(ann.restored(1));
  channel.publish(std::string(101, 'x'));
  EXPECT_TRUE(ann.restored(2));
  channel.publish("fits");
  EXPECT_TRUE(ann.heard_in_time("fits"));
  EXPECT_EQ(ann.texts().size(), 1u);
}

}  // namespace
}  // namespace parley::cache
