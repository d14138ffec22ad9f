// What people do with conversations, each a fact, on every database.
#include "messaging/domain/conversations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/messages.h"
#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/test_conversations.h"
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

INSTANTIATE_TEST_SUITE_P(On, ConversationsOf, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(ConversationsOf, TwoPeopleHaveOneConversationWhoeverOpensIt) {
  const auto first = conversations_.open_direct("ann", "bob");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_FALSE(first->was_there);
  const auto again = conversations_.open_direct("bob", "ann");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_there);
  EXPECT_EQ(first->id, again->id);
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob:  (0)"));
  EXPECT_THAT(list("bob"), ElementsAre("Name of ann:  (0)"));
  const ConversationView seen = view("ann", first->id);
  EXPECT_EQ(seen.kind, ConversationKind::kDirect);
  EXPECT_EQ(seen.other->handle, "bob");
  EXPECT_EQ(seen.member_count, 2);
  EXPECT_EQ(seen.last_message_at, "");
}

TEST_P(ConversationsOf, OpeningIsRefusedWithOneselfNobodyAndTheBlocked) {
  People people(table_.domain());
  EXPECT_REFUSED(conversations_.open_direct("ann", "ann"), kWithOneself);
  EXPECT_REFUSED(conversations_.open_direct("ann", "nobody"), kNoSuchPerson);
  ASSERT_TRUE(people.block("bob", "ann"));
  EXPECT_REFUSED(conversations_.open_direct("ann", "bob"), kBlocked);
  EXPECT_REFUSED(conversations_.make_group("ann", "g", {"cy", "bob"}), kBlocked);
  EXPECT_THAT(table_.items("GRP#ann"), IsEmpty());
  EXPECT_THAT(table_.items("GRP#cy"), IsEmpty());
}

TEST_P(ConversationsOf, AConversationOfTheFoundingDocumentIsThePairsOwn) {
  put_row("ann", "old", "2025-05-01T10:00:00.000000+00:00", "bob");
  put_row("bob", "old", "2025-05-01T10:00:00.000000+00:00", "ann");
  EXPECT_EQ(open("bob", "ann"), "old");
  EXPECT_EQ(open("ann", "bob"), "old");
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: old (0)"));
  const ConversationView seen = view("bob", "old");
  EXPECT_EQ(seen.title, "Name of ann");
  EXPECT_EQ(seen.last_text, "old");
  EXPECT_REFUSED(conversations_.get("cy", "old"), kNotAMember);
  const auto members = conversations_.members("ann", "old", 25, "");
  ASSERT_TRUE(members);
  ASSERT_THAT(members->items, SizeIs(2));
  EXPECT_EQ(members->items[1].person.handle, "bob");
  EXPECT_THAT(*conversations_.member_ids("old"), ElementsAre("ann", "bob"));
}

TEST_P(ConversationsOf, AFoundingConversationGetsItsMembersWithItsFirstMessage) {
  put_row("ann", "old", "2025-05-01T10:00:00Z", "bob");
  put_row("bob", "old", "2025-05-01T10:00:00Z", "ann");
  say_at("old", "ann", "hello", "2026-01-02T05:00:00-05:00");
  deliver();
  EXPECT_THAT(list("bob"), ElementsAre("Name of ann: hello (1)"));
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: hello (0)"));
  const auto left = conversations_.mark_read("bob", "old", "2026-01-02T05:00:00-05:00");
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(*left, 0);
  EXPECT_EQ(unread("bob"), 0);
}

TEST_P(ConversationsOf, WhoHasOnlyARowMayMuteReadAndLeave) {
  for (const char* id : {"g1", "g2", "g3"}) {
    put_row("ann", id, fmt::format("2025-05-01T10:00:0{}.000000+00:00", id[1]), "bob");
    put_row("bob", id, fmt::format("2025-05-01T10:00:0{}.000000+00:00", id[1]), "ann");
  }
  EXPECT_TRUE(conversations_.set_muted("ann", "g1", true));
  EXPECT_TRUE(view("ann", "g1").muted);
  EXPECT_TRUE(conversations_.mark_read("ann", "g2", "2025-05-01T10:00:02.000000+00:00"));
  EXPECT_TRUE(conversations_.remove("ann", "g3", "ann"));
  EXPECT_THAT(list("ann"), SizeIs(2));
  EXPECT_THAT(list("bob"), SizeIs(3));
  say("g3", "bob", "come back");
  deliver();
  EXPECT_THAT(list("ann"), SizeIs(3));
}

