// A process is killed before and after each of its calls to the database; whoever comes next
// completes its work: no conversation is lost, doubled or moved back, and unread counts are right.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/conversations.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/test_conversations.h"
#include "messaging/domain/test_faults.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using testing::SizeIs;

enum class Transactions : std::uint8_t { kPresent, kAbsent };

class KilledConversations : public testing::TestWithParam<std::tuple<TestDatabase, Transactions>> {
 protected:
  void SetUp() override {
    if (std::get<1>(GetParam()) == Transactions::kAbsent) table_.faults().take_transactions_away();
  }
  /// People of a run, by one letter each.
  std::vector<std::string> people(const std::string& run, std::string_view letters) {
    std::vector<std::string> all;
    for (const char letter : letters) {
      all.push_back(fmt::format("{}-{}", letter, run));
      table_.add_person(all.back());
    }
    return all;
  }
  static std::string person(char letter, const std::string& run) {
    return fmt::format("{}-{}", letter, run);
  }
  std::string say(std::string_view conversation, std::string_view sender, std::string_view text) {
    table_.clock().advance(std::chrono::seconds(1));
    const std::string time = iso_utc(table_.clock().now());
    put_message(table_, conversation, sender, text, time);
    return time;
  }
  void deliver() {
    const Status done = table_.deliver();
    ASSERT_TRUE(done) << done.error().message;
  }
  /// The outcome is good, or a refusal for this reason: it had been done.
  template <class Outcome>
  static void expect_done(const Outcome& outcome, RefusalReason reason) {
    if (outcome) return;
    const Refusal* refusal = refusal_of(outcome.error());
    ASSERT_NE(refusal, nullptr) << outcome.error().message;
    EXPECT_EQ(refusal->reason, reason);
  }
  std::string text_shown(const std::string& user) {
    const auto all = whole_list(table_, user, 25);
    EXPECT_THAT(all, SizeIs(1)) << user;
    return all.empty() ? "" : all.front().last_text;
  }
  FaultyDatabase& faults() { return table_.faults(); }

  TestMessagingTable table_{std::get<0>(GetParam())};
  Conversations conversations_{table_.domain()};
  std::string id_;  // the conversation of the run
};
std::string story_name(const testing::TestParamInfo<std::tuple<TestDatabase, Transactions>>& info) {
  return fmt::format("{}{}",
                     std::get<0>(info.param) == TestDatabase::kEmbedded ? "Embedded" : "Endpoint",
                     std::get<1>(info.param) == Transactions::kPresent ? "" : "StepByStep");
}

INSTANTIATE_TEST_SUITE_P(On, KilledConversations,
                         testing::Combine(testing::ValuesIn(test_databases()),
                                          testing::Values(Transactions::kPresent,
                                                          Transactions::kAbsent)),
                         story_name);

TEST_P(KilledConversations, OpeningIsCompletedByEitherOfTheTwo) {
  for (const bool by_the_other : {false, true}) {
    const auto name = [&](const std::string& run) { return run + (by_the_other ? "o" : "s"); };
    with_every_kill(faults(), {.prepare = [&](const std::string& run) { people(name(run), "ab"); },
                               .act =
                                   [&](const std::string& run) {
                                     (void)conversations_.open_direct(person('a', name(run)),
                                                                      person('b', name(run)));
                                   },
                               .check =
                                   [&](const std::string& run) {
                                     const std::string a = person('a', name(run));
                                     const std::string b = person('b', name(run));
                                     const auto made = by_the_other
                                                           ? conversations_.open_direct(b, a)
                                                           : conversations_.open_direct(a, b);
                                     ASSERT_TRUE(made) << made.error().message;
                                     say(made->id, a, "hello");
                                     deliver();
                                     EXPECT_EQ(text_shown(a), "hello");
                                     EXPECT_EQ(text_shown(b), "hello");
                                     expect_invariants(table_, {a, b});
                                   }});
  }
}

