#include "messaging/lease.h"

#include <gtest/gtest.h>

#include "messaging/domain/test_messaging_table.h"

namespace parley::messaging {
namespace {

using std::chrono::seconds;

class LeaseTest : public testing::TestWithParam<TestDatabase> {
 protected:
  TestMessagingTable table_{GetParam()};
  Lease one_{table_.domain(), "work", "one", seconds(15)};
  Lease two_{table_.domain(), "work", "two", seconds(15)};
};

TEST_P(LeaseTest, IsTakenByOne) {
  EXPECT_EQ(one_.take(), true);
  EXPECT_EQ(two_.take(), false);
  EXPECT_TRUE(one_.is_held());
  EXPECT_FALSE(two_.is_held());
}

TEST_P(LeaseTest, IsRenewedByItsHolder) {
  ASSERT_EQ(one_.take(), true);
  table_.clock().advance(seconds(14));
  EXPECT_EQ(one_.take(), true);
  table_.clock().advance(seconds(14));
  EXPECT_TRUE(one_.is_held());
  EXPECT_EQ(two_.take(), false);
}

TEST_P(LeaseTest, RunsOut) {
  ASSERT_EQ(one_.take(), true);
  table_.clock().advance(seconds(15));
  EXPECT_FALSE(one_.is_held());
  EXPECT_EQ(two_.take(), true);
  EXPECT_EQ(one_.take(), false);
}

TEST_P(LeaseTest, IsGivenBackByItsHolderAlone) {
  ASSERT_EQ(one_.take(), true);
  two_.give_back();
  EXPECT_EQ(two_.take(), false);
  one_.give_back();
  EXPECT_FALSE(one_.is_held());
  EXPECT_EQ(two_.take(), true);
}

TEST_P(LeaseTest, OthersAreOthers) {
  Lease other(table_.domain(), "other work", "two", seconds(15));
  ASSERT_EQ(one_.take(), true);
  EXPECT_EQ(other.take(), true);
}

TEST_P(LeaseTest, AFailureLeavesItAsItWas) {
  ASSERT_EQ(one_.take(), true);
  table_.faults().kill_at(1, FaultyDatabase::When::kBefore);
  EXPECT_FALSE(one_.take());
  EXPECT_TRUE(one_.is_held());
}

INSTANTIATE_TEST_SUITE_P(On, LeaseTest, testing::ValuesIn(test_databases()), test_database_name);

}  // namespace
}  // namespace parley::messaging