TEST_P(ConversationsOf, TheListIsNewestFirstAndItsPagesLoseAndRepeatNothing) {
  std::vector<std::string> expected;
  for (int i = 0; i < 7; ++i) {
    const std::string other = fmt::format("p{}", i);
    table_.add_person(other);
    open("ann", other);  // all at one instant
    expected.push_back(fmt::format("Name of {}:  (0)", other));
  }
  for (const std::size_t limit : {1U, 2U, 3U, 7U, 8U}) {
    EXPECT_THAT(list("ann", limit), testing::UnorderedElementsAreArray(expected)) << limit;
  }
  const std::string with_p3 = open("ann", "p3");
  say(with_p3, "p3", "me first");
  deliver();
  EXPECT_EQ(list("ann", 2).front(), "Name of p3: me first (1)");
  EXPECT_THAT(list("ann", 2), SizeIs(7));
}

TEST_P(ConversationsOf, AForeignCursorIsRefused) {
  EXPECT_REFUSED(conversations_.list("ann", 25, "nonsense"), kInvalidCursor);
}

TEST_P(ConversationsOf, UnreadIsWhatOthersSaidAfterTheReadMarker) {
  const std::string id = open("ann", "bob");
  const std::string one = say(id, "ann", "1");
  const std::string two = say(id, "ann", "2");
  const std::string three = say(id, "ann", "3");
  deliver();
  EXPECT_EQ(view("bob", id).unread, 3);
  EXPECT_EQ(*conversations_.mark_read("bob", id, one), 2);
  EXPECT_EQ(*conversations_.mark_read("bob", id, two), 1);
  EXPECT_EQ(unread("bob"), 1);
  EXPECT_EQ(*conversations_.mark_read("bob", id, three), 0);
  EXPECT_EQ(*conversations_.mark_read("bob", id, one), 0);  // never back
  EXPECT_EQ(view("bob", id).last_read_at, three);
  const std::string four = say(id, "bob", "4");
  deliver();
  EXPECT_EQ(view("ann", id).unread, 1);
  say(id, "ann", "5");
  deliver();
  EXPECT_EQ(view("ann", id).unread, 0);
  EXPECT_EQ(*conversations_.mark_read("ann", id, four), 0);
}

TEST_P(ConversationsOf, WhatIsReadBeforeTheTriggerSeesItIsNotCounted) {
  const std::string id = open("ann", "bob");
  say(id, "ann", "1");
  const std::string two = say(id, "ann", "2");
  EXPECT_EQ(*conversations_.mark_read("bob", id, two), 0);
  say(id, "ann", "3");
  deliver();
  EXPECT_EQ(view("bob", id).unread, 1);
  EXPECT_REFUSED(conversations_.mark_read("bob", id, "2030-01-01T00:00:00.000000+00:00"),
                 kNoSuchMessage);
}

TEST_P(ConversationsOf, ALateMessageAndADeletedOneAreCountedAgain) {
  const std::string id = open("ann", "bob");
  const std::string early = iso_utc(table_.clock().now() + 10);
  const std::string one = say(id, "ann", "1");
  deliver();
  say_at(id, "ann", "late", early);
  deliver();
  EXPECT_EQ(view("bob", id).unread, 2);
  EXPECT_EQ(view("bob", id).last_text, "1");
  ASSERT_TRUE(*TableCalls(table_.domain())
                   .update({key_of(kMessagePrefix, id), one},
                           {.update = "SET message = :empty, deleted_at = :now",
                            .parameters = Parameters().text(":empty", "").text(":now", one)}));
  deliver();
  EXPECT_EQ(view("bob", id).unread, 1);
  EXPECT_THAT(list("bob"), ElementsAre("Name of ann:  (1)"));
  EXPECT_EQ(view("bob", id).last_text, "");
  table_.erase(key_of(kMessagePrefix, id), early);  // by its ttl
  deliver();
  EXPECT_EQ(view("bob", id).unread, 0);
}

