#include "trigger/shard_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "trigger/test_shard.h"

namespace parley::trigger {
namespace {

TEST(ShardReader, BatchSizeBoundsABatch) {
  ShardDriver driver({.batch_size = 2});
  driver.add_values(3);
  EXPECT_EQ(driver.deliver(), (Values{"1", "2"}));
  EXPECT_EQ(driver.deliver(), (Values{"3"}));
  EXPECT_FALSE(driver.begin());
}

TEST(ShardReader, OneInvocationAtATimeAndLane) {
  ShardDriver driver({.batch_size = 1});
  driver.add_values(2);
  const auto first = driver.begin();
  ASSERT_TRUE(first);
  EXPECT_FALSE(driver.begin());
  driver.reader().finish(first->lane, replied(), driver.now);
  EXPECT_TRUE(driver.begin());
}

TEST(ShardReader, BatchingWindowWaitsForMore) {
  ShardDriver driver({.batch_size = 3, .batching_window_s = 5});
  driver.add_values(2);
  EXPECT_FALSE(driver.begin());
  EXPECT_EQ(driver.reader().next_look(driver.now, true), driver.now + 5 * kSecond);
  driver.now += 5 * kSecond - 1;
  EXPECT_FALSE(driver.begin());
  driver.now += 1;
  EXPECT_EQ(driver.deliver(), (Values{"1", "2"}));
}

TEST(ShardReader, FullBatchEndsTheBatchingWindow) {
  ShardDriver driver({.batch_size = 2, .batching_window_s = 300});
  driver.add_values(2);
  EXPECT_EQ(driver.deliver(), (Values{"1", "2"}));
}

TEST(ShardReader, ClockSetBackEndsTheBatchingWindow) {
  ShardDriver driver({.batching_window_s = 300});
  driver.add_values(1);
  driver.now -= 3600 * kSecond;
  EXPECT_EQ(driver.deliver(), (Values{"1"}));
}

TEST(ShardReader, PayloadLimitSplitsABatch) {
  ShardDriver driver({.batch_size = 10'000});
  const std::string large(1u << 20, 'x');
  for (int i = 0; i < 7; ++i) driver.add("k", large);
  const auto start = driver.begin();
  ASSERT_TRUE(start);
  EXPECT_LE(start->payload.size(), kPayloadSizeBytesMax);
  EXPECT_EQ(values_of(start->payload).size(), 5u);
}

TEST(ShardReader, FilteredRecordsAreDoneWithout) {
  ShardDriver driver({.filter_patterns = {R"({"dynamodb":{"NewImage":{"v":{"S":["2","4"]}}}})"}});
  driver.add_values(5);
  EXPECT_EQ(driver.deliver(), (Values{"2", "4"}));
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records.back().number);
  EXPECT_EQ(driver.reader().counts().records_filtered, 3u);
  EXPECT_EQ(driver.reader().counts().records_done, 2u);
}

TEST(ShardReader, CheckpointMovesWhenABatchIsDone) {
  ShardDriver driver({.batch_size = 2});
  driver.add_values(4);
  const auto start = driver.begin();
  ASSERT_TRUE(start);
  EXPECT_LT(driver.reader().checkpoint_number(), driver.records[0].number);
  driver.reader().finish(0, replied(), driver.now);
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records[1].number);
}

TEST(ShardReader, FailedBatchIsRetriedWithDoublingPauses) {
  ShardDriver driver({});
  driver.add_values(2);
  TimestampMicros pause = 100'000;
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(driver.deliver(threw()), (Values{"1", "2"}));
    EXPECT_FALSE(driver.begin());
    EXPECT_EQ(driver.reader().next_look(driver.now, true), driver.now + pause);
    driver.now += pause;
    pause = std::min<TimestampMicros>(pause * 2, 60 * kSecond);
  }
  EXPECT_TRUE(driver.given_up().empty());
  EXPECT_EQ(driver.deliver(), (Values{"1", "2"}));
}

TEST(ShardReader, RetryAttemptsRunOut) {
  ShardDriver driver({.batch_size = 2, .retry_attempts_max = 2});
  driver.add_values(3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(driver.deliver(threw()), (Values{"1", "2"}));
    driver.now += 60 * kSecond;
  }
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].condition, GivenUp::Condition::kRetryAttemptsExhausted);
  EXPECT_EQ(given_up[0].invocations, 3);
  EXPECT_EQ(given_up[0].numbers.size(), 2u);
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records[1].number);
  EXPECT_EQ(driver.deliver(), (Values{"3"}));
}

