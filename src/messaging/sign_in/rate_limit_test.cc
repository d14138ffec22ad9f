#include "messaging/sign_in/rate_limit.h"

#include <gtest/gtest.h>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RateLimitsTest : public testing::Test {
 protected:
  /// How many of `count` are let through.
  int taken(std::string_view person, RateKind kind, int count) {
    int passed = 0;
    for (int i = 0; i < count; ++i) passed += limits_.take(person, kind) ? 1 : 0;
    return passed;
  }

  ManualClock clock_{1'000'000'000};
  RateLimits limits_{
      clock_, {.rates = {Rate{0, 0}, Rate{2, 5}, Rate{0.1, 1}, Rate{1, 1}}, .people_max = 3}};
};

TEST_F(RateLimitsTest, ABurstAndThenARate) {
  EXPECT_EQ(taken("ada", RateKind::kSend, 10), 5);
  clock_.advance(seconds(1));
  EXPECT_EQ(taken("ada", RateKind::kSend, 10), 2);
  clock_.advance(seconds(100));
  EXPECT_EQ(taken("ada", RateKind::kSend, 10), 5);
}

TEST_F(RateLimitsTest, TimeInPiecesCountsAsInOne) {
  taken("ada", RateKind::kSend, 10);
  int passed = 0;
  for (int i = 0; i < 100; ++i) {
    clock_.advance(milliseconds(20));
    passed += taken("ada", RateKind::kSend, 1);
  }
  EXPECT_NEAR(passed, 4, 1);
}

TEST_F(RateLimitsTest, PeopleAndKindsAreCountedApart) {
  EXPECT_EQ(taken("ada", RateKind::kSend, 10), 5);
  EXPECT_EQ(taken("bob", RateKind::kSend, 10), 5);
  EXPECT_EQ(taken("ada", RateKind::kSignal, 10), 1);
}

TEST_F(RateLimitsTest, ARateOfNothingIsNoLimit) {
  EXPECT_EQ(taken("ada", RateKind::kRead, 1000), 1000);
}

TEST_F(RateLimitsTest, SaysWhenThereWillBeOne) {
  EXPECT_EQ(taken("ada", RateKind::kMake, 1), 1);
  const Status refused = limits_.take("ada", RateKind::kMake);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refusal_of(refused.error())->reason, RefusalReason::kRateLimited);
  EXPECT_EQ(refusal_of(refused.error())->retry_after_s, 10);
  clock_.advance(seconds(10));
  EXPECT_EQ(taken("ada", RateKind::kMake, 1), 1);
}

TEST_F(RateLimitsTest, AClockPutBackGivesNothing) {
  EXPECT_EQ(taken("ada", RateKind::kSend, 10), 5);
  clock_.advance(seconds(-3600));
  EXPECT_EQ(taken("ada", RateKind::kSend, 10), 0);
}

TEST_F(RateLimitsTest, TheOneNotSeenForLongestIsForgotten) {
  EXPECT_EQ(taken("ada", RateKind::kSignal, 2), 1);
  for (const char* other : {"b", "c", "d"}) EXPECT_EQ(taken(other, RateKind::kSignal, 2), 1);
  EXPECT_EQ(taken("d", RateKind::kSignal, 1), 0);
  EXPECT_EQ(taken("ada", RateKind::kSignal, 2), 1);
}

}  // namespace
}  // namespace parley::messaging