TEST_P(ConversationsOf, WhoLeftAConversationOfTwoGetsItBackWithTheNextMessageOrByOpeningIt) {
  const std::string id = open("ann", "bob");
  say(id, "bob", "hi");
  deliver();
  ASSERT_TRUE(conversations_.remove("ann", id, "ann"));
  EXPECT_THAT(list("ann"), IsEmpty());
  EXPECT_THAT(list("bob"), SizeIs(1));
  open("bob", "ann");
  EXPECT_THAT(list("ann"), IsEmpty());  // it is hers to open
  EXPECT_EQ(open("ann", "bob"), id);
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: hi (0)"));
  ASSERT_TRUE(conversations_.remove("ann", id, "ann"));
  say(id, "bob", "still there?");
  deliver();
  EXPECT_THAT(list("ann"), ElementsAre("Name of bob: still there? (1)"));
  EXPECT_THAT(table_.items("GRP#ann"), SizeIs(1));
  EXPECT_REFUSED(conversations_.remove("ann", id, "bob"), kNotAnOwner);
}

TEST_P(ConversationsOf, AGroupShowsItsTitleToEverybody) {
  const std::string id = group("ann", {"bob", "cy", "bob", "ann"});
  EXPECT_THAT(list("cy"), ElementsAre("The four of us:  (0)"));
  const ConversationView seen = view("bob", id);
  EXPECT_EQ(seen.kind, ConversationKind::kGroup);
  EXPECT_EQ(seen.member_count, 3);
  EXPECT_EQ(seen.role, MemberRole::kMember);
  EXPECT_FALSE(seen.other);
  EXPECT_EQ(view("ann", id).role, MemberRole::kOwner);
  EXPECT_THAT(table_.items("GRP#cy"),
              ElementsAre(testing::AllOf(HasSubstr(fmt::format(R"("user_uuid":{{"S":"{}"}})", id)),
                                         HasSubstr(R"("user_handle":{"S":""})"))));
  say(id, "bob", "hello all");
  deliver();
  EXPECT_THAT(list("ann"), ElementsAre("The four of us: hello all (1)"));
  EXPECT_THAT(list("bob"), ElementsAre("The four of us: hello all (0)"));
}

TEST_P(ConversationsOf, ATitleHasOneToAHundredCharacters) {
  std::string title;
  for (int i = 0; i < 100; ++i) title += "ä";
  EXPECT_TRUE(conversations_.make_group("ann", title, {"bob"}));
  EXPECT_REFUSED(conversations_.make_group("ann", title + "ä", {"bob"}), kInvalidInput);
  EXPECT_REFUSED(conversations_.make_group("ann", " ", {"bob"}), kInvalidInput);
}

TEST_P(ConversationsOf, AGroupHasAtMostSoManyMembers) {
  table_.domain().settings.members_max = 2;
  EXPECT_REFUSED(conversations_.make_group("ann", "g", {"bob", "cy"}), kTooManyMembers);
  const std::string id = group("ann", {"bob"});
  EXPECT_REFUSED(conversations_.invite("ann", id, "cy"), kTooManyMembers);
}

TEST_P(ConversationsOf, RenamingAGroupChangesItForEverybody) {
  const std::string id = group("ann", {"bob", "cy"});
  EXPECT_REFUSED(conversations_.rename("bob", id, "x"), kNotAnOwner);
  ASSERT_TRUE(conversations_.rename("ann", id, "Three"));
  EXPECT_THAT(list("cy"), ElementsAre("Three:  (0)"));
  EXPECT_THAT(table_.items("GRP#bob"),
              ElementsAre(HasSubstr(R"("user_display_name":{"S":"Three"})")));
  EXPECT_REFUSED(conversations_.rename("ann", id, ""), kInvalidInput);
  EXPECT_REFUSED(conversations_.rename("ann", open("ann", "bob"), "x"), kNotAGroup);
}