TEST_P(KilledConversations, AGroupIsThereForAllOrForNobody) {
  with_every_kill(faults(),
                  {.prepare = [&](const std::string& run) { people(run, "abc"); },
                   .act =
                       [&](const std::string& run) {
                         (void)conversations_.make_group(person('a', run), "Group",
                                                         {person('b', run), person('c', run)});
                       },
                   .check =
                       [&](const std::string& run) {
                         const auto of_a = whole_list(table_, person('a', run), 25).size();
                         EXPECT_LE(of_a, 1U);
                         EXPECT_EQ(whole_list(table_, person('b', run), 25).size(), of_a);
                         EXPECT_EQ(whole_list(table_, person('c', run), 25).size(), of_a);
                       }});
}

TEST_P(KilledConversations, AnInvitationIsCompletedByTheNext) {
  with_every_kill(
      faults(),
      {.prepare =
           [&](const std::string& run) {
             people(run, "abc");
             id_ = conversations_.make_group(person('a', run), "Group", {person('b', run)})->id;
           },
       .act =
           [&](const std::string& run) {
             (void)conversations_.invite(person('a', run), id_, person('c', run));
           },
       .check =
           [&](const std::string& run) {
             expect_done(conversations_.invite(person('b', run), id_, person('c', run)),
                         RefusalReason::kAlreadyAMember);
             expect_invariants(table_, {person('a', run), person('b', run), person('c', run)});
             EXPECT_EQ(conversations_.get(person('a', run), id_)->member_count, 3);
             say(id_, person('a', run), "welcome");
             deliver();
             EXPECT_EQ(text_shown(person('c', run)), "welcome");
             expect_invariants(table_, {person('a', run), person('b', run), person('c', run)});
           }});
}

TEST_P(KilledConversations, AMessageCompletesAnInvitationToo) {
  with_every_kill(
      faults(),
      {.prepare =
           [&](const std::string& run) {
             people(run, "abc");
             id_ = conversations_.make_group(person('a', run), "Group", {person('b', run)})->id;
           },
       .act =
           [&](const std::string& run) {
             (void)conversations_.invite(person('a', run), id_, person('c', run));
           },
       .check =
           [&](const std::string& run) {
             say(id_, person('a', run), "hello");
             deliver();
             expect_invariants(table_, {person('a', run), person('b', run), person('c', run)});
           }});
}

TEST_P(KilledConversations, GrowingLargeIsCompletedByTheNextMessage) {
  table_.domain().settings.members_moved_max = 2;
  with_every_kill(
      faults(),
      {.prepare =
           [&](const std::string& run) {
             people(run, "abc");
             id_ = conversations_.make_group(person('a', run), "Group", {person('b', run)})->id;
             say(id_, person('b', run), "we are two");
             deliver();
           },
       .act =
           [&](const std::string& run) {
             (void)conversations_.invite(person('a', run), id_, person('c', run));
           },
       .check =
           [&](const std::string& run) {
             say(id_, person('b', run), "one");
             deliver();
             say(id_, person('b', run), "two");
             deliver();
             EXPECT_EQ(text_shown(person('a', run)), "two");
             EXPECT_EQ(text_shown(person('b', run)), "two");
             expect_invariants(table_, {person('a', run), person('b', run), person('c', run)});
           }});
}

TEST_P(KilledConversations, ARemovalIsCompletedByDoingItAgain) {
  with_every_kill(
      faults(),
      {.prepare =
           [&](const std::string& run) {
             people(run, "abc");
             id_ = conversations_
                       .make_group(person('a', run), "Group", {person('b', run), person('c', run)})
                       ->id;
           },
       .act =
           [&](const std::string& run) {
             (void)conversations_.remove(person('a', run), id_, person('b', run));
           },
       .check =
           [&](const std::string& run) {
             expect_done(conversations_.remove(person('a', run), id_, person('b', run)),
                         RefusalReason::kNoSuchPerson);
             EXPECT_THAT(whole_list(table_, person('b', run), 25), SizeIs(0));
             EXPECT_THAT(table_.items("GRP#" + person('b', run)), SizeIs(0));
             EXPECT_EQ(conversations_.get(person('a', run), id_)->member_count, 2);
             expect_invariants(table_, {person('a', run), person('b', run), person('c', run)});
           }});
}

