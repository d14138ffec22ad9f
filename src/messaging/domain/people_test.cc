#include "messaging/domain/people.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "messaging/domain/conversations.h"
#include "messaging/domain/handles.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/test_faults.h"
#include "messaging/domain/test_people.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(On, PeopleTest, testing::ValuesIn(test_databases()), test_database_name);

TEST_P(PeopleTest, TheFirstSignInMakesAProfile) {
  const auto made = people_.ensure("u1", "Ann", "Ann Other");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->person.handle, "ann");
  EXPECT_EQ(made->person.display_name, "Ann Other");
  EXPECT_EQ(made->created_at, "2026-01-02T03:04:05.678000+00:00");
  const auto again = people_.ensure("u1", "another", "Another");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->person.handle, "ann");
  EXPECT_EQ(again->person.display_name, "Ann Other");
  const auto found = people_.by_handle("ANN");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "u1");
  const auto profile = people_.profile("u1");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->person.display_name, "Ann Other");
}

TEST_P(PeopleTest, AWishedHandleIsBentIntoShape) {
  EXPECT_EQ(ensured("1", "@Ann.Other@example.org"), "ann.other");
  EXPECT_EQ(ensured("2", "José  Muñoz!"), "jos_muoz");
  EXPECT_EQ(ensured("3", "漢"), "person");
  EXPECT_EQ(ensured("4", ""), "person2");
  EXPECT_EQ(ensured("5", std::string(40, 'x')), std::string(30, 'x'));
  EXPECT_EQ(ensured("6", std::string(40, 'X')), std::string(29, 'x') + "2");
  const auto nameless = people_.ensure("7", "bob", " \n ");
  ASSERT_TRUE(nameless);
  EXPECT_EQ(nameless->person.display_name, "bob");
}

TEST_P(PeopleTest, TakenHandlesAreNumbered) {
  std::set<std::string> handles;
  for (int i = 0; i < 30; ++i) handles.insert(ensured(fmt::format("u{}", i), "Ann"));
  EXPECT_THAT(handles, testing::SizeIs(30));
  EXPECT_TRUE(handles.contains("ann"));
  EXPECT_TRUE(handles.contains("ann2"));
  EXPECT_TRUE(handles.contains("ann20"));
  for (const std::string& handle : handles) EXPECT_TRUE(is_handle(handle)) << handle;
}

TEST_P(PeopleTest, NobodyIsFoundWhoIsNotThere) {
  EXPECT_EQ(reason_of(people_.profile("u")), RefusalReason::kNoSuchPerson);
  EXPECT_EQ(reason_of(people_.by_handle("u")), RefusalReason::kNoSuchPerson);
  EXPECT_EQ(reason_of(people_.by_handle("")), RefusalReason::kNoSuchPerson);
  EXPECT_EQ(reason_of(people_.by_handle("a b")), RefusalReason::kNoSuchPerson);
  for (const char* no_name : {".", "..", "-", "_.-"}) EXPECT_FALSE(is_handle(no_name)) << no_name;
  EXPECT_EQ(handle_like("..!"), "person");
  EXPECT_EQ(reason_of(people_.rename("u", "x", "")), RefusalReason::kNoSuchPerson);
}

TEST_P(PeopleTest, AnErasedPersonIsNone) {
  ensured("u", "ann");
  ASSERT_TRUE(Handles(table_.domain()).erase("u"));
  EXPECT_EQ(reason_of(people_.ensure("u", "ann", "Ann")), RefusalReason::kErased);
  EXPECT_EQ(reason_of(people_.rename("u", "bob", "")), RefusalReason::kErased);
  EXPECT_EQ(reason_of(people_.profile("u")), RefusalReason::kNoSuchPerson);
  EXPECT_EQ(reason_of(people_.by_handle("ann")), RefusalReason::kNoSuchPerson);
  EXPECT_EQ(holder("ann"), "none");
  EXPECT_EQ(ensured("v", "ann"), "ann");
}

TEST_P(PeopleTest, ARenamedPersonIsFoundByTheNewHandleOnly) {
  ensured("u", "ann");
  const auto renamed = people_.rename("u", "Annie", "Annie O.");
  ASSERT_TRUE(renamed) << renamed.error().message;
  EXPECT_EQ(renamed->person.handle, "annie");
  EXPECT_EQ(renamed->person.display_name, "Annie O.");
  EXPECT_EQ(holder("ann"), "none");
  EXPECT_EQ(holder("annie"), "u");
  EXPECT_EQ(ensured("v", "ann"), "ann");
  ASSERT_TRUE(people_.rename("u", "", "Just a name"));
  EXPECT_EQ(profile_handle("u"), "annie");
  ASSERT_TRUE(people_.rename("u", "annie", ""));
  EXPECT_EQ(people_.profile("u")->person.display_name, "Just a name");
}

TEST_P(PeopleTest, NamesThatAreNoneAreRefused) {
  ensured("u", "ann");
  ensured("v", "bob");
  for (const std::string& handle : {std::string("a b"), std::string("é"), std::string(31, 'a')}) {
    EXPECT_EQ(reason_of(people_.rename("u", handle, "")), RefusalReason::kHandleInvalid);
  }
  EXPECT_TRUE(people_.rename("u", std::string(30, 'a'), ""));
  for (const std::string& name :
       {std::string(" "), std::string("a\nb"), std::string(51, 'a'), std::string("\xff")}) {
    EXPECT_EQ(reason_of(people_.rename("u", "", name)), RefusalReason::kInvalidInput);
  }
  std::string fifty;
  for (int i = 0; i < 50; ++i) fifty += "é";
  EXPECT_TRUE(people_.rename("u", "", fifty));
  EXPECT_EQ(reason_of(people_.rename("u", "BOB", "x")), RefusalReason::kHandleTaken);
  EXPECT_EQ(people_.profile("u")->person.display_name, fifty);
}