TEST_P(ConversationsOf, WhoIsInvitedSeesTheGroupAndWhatIsSaidFromThenOn) {
  const std::string id = group("ann", {"bob"});
  say(id, "ann", "before");
  deliver();
  table_.clock().advance(std::chrono::seconds(1));
  const auto invited = conversations_.invite("bob", id, "cy");
  ASSERT_TRUE(invited) << invited.error().message;
  EXPECT_EQ(invited->person.display_name, "Name of cy");
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: before (0)"));
  EXPECT_EQ(view("ann", id).member_count, 3);
  say(id, "ann", "after");
  deliver();
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: after (1)"));
  EXPECT_REFUSED(conversations_.invite("ann", id, "cy"), kAlreadyAMember);
  EXPECT_REFUSED(conversations_.invite("dee", id, "dee"), kNotAMember);
  EXPECT_REFUSED(conversations_.invite("ann", open("ann", "bob"), "cy"), kNotAGroup);
  EXPECT_THAT(*conversations_.member_ids(id), UnorderedElementsAre("ann", "bob", "cy"));
}

// The founding document's queries name the year, so that everything is gone on 1 January.
TEST_P(ConversationsOf, ANewYearHidesNothing) {
  Messages messages(table_.domain());
  const auto send_at = [&](std::string_view time, std::string_view id, std::string_view text) {
    table_.clock().advance(std::chrono::microseconds(*parse_iso(time) - table_.clock().now()));
    const auto sent = messages.send("ann", id, {.text = std::string(text)});
    EXPECT_TRUE(sent) << sent.error().message;
    deliver();
  };
  const std::string with_bob = open("ann", "bob");
  send_at("2026-12-31T23:59:58+00:00", with_bob, "old year");
  const std::string with_cy = open("ann", "cy");
  send_at("2026-12-31T23:59:59.999999+00:00", with_cy, "good night");
  send_at("2027-01-01T00:00:00+00:00", with_bob, "new year");

  EXPECT_THAT(list("ann", 1),
              ElementsAre("Name of bob: new year (0)", "Name of cy: good night (0)"));
  EXPECT_THAT(list("bob"), ElementsAre("Name of ann: new year (2)"));
  EXPECT_THAT(list("cy"), ElementsAre("Name of ann: good night (1)"));
  const auto newest = messages.history("bob", with_bob, {}, 1);
  const auto oldest = messages.history("bob", with_bob, {.older_than = newest->older}, 1);
  EXPECT_EQ(newest->items.at(0).text, "new year");
  EXPECT_EQ(oldest->items.at(0).text, "old year");
  EXPECT_EQ(messages.history("bob", with_bob, {.newer_than = oldest->newer}, 9)->items.at(0).text,
            "new year");
  EXPECT_EQ(conversations_.mark_read("bob", with_bob, oldest->items.at(0).sort_key), 1);
}

TEST_P(ConversationsOf, WhatWasSaidBeforeAnInvitationIsReadThoughNoTriggerHasServedItYet) {
  const std::string id = group("ann", {"bob"});
  say(id, "ann", "before");
  const std::vector<std::string> records = table_.changes();
  ASSERT_TRUE(conversations_.invite("bob", id, "cy"));
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: before (0)"));
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(table_.deliver(records));
    EXPECT_THAT(list("cy"), ElementsAre("The four of us: before (0)"));
    EXPECT_THAT(list("bob"), ElementsAre("The four of us: before (1)"));
  }
  say(id, "ann", "after");
  deliver();
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: after (1)"));
}

TEST_P(ConversationsOf, WhoIsInvitedMissesNothingThatATriggerServesMeanwhile) {
  const std::string id = group("ann", {"bob"});
  bool said = false;
  table_.faults().instead = [&](std::string_view operation, std::string_view input) {
    if (!said && operation == "PutItem" && input.find("MBR#cy") != std::string_view::npos) {
      said = true;  // the trigger does not see the newcomer yet
      say(id, "ann", "meanwhile");
      deliver();
    }
    return std::optional<Result<std::string>>();
  };
  ASSERT_TRUE(conversations_.invite("bob", id, "cy"));
  table_.faults().instead = {};
  EXPECT_TRUE(said);
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: meanwhile (0)"));
  say(id, "ann", "after");
  deliver();
  EXPECT_THAT(list("cy"), ElementsAre("The four of us: after (1)"));
  expect_invariants(table_, {"ann", "bob", "cy"});
}

