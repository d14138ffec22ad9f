// People when processes die, stall and meet.
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

class PeopleKillTest : public PeopleTest {};
INSTANTIATE_TEST_SUITE_P(On, PeopleKillTest, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(PeopleKillTest, AHandleIsNeitherDoubledNorLostByAKillWhileItIsClaimed) {
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

TEST_P(PeopleKillTest, AKilledRenameLeavesOneHandleAndNothingTaken) {
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

TEST_P(PeopleKillTest, ALeftoverLockMayBeTakenBeforeItsHolderComesBack) {
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

TEST_P(PeopleKillTest, AKilledErasureIsBroughtToItsEnd) {
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

TEST_P(PeopleKillTest, AWriteThatArrivesTwiceDoesNoHarm) {
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

TEST_P(PeopleKillTest, ANameAndAMovingRowCannotMissEachOther) {
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

TEST_P(PeopleKillTest, GeneratedLivesWithKillsNeverShareAHandle) {
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

TEST_P(PeopleKillTest, AClaimThatIsMadeAgainIsAnotherClaim) {
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

TEST_P(PeopleKillTest, WhoStallsAtAnyStepAndIsOvertakenByManyDoesNoHarm) {
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

TEST_P(PeopleKillTest, ManyWhoWantOneHandleAtOnceGetOneEach) {
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

TEST_P(PeopleKillTest, TheSamePersonRenamedAtOnceByTwoKeepsOneHandle) {
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

}  // namespace
}  // namespace parley::messaging
