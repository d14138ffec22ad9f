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
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kTime = "2026-01-01T00:00:00.000000+00:00";

template <class T>
std::optional<RefusalReason> reason_of(const Result<T>& result) {
  const Refusal* refusal = result ? nullptr : refusal_of(result.error());
  return refusal == nullptr ? std::nullopt : std::optional(refusal->reason);
}

class PeopleTest : public testing::TestWithParam<TestDatabase> {
 protected:
  std::string ensured(std::string_view id, std::string_view wished, std::string_view name = "N") {
    const auto profile = people_.ensure(id, wished, name);
    EXPECT_TRUE(profile) << profile.error().message;
    return profile ? profile->person.handle : "";
  }
  std::string attribute(const std::string& item, std::string_view name) {
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    const simdjson::padded_string text(item);
    if (item.empty() || parser.parse(text).get(json) != simdjson::SUCCESS) return "none";
    return std::string(text_of(json, name).value_or("-"));
  }
  std::string holder(std::string_view handle) {
    return attribute(table_.item(fmt::format("HND#{}", handle), "HND"), "user_uuid");
  }
  std::string profile_handle(std::string_view id) {
    return attribute(table_.item(fmt::format("USR#{}", id), "PROFILE"), "handle");
  }
  /// Whoever has a handle has its lock, and nobody else has it.
  void expect_locked(const std::vector<std::string>& ids) {
    std::map<std::string, std::string> of;
    for (const std::string& id : ids) {
      const std::string handle = profile_handle(id);
      if (handle == "none" || handle == "-") continue;
      EXPECT_EQ(holder(handle), id) << handle;
      EXPECT_TRUE(of.emplace(handle, id).second) << handle << " of " << id << " and " << of[handle];
    }
  }
  /// A conversation of two with rows and member items, as Conversations makes it.
  void put_direct(const std::string& g, const Person& one, const Person& other) {
    table_.put(item_of(ConversationMeta{.conversation = g, .member_count = 2}));
    for (const auto& [user, shown] : {std::pair(one, other), std::pair(other, one)}) {
      table_.put(
          item_of(MemberItem{.conversation = g, .person = user, .row_sk = std::string(kTime)}));
      table_.put(item_of(ConversationRow{.user = user.id,
                                         .sort_key = std::string(kTime),
                                         .conversation = g,
                                         .text = "hi",
                                         .other = shown}));
    }
  }

  TestMessagingTable table_{GetParam()};
  People people_{table_.domain()};
  // Another process.
  FaultyDatabase others_database_{table_.faults().real()};
  Domain others_domain_{.database = others_database_,
                        .reads = table_.domain().reads,
                        .clock = table_.clock(),
                        .random = table_.domain().random,
                        .times = table_.domain().times,
                        .settings = table_.domain().settings,
                        .pause = table_.domain().pause};
  People others_{others_domain_};
};
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

TEST_P(PeopleTest, AHandleIsNeitherDoubledNorLostByAKillWhileItIsClaimed) {
  const int runs = with_every_kill(
      table_.faults(),
      {.act = [&](const std::string& run) { (void)people_.ensure("u" + run, "h" + run, "N"); },
       .check =
           [&](const std::string& run) {
             const std::string id = "u" + run;
             expect_locked({id});
             // Somebody else may come first, or the person themself with another wish.
             EXPECT_THAT(ensured("v" + run, "h" + run), testing::AnyOf("h" + run, "h" + run + "2"));
             EXPECT_THAT(ensured(id, "h" + run), testing::AnyOf("h" + run, "h" + run + "2"));
             expect_locked({id, "v" + run});
           }});
  EXPECT_GT(runs, 10);
}