TEST(Members, AreTheseForEventsThoughTheCacheRemembersOthers) {
  TestMessagingTable table(TestDatabase::kEmbedded, TestReads::kCached);
  Conversations conversations(table.domain());
  for (const char* person : {"ann", "bob"}) table.add_person(person);
  const std::string id = conversations.make_group("ann", "Two", {"bob"})->id;
  EXPECT_EQ(conversations.members("ann", id, 10, "")->items.size(), 2U);
  // Another process has written it, and the stream has not told this one yet.
  table.put(item_of(MemberItem{.conversation = id, .person = {.id = "cy"}}));
  EXPECT_EQ(conversations.members("ann", id, 10, "")->items.size(), 2U);
  EXPECT_THAT(*conversations.member_ids(id), UnorderedElementsAre("ann", "bob", "cy"));
}

TEST_P(ConversationsOf, WhoIsRemovedSeesNothingAnyMoreAndNoMessageBringsThemBack) {
  const std::string id = group("ann", {"bob", "cy"});
  EXPECT_REFUSED(conversations_.remove("bob", id, "cy"), kNotAnOwner);
  EXPECT_REFUSED(conversations_.remove("ann", id, "dee"), kNoSuchPerson);
  ASSERT_TRUE(conversations_.remove("ann", id, "bob"));
  EXPECT_REFUSED(conversations_.get("bob", id), kNotAMember);
  EXPECT_THAT(list("bob"), IsEmpty());
  say(id, "ann", "we are two");
  deliver();
  EXPECT_THAT(table_.items("GRP#bob"), IsEmpty());
  EXPECT_EQ(view("ann", id).member_count, 2);
}

TEST_P(ConversationsOf, TheMemberOfLongestStandingInheritsTheGroup) {
  const std::string id = group("ann", {"dee"});
  table_.clock().advance(std::chrono::seconds(1));
  ASSERT_TRUE(conversations_.invite("ann", id, "bob"));
  ASSERT_TRUE(conversations_.remove("ann", id, "ann"));
  EXPECT_EQ(view("dee", id).role, MemberRole::kOwner);
  EXPECT_EQ(view("bob", id).role, MemberRole::kMember);
  ASSERT_TRUE(conversations_.remove("bob", id, "bob"));
  ASSERT_TRUE(conversations_.remove("dee", id, "dee"));
  EXPECT_REFUSED(conversations_.get("dee", id), kNotAMember);
}

TEST_P(ConversationsOf, RolesAreGivenByOwnersAndOneOwnerStays) {
  const std::string id = group("ann", {"bob"});
  EXPECT_REFUSED(conversations_.set_role("bob", id, "bob", MemberRole::kOwner), kNotAnOwner);
  EXPECT_REFUSED(conversations_.set_role("ann", id, "ann", MemberRole::kMember), kInvalidInput);
  EXPECT_REFUSED(conversations_.set_role("ann", id, "cy", MemberRole::kOwner), kNoSuchPerson);
  const auto bob = conversations_.set_role("ann", id, "bob", MemberRole::kOwner);
  ASSERT_TRUE(bob) << bob.error().message;
  EXPECT_EQ(bob->role, MemberRole::kOwner);
  EXPECT_TRUE(conversations_.set_role("bob", id, "ann", MemberRole::kMember));
  EXPECT_EQ(view("ann", id).role, MemberRole::kMember);
}

TEST_P(ConversationsOf, MembersComeInPages) {
  const std::string id = group("ann", {"bob", "cy", "dee"});
  std::vector<std::string> seen;
  std::string from;
  do {
    const auto page = conversations_.members("bob", id, 2, from);
    ASSERT_TRUE(page);
    for (const MemberView& each : page->items) seen.push_back(each.person.handle);
    from = page->next;
  } while (!from.empty());
  EXPECT_THAT(seen, ElementsAre("ann", "bob", "cy", "dee"));
  EXPECT_REFUSED(conversations_.members("nobody", id, 2, ""), kNotAMember);
}

TEST_P(ConversationsOf, AStrangerLearnsNothing) {
  const std::string id = open("ann", "bob");
  EXPECT_REFUSED(conversations_.get("cy", id), kNotAMember);
  EXPECT_REFUSED(conversations_.get("cy", "no-such-conversation"), kNotAMember);
  EXPECT_REFUSED(conversations_.mark_read("cy", id, "x"), kNotAMember);
  EXPECT_REFUSED(conversations_.set_muted("cy", id, true), kNotAMember);
  EXPECT_REFUSED(conversations_.remove("cy", id, "ann"), kNotAMember);
}