TEST_P(KilledConversations, LeavingAGroupIsCompletedByTheNextMessage) {
  with_every_kill(
      faults(),
      {.prepare =
           [&](const std::string& run) {
             people(run, "abc");
             id_ = conversations_
                       .make_group(person('a', run), "Group", {person('b', run), person('c', run)})
                       ->id;
           },
       .act =
           [&](const std::string& run) {
             (void)conversations_.remove(person('a', run), id_, person('a', run));
           },
       .check =
           [&](const std::string& run) {
             expect_done(conversations_.remove(person('a', run), id_, person('a', run)),
                         RefusalReason::kNotAMember);
             say(id_, person('b', run), "gone?");
             deliver();
             EXPECT_EQ(conversations_.get(person('b', run), id_)->role, MemberRole::kOwner);
             EXPECT_THAT(whole_list(table_, person('a', run), 25), SizeIs(0));
             expect_invariants(table_, {person('a', run), person('b', run), person('c', run)});
           }});
}

TEST_P(KilledConversations, LeavingAConversationOfTwoIsCompletedByDoingItAgain) {
  with_every_kill(faults(),
                  {.prepare =
                       [&](const std::string& run) {
                         people(run, "ab");
                         id_ = conversations_.open_direct(person('a', run), person('b', run))->id;
                         say(id_, person('b', run), "one");
                         deliver();
                       },
                   .act =
                       [&](const std::string& run) {
                         (void)conversations_.remove(person('a', run), id_, person('a', run));
                       },
                   .check =
                       [&](const std::string& run) {
                         const Status left =
                             conversations_.remove(person('a', run), id_, person('a', run));
                         ASSERT_TRUE(left) << left.error().message;
                         EXPECT_THAT(whole_list(table_, person('a', run), 25), SizeIs(0));
                         say(id_, person('b', run), "two");
                         deliver();
                         EXPECT_EQ(text_shown(person('a', run)), "two");
                         EXPECT_EQ(whole_list(table_, person('a', run), 25).front().unread, 1);
                         expect_invariants(table_, {person('a', run), person('b', run)});
                       }});
}

TEST_P(KilledConversations, ComingBackIsCompletedByOpeningAgainAndByAMessage) {
  for (const bool by_message : {false, true}) {
    const auto name = [&](const std::string& run) { return run + (by_message ? "m" : "o"); };
    with_every_kill(
        faults(),
        {.prepare =
             [&](const std::string& run) {
               people(name(run), "ab");
               id_ = conversations_.open_direct(person('a', name(run)), person('b', name(run)))->id;
               say(id_, person('b', name(run)), "one");
               deliver();
               ASSERT_TRUE(
                   conversations_.remove(person('a', name(run)), id_, person('a', name(run))));
             },
         .act =
             [&](const std::string& run) {
               (void)conversations_.open_direct(person('a', name(run)), person('b', name(run)));
             },
         .check =
             [&](const std::string& run) {
               const std::string a = person('a', name(run));
               if (by_message) {
                 say(id_, person('b', name(run)), "two");
                 deliver();
               } else {
                 ASSERT_TRUE(conversations_.open_direct(a, person('b', name(run))));
               }
               EXPECT_EQ(text_shown(a), by_message ? "two" : "one");
               expect_invariants(table_, {a, person('b', name(run))});
             }});
  }
}

TEST_P(KilledConversations, MarkingAsReadCountsOnce) {
  std::string one;
  with_every_kill(faults(),
                  {.prepare =
                       [&](const std::string& run) {
                         people(run, "ab");
                         id_ = conversations_.open_direct(person('a', run), person('b', run))->id;
                         one = say(id_, person('b', run), "one");
                         say(id_, person('b', run), "two");
                         deliver();
                       },
                   .act =
                       [&](const std::string& run) {
                         (void)conversations_.mark_read(person('a', run), id_, one);
                       },
                   .check =
                       [&](const std::string& run) {
                         expect_invariants(table_, {person('a', run), person('b', run)});
                         EXPECT_EQ(*conversations_.mark_read(person('a', run), id_, one), 1);
                         say(id_, person('b', run), "three");
                         deliver();
                         EXPECT_EQ(conversations_.get(person('a', run), id_)->unread, 2);
                         expect_invariants(table_, {person('a', run), person('b', run)});
                       }});
}