TEST_P(PeopleTest, ARenameIsSeenInRowsAndMembers) {
  ensured("u", "ann");
  put_direct("g", {"u", "ann", "old"}, {"v", "v", "old"});
  put_direct("h", {"u", "ann", "old"}, {"w", "w", "old"});
  table_.put(item_of(MemberItem{.conversation = "k", .person = {"u", "ann", "old"}}));
  table_.put(item_of(ConversationRow{.user = "u",
                                     .sort_key = "2026-01-02T00:00:00.000000+00:00",
                                     .conversation = "k",
                                     .other = {"k", "", "Our group"}}));
  table_.put(item_of(MemberItem{.conversation = "big", .person = {"u", "ann", "old"}}));
  table_.put(R"({"pk":{"S":"PIN#u"},"sk":{"S":"big"}})");
  // The second row stands beside the first: put_direct has put both in the same place.
  table_.put(item_of(ConversationRow{.user = "u",
                                     .sort_key = "2026-01-03T00:00:00.000000+00:00",
                                     .conversation = "g",
                                     .other = {"v", "v", "old"}}));
  ASSERT_TRUE(people_.rename("u", "annie", "Annie"));
  for (const char* g : {"g", "h", "k", "big"}) {
    const std::string member = table_.item(fmt::format("CNV#{}", g), "MBR#u");
    EXPECT_EQ(attribute(member, "handle"), "annie") << g;
    EXPECT_EQ(attribute(member, "display_name"), "Annie") << g;
  }
  for (const char* user : {"v", "w"}) {
    const std::string row = table_.item(fmt::format("GRP#{}", user), kTime);
    EXPECT_EQ(attribute(row, "user_handle"), "annie");
    EXPECT_EQ(attribute(row, "user_display_name"), "Annie");
    EXPECT_EQ(attribute(row, "message"), "hi");
  }
  EXPECT_EQ(attribute(table_.item("GRP#u", kTime), "user_display_name"), "old");
  EXPECT_EQ(attribute(table_.item("CNV#g", "MBR#v"), "display_name"), "old");
}

TEST_P(PeopleTest, ARenameIsSeenInTheFoundingDocumentsRows) {
  ensured("u", "ann");
  table_.put(item_of(ConversationRow{.user = "u",
                                     .sort_key = "2026-01-02T00:00:00Z",
                                     .conversation = "g",
                                     .other = {"v", "v", "old"}}));
  table_.put(item_of(ConversationRow{.user = "v",
                                     .sort_key = "2026-01-02T00:00:00Z",
                                     .conversation = "g",
                                     .other = {"u", "ann", "old"}}));
  ASSERT_TRUE(people_.rename("u", "annie", "Annie"));
  EXPECT_EQ(attribute(table_.item("GRP#v", "2026-01-02T00:00:00Z"), "user_handle"), "annie");
  EXPECT_EQ(table_.item("CNV#g", "MBR#u"), "");
}

TEST_P(PeopleTest, BlocksHoldBothWaysUntilTheyAreTakenBack) {
  ensured("u", "ann");
  ensured("v", "bob");
  EXPECT_EQ(people_.is_blocked_between("u", "v"), false);
  ASSERT_TRUE(people_.block("u", "v"));
  const std::string block = table_.item("BLK#u", "v");
  table_.clock().advance(std::chrono::seconds(1));
  ASSERT_TRUE(people_.block("u", "v"));
  EXPECT_EQ(table_.item("BLK#u", "v"), block);
  EXPECT_EQ(people_.is_blocked_between("u", "v"), true);
  EXPECT_EQ(people_.is_blocked_between("v", "u"), true);
  const auto blocked = people_.blocked("u");
  ASSERT_TRUE(blocked);
  ASSERT_THAT(*blocked, testing::SizeIs(1));
  EXPECT_EQ(blocked->front().handle, "bob");
  EXPECT_THAT(*people_.blocked("v"), IsEmpty());
  ASSERT_TRUE(people_.unblock("v", "u"));
  EXPECT_EQ(people_.is_blocked_between("u", "v"), true);
  ASSERT_TRUE(people_.unblock("u", "v"));
  ASSERT_TRUE(people_.unblock("u", "v"));
  EXPECT_EQ(people_.is_blocked_between("u", "v"), false);
}

TEST_P(PeopleTest, NobodyBlocksThemselvesOrNobody) {
  ensured("u", "ann");
  const auto refused = [](const Status& status) {
    return status ? std::nullopt : std::optional(refusal_of(status.error())->reason);
  };
  EXPECT_EQ(refused(people_.block("u", "u")), RefusalReason::kInvalidInput);
  EXPECT_EQ(refused(people_.block("u", "nobody")), RefusalReason::kNoSuchPerson);
  EXPECT_THAT(*people_.blocked("u"), IsEmpty());
}

}  // namespace
}  // namespace parley::messaging