TEST_P(ConversationsOf, ALastMessageHasItsSenderByTheNameOfToday) {
  const std::string id = open("ann", "bob");
  const std::string all = group("ann", {"bob", "cy"});
  EXPECT_FALSE(view("ann", id).last_sender);
  say(id, "bob", "hi");
  say(all, "cy", "hello");
  deliver();
  const auto sender_in_list = [&](std::string_view asker, const std::string& conversation) {
    const auto page = conversations_.list(asker, 25, "");
    EXPECT_TRUE(page);
    for (const ConversationView& each : page->items) {
      if (each.id == conversation) return each.last_sender.value_or(Person{}).display_name;
    }
    return std::string("not in the list");
  };
  EXPECT_EQ(sender_in_list("ann", id), "Name of bob");
  EXPECT_EQ(sender_in_list("bob", id), "Name of bob");
  EXPECT_EQ(sender_in_list("ann", all), "Name of cy");
  EXPECT_EQ(view("bob", all).last_sender->handle, "cy");
  EXPECT_EQ(view("ann", id).last_sender->id, "bob");
  EXPECT_THAT(
      table_.items("GRP#cy"),
      ElementsAre(testing::AllOf(HasSubstr(R"("sender_uuid":{"S":"cy"})"),
                                 HasSubstr(R"("sender_handle":{"S":"cy"})"),
                                 HasSubstr(R"("sender_display_name":{"S":"Name of cy"})"))));
  ASSERT_TRUE(People(table_.domain()).rename("bob", "", "Robert"));
  EXPECT_EQ(sender_in_list("ann", id), "Robert");
  EXPECT_EQ(sender_in_list("bob", id), "Robert");
}

TEST_P(ConversationsOf, ALastSenderThatARowHasLostIsLookedUp) {
  const std::string time = "2025-05-01T10:00:00.000000+00:00";
  put_row("ann", "old", time, "bob");
  put_row("bob", "old", time, "ann");
  const auto sender = [&] {
    const auto page = conversations_.list("ann", 25, "");
    EXPECT_TRUE(page);
    return page->items.at(0).last_sender.value_or(Person{});
  };
  EXPECT_EQ(sender().id, "");
  say_at("old", "bob", "old", time);
  EXPECT_EQ(sender().display_name, "Name of bob");
  EXPECT_EQ(view("ann", "old").last_sender.value_or(Person{}).id, "bob");
}

TEST_P(ConversationsOf, WhoWritesIntoALargeGroupHasReadIt) {
  table_.domain().settings.members_moved_max = 2;
  const std::string id = group("ann", {"bob", "cy"});
  say(id, "ann", "1");
  say(id, "cy", "2");
  deliver();
  EXPECT_EQ(view("bob", id).unread, 2);
  say(id, "bob", "3");
  say(id, "ann", "4");
  deliver();
  EXPECT_EQ(view("bob", id).unread, 1);
  EXPECT_EQ(view("ann", id).unread, 0);
  EXPECT_EQ(view("cy", id).unread, 2);
  EXPECT_EQ(view("cy", id).last_sender->id, "ann");
  // It shrinks: who is pinned stays so, and is counted for.
  ASSERT_TRUE(conversations_.remove("ann", id, "bob"));
  say(id, "ann", "5");
  deliver();
  EXPECT_EQ(view("cy", id).unread, 3);
  EXPECT_THAT(table_.item("CNV#" + id, "MBR#cy"), HasSubstr(R"("unread":{"N":"3"})"));
}

TEST_P(ConversationsOf, MutingIsOnesOwn) {
  const std::string id = open("ann", "bob");
  ASSERT_TRUE(conversations_.set_muted("ann", id, true));
  EXPECT_TRUE(view("ann", id).muted);
  EXPECT_FALSE(view("bob", id).muted);
  ASSERT_TRUE(conversations_.set_muted("ann", id, false));
  EXPECT_FALSE(view("ann", id).muted);
}

}  // namespace
}  // namespace parley::messaging