TEST_P(PeopleTest, AKilledRenameLeavesOneHandleAndNothingTaken) {
  const int runs = with_every_kill(
      table_.faults(),
      {.prepare =
           [&](const std::string& run) {
             ensured("u" + run, "old" + run);
             put_direct("g" + run, {"u" + run, "old" + run, "N"}, {"w" + run, "w", "W"});
           },
       .act = [&](const std::string& run) { (void)people_.rename("u" + run, "new" + run, "New"); },
       .check =
           [&](const std::string& run) {
             const std::string id = "u" + run;
             expect_locked({id});
             const std::string handle = ensured(id, "ignored");
             EXPECT_THAT(handle, testing::AnyOf("old" + run, "new" + run));
             const std::string other = (handle[0] == 'o' ? "new" : "old") + run;
             EXPECT_EQ(holder(other), "none");
             EXPECT_EQ(ensured("v" + run, other), other);
             expect_locked({id, "v" + run});
             // Whatever was said of the person is what conversations have.
             const auto profile = people_.profile(id);
             ASSERT_TRUE(profile);
             const std::string row = table_.item("GRP#w" + run, kTime);
             EXPECT_EQ(attribute(row, "user_handle"), handle);
             EXPECT_EQ(attribute(row, "user_display_name"), profile->person.display_name);
             EXPECT_EQ(attribute(table_.item("CNV#g" + run, "MBR#" + id), "handle"), handle);
           }});
  EXPECT_GT(runs, 30);
}

TEST_P(PeopleTest, ALeftoverLockMayBeTakenBeforeItsHolderComesBack) {
  with_every_kill(
      table_.faults(),
      {.prepare = [&](const std::string& run) { ensured("u" + run, "old" + run); },
       .act = [&](const std::string& run) { (void)people_.rename("u" + run, "new" + run, ""); },
       .check =
           [&](const std::string& run) {
             const std::string id = "u" + run;
             const std::string taken = ensured("v" + run, "old" + run);
             expect_locked({id, "v" + run});
             ensured(id, "ignored");
             EXPECT_EQ(profile_handle("v" + run), taken);
             expect_locked({id, "v" + run});
           }});
}

TEST_P(PeopleTest, AKilledErasureIsBroughtToItsEnd) {
  with_every_kill(
      table_.faults(),
      {.prepare = [&](const std::string& run) { ensured("u" + run, "h" + run); },
       .act = [&](const std::string& run) { (void)Handles(table_.domain()).erase("u" + run); },
       .check =
           [&](const std::string& run) {
             expect_locked({"u" + run});
             ASSERT_TRUE(Handles(table_.domain()).erase("u" + run));
             EXPECT_EQ(holder("h" + run), "none");
             EXPECT_EQ(profile_handle("u" + run), "-");
           }});
}

TEST_P(PeopleTest, AWriteThatArrivesTwiceDoesNoHarm) {
  write_twice(table_.faults());
  EXPECT_EQ(ensured("u", "ann"), "ann");
  EXPECT_EQ(ensured("v", "ann"), "ann2");
  const auto renamed = people_.rename("u", "annie", "Annie");
  ASSERT_TRUE(renamed) << renamed.error().message;
  EXPECT_EQ(renamed->person.handle, "annie");
  EXPECT_EQ(holder("ann"), "none");
  EXPECT_EQ(reason_of(people_.rename("u", "ann2", "")), RefusalReason::kHandleTaken);
  ASSERT_TRUE(people_.block("u", "v"));
  ASSERT_TRUE(people_.unblock("u", "v"));
  ASSERT_TRUE(Handles(table_.domain()).erase("u"));
  EXPECT_EQ(holder("annie"), "none");
  expect_locked({"u", "v"});
}

