// Groups whose maker ended in the middle: nothing of them stays.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "messaging/domain/table_scan.h"
#include "messaging/domain/test_conversations.h"
#include "messaging/domain/test_conversations_of.h"
#include "messaging/domain/test_faults.h"

namespace parley::messaging {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Which of the calls of making a group of three is the one that puts the last row.
constexpr int kLastRow = 16;

class UnfinishedGroups : public ConversationsOf {
 protected:
  Result<Made> make(const std::string& run) {
    return conversations_.make_group(person("a", run), "Group",
                                     {person("b", run), person("c", run)});
  }
  void add_people(const std::string& run) {
    for (const char* each : {"a", "b", "c"}) table_.add_person(person(each, run));
  }
  static std::string person(std::string_view name, const std::string& run) {
    return fmt::format("{}-{}", name, run);
  }
  void remove_unfinished() {
    const Status removed = conversations_.remove_unfinished();
    EXPECT_TRUE(removed) << removed.error().message;
  }
  /// In the whole table there is no item of a conversation that is not complete.
  void expect_nothing_unfinished() {
    std::set<std::string> complete;
    std::set<std::string> seen;
    EXPECT_TRUE(scan_table(table_.domain(), [&](const simdjson::dom::element& item) -> Status {
      if (const auto meta = meta_of(item)) {
        seen.insert(meta->conversation);
        if (!meta->making) complete.insert(meta->conversation);
      } else if (const auto member = member_of(item)) {
        seen.insert(member->conversation);
      } else if (const auto row = row_of(item)) {
        seen.insert(row->conversation);
      } else if (text_of(item, "pk")->starts_with(kPinnedPrefix)) {
        seen.emplace(*text_of(item, "sk"));
      }
      return {};
    }));
    EXPECT_EQ(seen, complete);
    EXPECT_THAT(table_.items(kMakings), IsEmpty());
  }
  FaultyDatabase& faults() { return table_.faults(); }
};
INSTANTIATE_TEST_SUITE_P(On, UnfinishedGroups, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(UnfinishedGroups, LeaveNothingWhereverTheirMakerEnded) {
  for (const long moved_max : {100L, 2L}) {  // with rows, and with pinned items
    table_.domain().settings.members_moved_max = moved_max;
    const auto name = [&](const std::string& run) { return fmt::format("{}{}", run, moved_max); };
    const auto shown = [&](const std::string& run) {
      return whole_list(table_, person("b", name(run)), 25).size();
    };
    const int runs = with_every_kill(
        faults(), {.prepare = [&](const std::string& run) { add_people(name(run)); },
                   .act = [&](const std::string& run) { (void)make(name(run)); },
                   .check =
                       [&](const std::string& run) {
                         const auto before = shown(run);
                         table_.clock().advance(std::chrono::minutes(10));
                         remove_unfinished();
                         expect_nothing_unfinished();
                         EXPECT_EQ(shown(run), before);
                       }});
    EXPECT_GT(runs, 30);
  }
}

TEST_P(UnfinishedGroups, AreLeftAloneForTenMinutesAndGoWithTheNextGroup) {
  add_people("1");
  add_people("2");
  faults().kill_at(kLastRow, FaultyDatabase::When::kBefore);
  EXPECT_FALSE(make("1"));
  EXPECT_TRUE(faults().mend());
  const auto rows = table_.items("GRP#" + person("a", "1"));
  EXPECT_THAT(rows, SizeIs(1));
  table_.clock().advance(std::chrono::minutes(10) - std::chrono::microseconds(1));
  remove_unfinished();
  EXPECT_EQ(table_.items("GRP#" + person("a", "1")), rows);
  table_.clock().advance(std::chrono::microseconds(1));
  EXPECT_TRUE(make("2"));
  EXPECT_THAT(table_.items("GRP#" + person("a", "1")), IsEmpty());
  expect_nothing_unfinished();
}

TEST_P(UnfinishedGroups, AreRemovedByTheNextWhereTheirRemoverEnded) {
  with_every_kill(faults(),
                  {.prepare =
                       [&](const std::string& run) {
                         add_people(run);
                         faults().kill_at(kLastRow, FaultyDatabase::When::kAfter);
                         EXPECT_FALSE(make(run));
                         EXPECT_TRUE(faults().mend());
                         EXPECT_THAT(table_.items(kMakings), SizeIs(1));
                         table_.clock().advance(std::chrono::minutes(10));
                       },
                   .act = [&](const std::string&) { (void)conversations_.remove_unfinished(); },
                   .check =
                       [&](const std::string& run) {
                         // Whatever is left of it, nobody sees it.
                         EXPECT_THAT(whole_list(table_, person("a", run), 25), IsEmpty());
                         remove_unfinished();
                         expect_nothing_unfinished();
                       }});
}

TEST_P(UnfinishedGroups, ThatWereGivenUpAreNotFinished) {
  add_people("slow");
  bool slept = false;
  faults().instead = [&](std::string_view operation,
                         std::string_view input) -> std::optional<Result<std::string>> {
    if (operation == "UpdateItem" && input.contains("REMOVE making") && !slept) {
      slept = true;
      table_.clock().advance(std::chrono::minutes(10));
      remove_unfinished();
    }
    return std::nullopt;
  };
  EXPECT_FALSE(make("slow"));
  EXPECT_TRUE(slept);
  expect_nothing_unfinished();
}

TEST_P(UnfinishedGroups, ThatWereListedMeanwhileAreListedWhenTheyAreComplete) {
  TestMessagingTable cached(GetParam(), TestReads::kCached);
  for (const char* each : {"ann", "bob"}) cached.add_person(each);
  Conversations conversations(cached.domain());
  std::size_t listed = 9;
  cached.faults().instead = [&](std::string_view operation,
                                std::string_view input) -> std::optional<Result<std::string>> {
    if (operation == "UpdateItem" && input.contains("REMOVE making")) {
      listed = whole_list(cached, "bob", 25).size();
    }
    return std::nullopt;
  };
  ASSERT_TRUE(conversations.make_group("ann", "Group", {"bob"}));
  EXPECT_EQ(listed, 0U);
  EXPECT_THAT(whole_list(cached, "bob", 25), SizeIs(1));
}

TEST_P(UnfinishedGroups, AreNoneWhereEveryWriteIsDoneTwice) {
  add_people("twice");
  write_twice(faults());
  const auto made = make("twice");
  faults().instead = {};
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(view(person("b", "twice"), made->id).member_count, 3);
  expect_nothing_unfinished();
}

}  // namespace
}  // namespace parley::messaging
