#include "messaging/domain/message_times.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace parley::messaging {
namespace {

constexpr TimestampMicros kTime = 1'795'371'633'000'000;  // 2026-11-22T18:20:33Z

TEST(MessageId, CarriesEveryMicrosecondOfAMillisecond) {
  SeededRandom random(1);
  for (const TimestampMicros start : {kTime, TimestampMicros{0}, TimestampMicros{999'000},
                                      TimestampMicros{253'402'300'799'999'000}}) {
    for (TimestampMicros micros = 0; micros < 1000; ++micros) {
      const std::string id = message_id_at(start + micros, random);
      ASSERT_EQ(time_of_message_id(id), start + micros) << id;
    }
  }
}

TEST(MessageId, OrdersAsItsTime) {
  SeededRandom random(2);
  std::string before;
  for (TimestampMicros micros = 0; micros < 5000; ++micros) {
    const std::string id = message_id_at(kTime + micros, random);
    ASSERT_LT(before.substr(0, 18), id.substr(0, 18));
    before = id;
  }
}

TEST(MessageId, IsAUuidOfVersion7) {
  SeededRandom random(3);
  std::set<std::string> variants;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = message_id_at(kTime + i, random);
    ASSERT_EQ(id.size(), 36U);
    EXPECT_EQ(id[14], '7');
    variants.insert(id.substr(19, 1));
  }
  EXPECT_EQ(variants, (std::set<std::string>{"8", "9", "a", "b"}));
  // 1,795,371,633,000 ms = 0x1a2047d0968; 123 µs = 504 of 4096.
  EXPECT_EQ(message_id_at(kTime + 123, random).substr(0, 18), "01a2047d-0968-71f8");
}

TEST(MessageId, TwoOfOneTimeDiffer) {
  SeededRandom random(4);
  EXPECT_NE(message_id_at(kTime, random), message_id_at(kTime, random));
}

TEST(MessageId, OtherUuidsAndTextsHaveNoTime) {
  SeededRandom random(5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(time_of_message_id(make_uuid(random)), std::nullopt);
  const std::string id = message_id_at(kTime, random);
  for (std::size_t size = 0; size < id.size(); ++size) {
    EXPECT_EQ(time_of_message_id(id.substr(0, size)), std::nullopt);
  }
  EXPECT_EQ(time_of_message_id(id + "0"), std::nullopt);
  for (std::size_t place = 0; place < id.size(); ++place) {
    for (const char c : {'g', ' ', 'A', '+', '\0'}) {
      std::string damaged = id;
      damaged[place] = c;
      EXPECT_EQ(time_of_message_id(damaged), std::nullopt) << damaged;
    }
  }
  std::string other_variant = id;
  other_variant[19] = 'c';
  EXPECT_EQ(time_of_message_id(other_variant), std::nullopt);
}

TEST(MessageTimes, GoesWithTheClock) {
  ManualClock clock(kTime);
  MessageTimes times(clock);
  EXPECT_EQ(times.next("c"), kTime);
  clock.advance(std::chrono::microseconds(7));
  EXPECT_EQ(times.next("c"), kTime + 7);
}

TEST(MessageTimes, OneMicrosecondMoreWhereTheClockStandsOrGoesBack) {
  ManualClock clock(kTime);
  MessageTimes times(clock);
  EXPECT_EQ(times.next("c"), kTime);
  EXPECT_EQ(times.next("c"), kTime + 1);
  clock.advance(std::chrono::microseconds(-1000));
  EXPECT_EQ(times.next("c"), kTime + 2);
  EXPECT_EQ(times.next("another"), kTime - 1000);
}

TEST(MessageTimes, FollowsWhatItIsTold) {
  ManualClock clock(kTime);
  MessageTimes times(clock);
  times.note("c", kTime + 500);
  EXPECT_EQ(times.next("c"), kTime + 501);
  times.note("c", kTime - 500);
  EXPECT_EQ(times.next("c"), kTime + 502);
  EXPECT_EQ(times.next("another"), kTime);
}

TEST(MessageTimes, ForgetsTheLeastRecentlyUsedConversation) {
  ManualClock clock(kTime);
  MessageTimes times(clock, 2);
  times.note("a", kTime + 10);
  times.note("b", kTime + 20);
  EXPECT_EQ(times.next("a"), kTime + 11);
  times.note("c", kTime + 30);             // b goes
  EXPECT_EQ(times.next("a"), kTime + 12);  // so that a is newer than c
  EXPECT_EQ(times.next("b"), kTime);       // c goes
  EXPECT_EQ(times.next("c"), kTime);       // a goes
  EXPECT_EQ(times.next("a"), kTime);
}

TEST(MessageTimes, NoTimeIsGivenTwiceToManyThreads) {
  ManualClock clock(kTime);
  MessageTimes times(clock);
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  std::vector<std::vector<TimestampMicros>> given(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : given) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) mine.push_back(times.next("c"));
      });
    }
  }
  std::set<TimestampMicros> all;
  for (const auto& mine : given) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), std::size_t{kThreads * kEach});
  EXPECT_EQ(*all.rbegin(), kTime + kThreads * kEach - 1);
}

}  // namespace
}  // namespace parley::messaging
