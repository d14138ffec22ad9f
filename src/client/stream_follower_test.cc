// The follower on the database of this process.
#include "client/stream_follower.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "client/remote_database.h"
#include "client/test_local_database.h"

namespace parley::client {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTable =
    R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[
        {"AttributeName":"pk","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})";

/// Waits for keys; ten seconds at most.
class Keys final : public StreamHandler {
 public:
  void begins(std::string_view, const StreamPositions&) override {
    const std::scoped_lock lock(mutex_);
    begun_ = true;
    changed_.notify_all();
  }
  bool handle(const StreamBatch& batch) override {
    const std::scoped_lock lock(mutex_);
    for (const StreamRecord& record : batch.records) {
      keys_.emplace_back(std::string_view(record.keys["pk"]["S"]));
      EXPECT_TRUE(record.new_image.has_value());
      EXPECT_EQ(record.event, "INSERT");
    }
    changed_.notify_all();
    return true;
  }
  void gap(std::string_view) override { ++gaps; }

  bool await_begin() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return begun_; });
  }
  std::vector<std::string> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return keys_.size() >= count; });
    return keys_;
  }
  std::atomic<int> gaps = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
  std::vector<std::string> keys_;
};

struct Followed {
  Followed() {
    EXPECT_TRUE(database.call("CreateTable", kTable));
    options.walk.table = "tab";
  }
  void put(std::string_view key) {
    EXPECT_TRUE(database.direct().call(
        "PutItem", fmt::format(R"({{"TableName":"tab","Item":{{"pk":{{"S":"{}"}}}}}})", key)));
  }
  TestLocalDatabase database;
  Keys keys;
  StreamFollowerOptions options;
};

TEST(StreamFollower, IsWokenByTheDatabaseInThisProcess) {
  Followed followed;
  followed.options.announcer = [&](std::function<void()> listener) {
    return followed.database.announce_records(std::move(listener));
  };
  StreamFollower follower(followed.database, followed.database.clock(), followed.keys,
                          followed.options);
  follower.start();
  ASSERT_TRUE(followed.keys.await_begin());
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back(std::to_string(i));
    followed.put(expected.back());
    EXPECT_THAT(followed.keys.await(expected.size()), testing::ElementsAreArray(expected));
  }
  follower.stop();
  followed.put("after");
  EXPECT_EQ(followed.keys.await(50).size(), 50U);
  EXPECT_EQ(followed.keys.gaps, 0);
}

TEST(StreamFollower, PollsWhereNobodyWakesIt) {
  Followed followed;
  followed.options.poll_interval = milliseconds(1);
  followed.options.walk.from = StreamPositions{};
  followed.put("before");
  StreamFollower follower(followed.database, followed.database.clock(), followed.keys,
                          followed.options);
  follower.start();
  EXPECT_THAT(followed.keys.await(1), testing::ElementsAre("before"));
  followed.put("later");
  EXPECT_THAT(followed.keys.await(2), testing::ElementsAre("before", "later"));
}

/// "": the database in this process; and the one whose URL is in PARLEY_TEST_DYNAMODB_ENDPOINT.
std::vector<std::string> endpoints() {
  std::vector<std::string> urls{""};
  if (const char* url = std::getenv("PARLEY_TEST_DYNAMODB_ENDPOINT")) urls.emplace_back(url);
  return urls;
}

class StreamFollowerOn : public testing::TestWithParam<std::string> {};

TEST_P(StreamFollowerOn, GoesThroughAStreamSwitchedOffAndOn) {
  SystemClock clock;
  SystemRandom random;
  TestLocalDatabase local;
  std::unique_ptr<RemoteDatabase> remote;
  if (!GetParam().empty()) {
    remote = std::make_unique<RemoteDatabase>(
        RemoteDatabaseOptions{.endpoint = *net::Url::parse(GetParam()),
                              .credentials = {.access_key_id = "local",
                                              .secret_access_key = "local",
                                              .session_token = ""}},
        clock, random);
  }
  Database& database = remote ? static_cast<Database&>(*remote) : local;
  const std::string table = fmt::format("follower-{}", make_uuid(random));
  const auto call = [&](std::string_view operation, std::string_view rest) {
    const auto reply =
        database.call(operation, fmt::format(R"({{"TableName":"{}"{}}})", table, rest));
    EXPECT_TRUE(reply) << operation << ": " << reply.error().message;
  };
  const auto put = [&](std::string_view key) {
    call("PutItem", fmt::format(R"(,"Item":{{"pk":{{"S":"{}"}}}})", key));
  };
  call("CreateTable",
       std::string_view(kTable).substr(kTable.find(",\"Billing"),
                                       kTable.size() - 1 - kTable.find(",\"Billing")));
  put("before");
  Keys keys;
  StreamFollowerOptions options;
  options.walk.table = table;
  options.poll_interval = milliseconds(5);
  options.walk.retry_pause_max = milliseconds(100);
  {
    StreamFollower follower(database, clock, keys, options);
    follower.start();
    ASSERT_TRUE(keys.await_begin());
    put("one");
    put("two");
    EXPECT_THAT(keys.await(2), testing::UnorderedElementsAre("one", "two"));
    call("UpdateTable", R"(,"StreamSpecification":{"StreamEnabled":false})");
    put("unseen");
    call("UpdateTable",
         R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})");
    put("three");
    EXPECT_THAT(keys.await(3), testing::UnorderedElementsAre("one", "two", "three"));
    EXPECT_EQ(keys.gaps, 1);
  }
  call("DeleteTable", "");
}

INSTANTIATE_TEST_SUITE_P(Databases, StreamFollowerOn, testing::ValuesIn(endpoints()));

TEST(StreamFollower, StopsAtOnceWhileItWaits) {
  Followed followed;
  followed.options.poll_interval = std::chrono::hours(1);
  StreamFollower follower(followed.database, followed.database.clock(), followed.keys,
                          followed.options);
  follower.start();
  ASSERT_TRUE(followed.keys.await_begin());
  const auto began = std::chrono::steady_clock::now();
  follower.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  follower.start();  // does nothing
}

TEST(StreamFollower, ReportsAFailureOnceAndGoesOn) {
  Followed followed;
  std::atomic<int> calls = 0;
  followed.database.before_call = [&](std::string_view operation,
                                      std::string_view) -> std::optional<Error> {
    if (operation == "GetRecords" && ++calls <= 2) return Error{ErrorCode::kIo, "no network"};
    return std::nullopt;
  };
  std::vector<std::string> failures;
  followed.options.report_failure = [&](std::string_view why) { failures.emplace_back(why); };
  followed.options.poll_interval = milliseconds(1);
  followed.options.walk.from = StreamPositions{};
  followed.options.walk.retry_pause_min = followed.options.walk.retry_pause_max = milliseconds(0);
  followed.put("k");
  StreamFollower follower(followed.database, followed.database.clock(), followed.keys,
                          followed.options);
  follower.start();
  EXPECT_THAT(followed.keys.await(1), testing::ElementsAre("k"));
  follower.stop();
  EXPECT_FALSE(failures.empty());
  EXPECT_THAT(failures.front(), testing::HasSubstr("no network"));
}

}  // namespace
}  // namespace parley::client