TEST_P(PeopleTest, ANameAndAMovingRowCannotMissEachOther) {
  Conversations conversations(table_.domain());
  Messages messages(table_.domain());
  const bool embedded = GetParam() == TestDatabase::kEmbedded;
  for (const bool rename_overtakes : {true, false}) {
    bool fired = true;
    for (int call = 1; fired; call += embedded ? 1 : 4) {
      const std::string run = fmt::format("{}{}", call, rename_overtakes ? "r" : "t");
      const std::string ann = "ann" + run;
      const std::string bob = "bob" + run;
      ensured(ann, ann);
      ensured(bob, bob);
      const std::string id = conversations.open_direct(ann, bob)->id;
      table_.clock().advance(std::chrono::seconds(31));
      ensured(ann, ann);
      ensured(bob, bob);
      ASSERT_TRUE(messages.send(bob, id, {.text = "x"}));
      const std::function<void()> move = [&] { EXPECT_TRUE(table_.deliver()); };
      const std::function<void()> rename = [&] {
        EXPECT_TRUE(people_.rename(ann, "new" + run, "New"));
      };
      // At the n-th call of the one, the other happens from its beginning to its end.
      fired = false;
      int calls = 0;
      table_.faults().instead = [&](std::string_view,
                                    std::string_view) -> std::optional<Result<std::string>> {
        if (++calls == call && !std::exchange(fired, true)) (rename_overtakes ? rename : move)();
        return std::nullopt;
      };
      (rename_overtakes ? move : rename)();
      table_.faults().instead = {};
      if (!fired) (rename_overtakes ? rename : move)();
      table_.clock().advance(std::chrono::seconds(31));
      ensured(ann, ann);
      const auto rows = table_.items("GRP#" + bob);
      ASSERT_THAT(rows, testing::SizeIs(1)) << run;
      EXPECT_EQ(attribute(rows[0], "user_handle"), "new" + run) << run;
      EXPECT_EQ(attribute(rows[0], "message"), "x") << run;
      EXPECT_EQ(attribute(table_.item("CNV#" + id, "MBR#" + ann), "display_name"), "New") << run;
    }
  }
}

TEST_P(PeopleTest, GeneratedLivesWithKillsNeverShareAHandle) {
  std::mt19937_64 generator(11);
  const std::vector<std::string> ids{"a", "b", "c", "d"};
  const std::vector<std::string> handles{"x", "y", "z"};
  for (int step = 0; step < 400; ++step) {
    const std::string& id = ids[generator() % ids.size()];
    const std::string& handle = handles[generator() % handles.size()];
    const auto when = static_cast<FaultyDatabase::When>(generator() % 2);
    if (generator() % 3 != 0) {
      table_.faults().kill_at(static_cast<int>(1 + generator() % 12), when);
    }
    const bool renames = generator() % 3 != 0;
    const auto outcome = renames ? people_.rename(id, handle, "") : people_.ensure(id, handle, id);
    if (renames && outcome) {
      EXPECT_EQ(outcome->person.handle, handle);
    }
    table_.faults().mend();
    expect_locked(ids);
    ASSERT_FALSE(HasFailure()) << "step " << step;
  }
  for (const std::string& id : ids) ensured(id, id);
  expect_locked(ids);
  for (const std::string& handle : handles) {
    const std::string who = holder(handle);
    if (who != "none") {
      EXPECT_EQ(profile_handle(who), handle);
    }
  }
}

TEST_P(PeopleTest, AClaimThatIsMadeAgainIsAnotherClaim) {
  // While one process stalls in its claim of a handle, others complete the claim, give the handle
  // up, and die claiming it once more.
  const int step = GetParam() == TestDatabase::kEmbedded ? 1 : 5;
  bool stalled = true;
  for (int stall = 1; stalled; stall += 1) {
    bool died = true;
    for (int kill = 1; died; kill += step) {
      const std::string id = fmt::format("u{}.{}", stall, kill);
      const std::string wanted = "w" + id;
      ensured(id, "first" + id);
      int calls = 0;
      stalled = false;
      table_.faults().instead = [&](std::string_view,
                                    std::string_view) -> std::optional<Result<std::string>> {
        if (++calls != stall) return std::nullopt;
        stalled = true;
        (void)others_.ensure(id, "", "");
        (void)others_.rename(id, "second" + id, "");
        others_database_.kill_at(kill, FaultyDatabase::When::kBefore);
        (void)others_.rename(id, wanted, "");
        died = others_database_.mend();
        return std::nullopt;
      };
      (void)people_.rename(id, wanted, "");
      table_.faults().instead = {};
      died = died && stalled;
      expect_locked({id});
      ASSERT_FALSE(HasFailure()) << "stalled at " << stall << ", killed at " << kill;
    }
  }
}