TEST(ShardReader, GivenUpBatchDelaysNothing) {
  ShardDriver driver({.batch_size = 1, .retry_attempts_max = 0});
  driver.add_values(2);
  driver.deliver(threw());
  EXPECT_EQ(driver.deliver(), (Values{"2"}));
}

TEST(ShardReader, UnreachedFunctionCostsNoAttempt) {
  ShardDriver driver({.retry_attempts_max = 0});
  driver.add_values(1);
  for (int i = 0; i < 5; ++i) {
    driver.deliver(fail(ErrorCode::kThrottling, "Rate exceeded"));
    EXPECT_FALSE(driver.begin());
    driver.now += 60 * kSecond;
  }
  EXPECT_TRUE(driver.given_up().empty());
  EXPECT_EQ(driver.deliver(), (Values{"1"}));
}

TEST(ShardReader, BisectFindsThePoisonAndCostsNoAttempt) {
  ShardDriver driver({.bisect_on_error = true, .retry_attempts_max = 1});
  driver.add_values(4);
  EXPECT_EQ(driver.deliver(threw()), (Values{"1", "2", "3", "4"}));
  EXPECT_EQ(driver.deliver(), (Values{"1", "2"}));
  EXPECT_EQ(driver.deliver(threw()), (Values{"3", "4"}));
  EXPECT_EQ(driver.deliver(threw()), (Values{"3"}));
  driver.now += kSecond;
  EXPECT_EQ(driver.deliver(threw()), (Values{"3"}));
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].numbers, (std::vector{driver.records[2].number}));
  EXPECT_EQ(driver.deliver(), (Values{"4"}));
}

TEST(ShardReader, WithoutBisectTheWholeBatchIsTriedAgain) {
  ShardDriver driver({.retry_attempts_max = 1});
  driver.add_values(4);
  driver.deliver(threw());
  driver.now += kSecond;
  EXPECT_EQ(driver.deliver(threw()).size(), 4u);
  EXPECT_EQ(driver.given_up().at(0).numbers.size(), 4u);
}

std::string report(const stream::Record& record) {
  return R"({"batchItemFailures":[{"itemIdentifier":")" +
         stream::sequence_number_text(record.number) + R"("}]})";
}

TEST(ShardReader, ReportedRecordsAreTriedAgainFromTheLowest) {
  ShardDriver driver({.retry_attempts_max = 3, .report_batch_item_failures = true});
  driver.add_values(6);
  EXPECT_EQ(driver.deliver(replied(report(driver.records[3]))).size(), 6u);
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records[2].number);
  // At once, and with all its attempts: something was done.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(driver.deliver(replied(report(driver.records[3]))), (Values{"4", "5", "6"}));
    driver.now += 60 * kSecond;
  }
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].invocations, 4);
  EXPECT_FALSE(given_up[0].last_attempt->function_error);
}

TEST(ShardReader, ReportsAreIgnoredWithoutTheOption) {
  ShardDriver driver({});
  driver.add_values(2);
  driver.deliver(replied(report(driver.records[0])));
  EXPECT_FALSE(driver.begin());
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records[1].number);
}

TEST(ShardReader, AgedRecordsAreGivenUpBeforeTheFunctionSeesThem) {
  ShardDriver driver({.batch_size = 2, .record_age_max_s = 60});
  driver.add_values(3);
  driver.now += 60 * kSecond;
  driver.add("k", "young");
  driver.now += 1;
  EXPECT_EQ(driver.deliver(), (Values{"young"}));
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 2u);  // by batches
  EXPECT_EQ(given_up[0].condition, GivenUp::Condition::kRecordAgeExceeded);
  EXPECT_EQ(given_up[0].invocations, 0);
  EXPECT_EQ(given_up[0].numbers.size(), 2u);
  EXPECT_EQ(given_up[1].numbers.size(), 1u);
}

TEST(ShardReader, AgeEndsRetries) {
  ShardDriver driver({.record_age_max_s = 60});
  driver.add_values(2);
  driver.deliver(threw());
  driver.now += 61 * kSecond;
  EXPECT_FALSE(driver.begin());
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].condition, GivenUp::Condition::kRecordAgeExceeded);
  EXPECT_EQ(given_up[0].invocations, 1);
  EXPECT_TRUE(given_up[0].last_attempt.has_value());
}

TEST(ShardReader, ExpiredRecordsAreGivenUpOnceTheyWereTried) {
  ShardDriver driver({.batch_size = 1});
  driver.add_values(2);
  driver.deliver(threw());
  driver.now += 60 * kSecond;
  driver.horizon = driver.records[1].number;
  EXPECT_EQ(driver.deliver(), (Values{"2"}));  // never tried: it gets its chance
  const auto given_up = driver.given_up();
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].numbers, (std::vector{driver.records[0].number}));
}

