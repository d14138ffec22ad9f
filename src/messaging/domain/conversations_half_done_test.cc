// Large groups, and what a reader of the table may find half done.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/test_conversations_of.h"
#include "messaging/domain/test_messaging_table.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class ConversationsHalfDone : public ConversationsOf {};
INSTANTIATE_TEST_SUITE_P(On, ConversationsHalfDone, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(ConversationsHalfDone, MetaKnowsAMessageBeforeAnyRowShowsIt) {
  const std::string id = group("ann", {"bob", "cy"});
  say(id, "bob", "hello");
  int rows_moved = 0;
  table_.faults().instead = [&](std::string_view operation, std::string_view) {
    if (operation == "TransactWriteItems") {
      ++rows_moved;
      EXPECT_THAT(table_.item("CNV#" + id, "META"), HasSubstr(R"("preview":{"S":"hello"})"));
    }
    return std::optional<Result<std::string>>();
  };
  deliver();
  table_.faults().instead = {};
  EXPECT_EQ(rows_moved, 3);
}

TEST_P(ConversationsHalfDone, AGroupThatGrowsLargeMovesNoRowsAndIsListedAllTheSame) {
  table_.domain().settings.members_moved_max = 3;
  const std::string id = group("ann", {"bob", "cy"});
  const std::string other = open("ann", "bob");
  say(id, "bob", "small");
  deliver();
  EXPECT_THAT(table_.items("PIN#ann"), IsEmpty());
  ASSERT_TRUE(conversations_.invite("ann", id, "dee"));
  const auto row_before = table_.items("GRP#cy");
  say(id, "bob", "large");
  deliver();
  EXPECT_EQ(table_.items("GRP#cy"), row_before);
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: large (2)"));
  EXPECT_THAT(list("dee"), ElementsAre("The four of us: large (1)"));
  EXPECT_THAT(list("ann"), ElementsAre("The four of us: large (2)", "Name of bob:  (0)"));
  say(other, "bob", "psst");
  deliver();
  for (const std::size_t limit : {1U, 2U, 3U}) {
    EXPECT_THAT(list("ann", limit),
                ElementsAre("Name of bob: psst (1)", "The four of us: large (2)"))
        << limit;
  }
  EXPECT_EQ(*conversations_.mark_read("cy", id, say(id, "bob", "more")), 0);
  deliver();
  EXPECT_EQ(unread("cy"), 0);

  // Small again: who is pinned stays so, who comes now has a row.
  ASSERT_TRUE(conversations_.remove("ann", id, "bob"));
  ASSERT_TRUE(conversations_.remove("ann", id, "dee"));
  ASSERT_TRUE(conversations_.invite("ann", id, "dee"));
  EXPECT_THAT(table_.items("PIN#dee"), IsEmpty());
  say(id, "ann", "small again");
  deliver();
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: small again (1)"));
  EXPECT_THAT(list("dee"), ElementsAre("The four of us: small again (1)"));
  EXPECT_THAT(list("bob"), ElementsAre("Name of ann: psst (0)"));
  EXPECT_EQ(view("cy", id).member_count, 3);
}

TEST_P(ConversationsHalfDone, AGroupThatIsMadeLargeHasPinsAndNoRows) {
  table_.domain().settings.members_moved_max = 3;
  const std::string id = group("ann", {"bob", "cy", "dee"});
  EXPECT_THAT(table_.items("GRP#bob"), IsEmpty());
  EXPECT_THAT(list("bob"), ElementsAre("The four of us:  (0)"));
  say(id, "ann", "hello");
  deliver();
  EXPECT_THAT(list("bob"), ElementsAre("The four of us: hello (1)"));
  EXPECT_THAT(list("ann"), ElementsAre("The four of us: hello (0)"));
}

TEST_P(ConversationsHalfDone, KeysThatTheDatabaseLeavesUnprocessedAreAskedForAgain) {
  for (const char* other : {"bob", "cy", "dee"}) open("ann", other);
  int batches = 0;
  table_.faults().instead = [&](std::string_view operation,
                                std::string_view input) -> std::optional<Result<std::string>> {
    if (operation != "BatchGetItem" || ++batches % 2 == 0) return std::nullopt;
    std::string request(input);  // {"RequestItems":{…}}
    request.pop_back();
    request.erase(0, std::string_view(R"({"RequestItems":)").size());
    return R"({"Responses":{},"UnprocessedKeys":)" + request + "}";
  };
  EXPECT_THAT(list("ann"), SizeIs(3));
  EXPECT_EQ(batches, 2);
}

TEST_P(ConversationsHalfDone, AHalfMadeGroupIsSeenByNobody) {
  const std::string id = group("ann", {"bob"});
  ASSERT_TRUE(
      *TableCalls(table_.domain())
           .update({key_of(kConversationPrefix, id), std::string(kMetaKey)},
                   {.update = "SET making = :yes", .parameters = Parameters().flag(":yes", true)}));
  EXPECT_THAT(list("ann"), IsEmpty());
  EXPECT_REFUSED(conversations_.get("bob", id), kNotAMember);
}

TEST_P(ConversationsHalfDone, ARowThatNothingPointsAtIsPassedOverAndGoes) {
  const std::string id = open("ann", "bob");
  say(id, "bob", "hi");
  put_row("ann", id, "2025-01-01T00:00:00.000000+00:00", "bob");  // of a mover that ended early
  deliver();
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: hi (1)"));
  EXPECT_THAT(table_.items("GRP#ann"), SizeIs(1));
}

TEST_P(ConversationsHalfDone, ARowThatMovedBetweenTwoReadsIsNotLost) {
  const std::string id = open("ann", "bob");
  bool moved = false;
  table_.faults().instead = [&](std::string_view operation,
                                std::string_view) -> std::optional<Result<std::string>> {
    if (operation == "BatchGetItem" && !std::exchange(moved, true)) {
      say(id, "bob", "just now");
      deliver();
    }
    return std::nullopt;
  };
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: just now (1)"));
  table_.faults().instead = {};
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: just now (1)"));
}

}  // namespace
}  // namespace parley::messaging