TEST_P(KilledConversations, RenamingIsCompletedByDoingItAgainOrByAMessage) {
  with_every_kill(
      faults(),
      {.prepare =
           [&](const std::string& run) {
             people(run, "ab");
             id_ = conversations_.make_group(person('a', run), "Old", {person('b', run)})->id;
           },
       .act =
           [&](const std::string& run) {
             (void)conversations_.rename(person('a', run), id_, "New");
           },
       .check =
           [&](const std::string& run) {
             const auto in_list = [&](char letter) {
               return whole_list(table_, person(letter, run), 25).at(0).title;
             };
             EXPECT_EQ(in_list('a'), in_list('b'));
             ASSERT_TRUE(conversations_.rename(person('a', run), id_, "New"));
             for (const char letter : {'a', 'b'}) {
               EXPECT_THAT(table_.items("GRP#" + person(letter, run)),
                           testing::ElementsAre(testing::HasSubstr(R"({"S":"New"})")));
             }
           }});
}

// A batch with everything in it: new messages, one that came late, one that was deleted, one that
// was edited, in a group and in a conversation of two, and in one of the founding document's.
TEST_P(KilledConversations, ABatchThatIsDeliveredAgainCountsAndMovesOnce) {
  std::vector<std::string> records;
  std::string founding;
  const auto prepare = [&](const std::string& run) {
    const auto who = people(run, "abc");
    id_ = conversations_.make_group(who[0], "Group", {who[1], who[2]})->id;
    const std::string pair = conversations_.open_direct(who[0], who[1])->id;
    founding = "old-" + run;
    for (const auto& [mine, theirs] : {std::pair{who[0], who[2]}, std::pair{who[2], who[0]}}) {
      table_.put(item_of(
          ConversationRow{.user = mine,
                          .sort_key = "2025-01-01T00:00:00Z",
                          .conversation = founding,
                          .text = "old",
                          .other = {.id = theirs, .handle = theirs, .display_name = theirs}}));
    }
    const std::string early = iso_utc(table_.clock().now() + 5);
    const std::string read = say(id_, who[0], "1");
    const std::string deleted = say(id_, who[0], "2");
    say(pair, who[1], "psst");
    deliver();
    EXPECT_TRUE(conversations_.mark_read(who[1], id_, read));
    put_message(table_, id_, who[2], "late", early);
    say(id_, who[1], "3");
    const std::string last = say(id_, who[2], "4");
    say(pair, who[0], "what?");
    say(founding, who[2], "hello");
    records = table_.changes();
    TableCalls calls(table_.domain());
    EXPECT_TRUE(*calls.update({key_of(kMessagePrefix, id_), deleted},
                              {.update = "SET message = :none, deleted_at = :now",
                               .parameters = Parameters().text(":none", "").text(":now", last)}));
    EXPECT_TRUE(*calls.update(
        {key_of(kMessagePrefix, id_), last},
        {.update = "SET message = :text", .parameters = Parameters().text(":text", "4, edited")}));
    std::ranges::move(table_.changes(), std::back_inserter(records));
  };
  const auto check = [&](const std::string& run) {
    const std::vector<std::string> who{person('a', run), person('b', run), person('c', run)};
    for (int again = 0; again < 2; ++again) {
      const Status done = table_.deliver(records);
      ASSERT_TRUE(done) << done.error().message;
      expect_invariants(table_, who);
      EXPECT_EQ(conversations_.get(who[0], id_)->unread, 2);
      EXPECT_EQ(conversations_.get(who[1], id_)->unread, 1);
      EXPECT_EQ(conversations_.get(who[2], id_)->unread, 0);
      EXPECT_EQ(conversations_.get(who[1], id_)->last_text, "4, edited");
      EXPECT_EQ(conversations_.get(who[1], id_)->last_sender.value_or(Person{}).id, who[2]);
      EXPECT_EQ(conversations_.get(who[0], founding)->unread, 1);
      EXPECT_THAT(whole_list(table_, who[0], 25), SizeIs(3));
      EXPECT_THAT(whole_list(table_, who[1], 25), SizeIs(2));
      EXPECT_THAT(whole_list(table_, who[2], 25), SizeIs(2));
    }
  };
  const auto act = [&](const std::string&) { (void)table_.deliver(records); };
  with_every_kill(faults(), {.prepare = prepare, .act = act, .check = check});
  with_every_loss(faults(), {.prepare = [&](const std::string& run) { prepare("lost" + run); },
                             .act = act,
                             .check = [&](const std::string& run) { check("lost" + run); }});
}

}  // namespace
}  // namespace parley::messaging