TEST(ShardReader, LanesKeepTheOrderOfEachKey) {
  ShardDriver driver({.batch_size = 1, .parallelization_factor = 4});
  for (int i = 0; i < 16; ++i) driver.add("key" + std::to_string(i % 8), std::to_string(i));
  std::vector<ShardReader::Start> starts;
  while (auto start = driver.begin()) starts.push_back(*std::move(start));
  EXPECT_GT(starts.size(), 1u) << "several at a time";
  EXPECT_LE(starts.size(), 4u);
  std::vector<int> last_of_key(8, -1);
  std::size_t delivered = 0;
  while (!starts.empty()) {
    const auto start = std::move(starts.back());
    starts.pop_back();
    const int value = std::stoi(values_of(start.payload).at(0));
    auto& last = last_of_key[static_cast<std::size_t>(value % 8)];
    EXPECT_LT(last, value);
    last = value;
    ++delivered;
    driver.reader().finish(start.lane, replied(), driver.now);
    while (auto next = driver.begin()) starts.push_back(*std::move(next));
  }
  EXPECT_EQ(delivered, 16u);
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records.back().number);
}

/// Two keys that go through different lanes of two.
std::pair<std::string, std::string> keys_of_two_lanes() {
  for (int i = 0; i < 100; ++i) {
    ShardDriver driver({.parallelization_factor = 2});
    const std::string other = "k" + std::to_string(i);
    driver.add("k", "1");
    driver.add(other, "2");
    if (driver.begin()->payload.find(other) == std::string::npos) return {"k", other};
    if (driver.begin()) return {"k", other};
  }
  return {};
}

TEST(ShardReader, CheckpointIsWhatAllLanesArePast) {
  const auto [one, two] = keys_of_two_lanes();
  const MappingSettings settings{.parallelization_factor = 2};
  ShardDriver driver(settings);
  driver.add(one, "1");
  driver.add(two, "2");
  driver.add(two, "3");
  auto first = driver.begin();
  auto second = driver.begin();
  ASSERT_TRUE(first && second);
  if (values_of(first->payload) != Values{"1"}) std::swap(first, second);
  driver.reader().finish(second->lane, replied(), driver.now);
  EXPECT_LT(driver.reader().checkpoint_number(), driver.records[0].number);
  // A restart delivers what was in flight, and nothing that was done.
  driver.restart(settings);
  driver.read();
  EXPECT_EQ(driver.deliver(), (Values{"1"}));
  EXPECT_FALSE(driver.begin());
  EXPECT_EQ(driver.reader().checkpoint_number(), driver.records[2].number);
}

TEST(ShardReader, OtherLanesGoOnWhileOneFails) {
  const auto [one, two] = keys_of_two_lanes();
  ShardDriver driver({.parallelization_factor = 2});
  driver.add(one, "1");
  driver.deliver(threw());
  driver.add(two, "2");
  EXPECT_EQ(driver.deliver(), (Values{"2"}));
  // Also after the number of lanes has changed.
  driver.change({.parallelization_factor = 1});
  driver.read();
  EXPECT_EQ(driver.deliver(), (Values{"1"}));
  EXPECT_FALSE(driver.begin());
}

TEST(ShardReader, SmallerBatchesApplyToWhatIsTriedAgain) {
  ShardDriver driver({.batch_size = 8, .retry_attempts_max = 1});
  driver.add_values(7);
  driver.deliver(threw());
  driver.change({.batch_size = 3, .retry_attempts_max = 1});
  driver.now += kSecond;
  EXPECT_EQ(driver.deliver(), (Values{"1", "2", "3"}));
  EXPECT_EQ(driver.deliver(threw()), (Values{"4", "5", "6"}));
  EXPECT_EQ(driver.given_up().size(), 1u);
  EXPECT_EQ(driver.deliver(), (Values{"7"}));
}

TEST(ShardReader, MovingDeliversAgain) {
  ShardDriver driver({});
  driver.add_values(3);
  driver.deliver();
  driver.reader().move_to(driver.records[0].number);
  driver.read();
  EXPECT_EQ(driver.deliver(), (Values{"2", "3"}));
}

TEST(ShardReader, HoldsNoMoreThanItsBounds) {
  ShardDriver driver({.batch_size = 10'000, .batching_window_s = 300});
  const std::string large(4u << 20, 'x');
  for (int i = 0; i < 3; ++i) driver.add("k", large);
  EXPECT_EQ(driver.reader().room(), 0u);
  EXPECT_TRUE(driver.begin()) << "waiting would bring nothing more";
}

}  // namespace
}  // namespace parley::trigger