TEST_P(PeopleTest, WhoStallsAtAnyStepAndIsOvertakenByManyDoesNoHarm) {
  // One process stands still before its n-th call while others do all kinds of things, of the same
  // person and of another, and die in the middle of them.
  std::mt19937_64 generator(5);
  const std::vector<std::string> ids{"u", "v"};
  const std::vector<std::string> handles{"x", "y", "z"};
  const auto act = [&](People& people) {
    const std::string& id = ids[generator() % ids.size()];
    const std::string& handle = handles[generator() % handles.size()];
    if (generator() % 4 == 0) {
      (void)people.ensure(id, handle, id);
    } else {
      (void)people.rename(id, handle, "");
    }
  };
  const auto act_and_perhaps_die = [&] {
    if (generator() % 2 == 0) {
      others_database_.kill_at(static_cast<int>(1 + generator() % 14),
                               static_cast<FaultyDatabase::When>(generator() % 2));
    }
    act(others_);
    others_database_.mend();
  };
  const int lives = GetParam() == TestDatabase::kEmbedded ? 4000 : 60;
  for (int life = 0; life < lives; ++life) {
    act_and_perhaps_die();
    int calls_left = static_cast<int>(1 + generator() % 20);
    table_.faults().instead = [&](std::string_view,
                                  std::string_view) -> std::optional<Result<std::string>> {
      if (--calls_left == 0) {
        for (auto count = 1 + generator() % 5; count > 0; --count) act_and_perhaps_die();
      }
      return std::nullopt;
    };
    act(people_);
    table_.faults().instead = {};
    expect_locked(ids);
    ASSERT_FALSE(HasFailure()) << "life " << life;
  }
  // And nothing is left that nobody has.
  for (const std::string& id : ids) ensured(id, id);
  for (const std::string& handle : handles) {
    const auto renamed = people_.rename("u", handle, "");
    EXPECT_TRUE(renamed || profile_handle("v") == handle) << handle;
  }
  expect_locked(ids);
}

TEST_P(PeopleTest, ManyWhoWantOneHandleAtOnceGetOneEach) {
  constexpr int kThreads = 6;
  std::vector<std::string> ids;
  for (int i = 0; i < kThreads; ++i) ids.push_back(fmt::format("u{}", i));
  const auto all_at_once = [&](const std::function<void(const std::string&)>& act) {
    std::vector<std::jthread> threads;
    for (const std::string& id : ids) threads.emplace_back([&act, &id] { act(id); });
  };
  all_at_once([&](const std::string& id) { ensured(id, "ann"); });
  expect_locked(ids);
  for (int round = 0; round < 10; ++round) {
    const std::string wanted = fmt::format("h{}", round % 2);
    std::atomic<int> winners = 0;
    all_at_once([&](const std::string& id) {
      const auto renamed = people_.rename(id, wanted, "");
      if (renamed) {
        ++winners;
      } else {
        EXPECT_EQ(reason_of(renamed), RefusalReason::kHandleTaken) << renamed.error().message;
      }
    });
    EXPECT_EQ(winners, 1);
    expect_locked(ids);
  }
}

TEST_P(PeopleTest, TheSamePersonRenamedAtOnceByTwoKeepsOneHandle) {
  ensured("u", "start");
  for (int round = 0; round < 10; ++round) {
    {
      std::vector<std::jthread> threads;
      for (const char* handle : {"a", "b", "c"}) {
        threads.emplace_back([&, handle] { (void)people_.rename("u", handle, ""); });
      }
    }
    ensured("u", "ignored");
    const std::string kept = profile_handle("u");
    EXPECT_EQ(holder(kept), "u");
    for (const std::string other : {"a", "b", "c", "start"}) {
      if (other != kept) {
        EXPECT_EQ(holder(other), "none") << other << " while " << kept;
      }
    }
  }
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
