#include "messaging/live/member_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace parley::messaging {
namespace {

using testing::ElementsAre;

struct Directory {
  explicit Directory(std::size_t conversations_max = 10, std::size_t members_max = 100)
      : directory(
            [this](std::string_view conversation) -> Result<std::vector<std::string>> {
              ++loads;
              if (while_loading) std::exchange(while_loading, nullptr)();
              if (fails) return fail(ErrorCode::kIo, "no");
              return stored[std::string(conversation)];
            },
            conversations_max, members_max) {}
  std::vector<std::string> members(std::string_view conversation) {
    return **directory.members_of(conversation);
  }
  std::map<std::string, std::vector<std::string>> stored;
  std::function<void()> while_loading;
  bool fails = false;
  int loads = 0;
  MemberDirectory directory;
};

TEST(MemberDirectory, LoadsOnceAndFollowsTheStream) {
  Directory test;
  test.stored["g"] = {"cat", "ann", "cat"};
  EXPECT_THAT(test.members("g"), ElementsAre("ann", "cat"));
  test.directory.changed("g", "bob", true);
  test.directory.changed("g", "bob", true);
  test.directory.changed("g", "cat", false);
  test.directory.changed("h", "cat", true);  // nobody has asked for it
  EXPECT_THAT(test.members("g"), ElementsAre("ann", "bob"));
  EXPECT_EQ(test.loads, 1);
  test.directory.forget();
  EXPECT_THAT(test.members("g"), ElementsAre("ann", "cat"));
}

TEST(MemberDirectory, AChangeWhileItLoadsIsNotLost) {
  Directory test;
  test.stored["g"] = {"ann", "bob"};
  test.while_loading = [&] {
    test.directory.changed("g", "bob", false);
    test.directory.changed("g", "cat", true);
    test.directory.changed("h", "dan", true);
  };
  EXPECT_THAT(test.members("g"), ElementsAre("ann", "cat"));
  EXPECT_THAT(test.members("g"), ElementsAre("ann", "cat"));
  EXPECT_EQ(test.loads, 1);
}

TEST(MemberDirectory, WhatWasLoadedBeforeAGapIsNotKept) {
  Directory test;
  test.while_loading = [&] { test.directory.forget(); };
  test.members("g");
  test.members("g");
  EXPECT_EQ(test.loads, 2);
}

TEST(MemberDirectory, AFailedLoadIsAnErrorAndTriedAgain) {
  Directory test;
  test.fails = true;
  EXPECT_FALSE(test.directory.members_of("g").has_value());
  test.fails = false;
  test.stored["g"] = {"ann"};
  EXPECT_THAT(test.members("g"), ElementsAre("ann"));
}

TEST(MemberDirectory, ForgetsWhatWasUsedLongestAgo) {
  Directory test(2, 100);
  for (const std::string_view conversation : {"a", "b", "a", "c", "a"}) test.members(conversation);
  EXPECT_EQ(test.loads, 3);
  test.members("b");
  EXPECT_EQ(test.loads, 4);
}

TEST(MemberDirectory, AConversationThatIsForgottenTakesItsMembersAlong) {
  Directory test(1, 3);
  test.stored["a"] = {"1", "2"};
  test.stored["b"] = {"1", "2"};
  test.members("a");
  test.members("b");  // a goes
  test.members("b");
  EXPECT_EQ(test.loads, 2);
}

TEST(MemberDirectory, IsBoundedInMembersToo) {
  Directory test(100, 5);
  test.stored["a"] = {"1", "2", "3"};
  test.stored["b"] = {"1", "2", "3"};
  test.stored["large"] = {"1", "2", "3", "4", "5", "6"};
  test.members("a");
  test.members("b");  // a goes
  test.members("b");
  EXPECT_EQ(test.loads, 2);
  test.members("a");
  EXPECT_EQ(test.loads, 3);
  EXPECT_EQ(test.members("large").size(), 6U);
  EXPECT_EQ(test.members("large").size(), 6U);
  EXPECT_EQ(test.loads, 5);
  test.members("a");
  EXPECT_EQ(test.loads, 5);
}

}  // namespace
}  // namespace parley::messaging
