// Several processes that serve one table: who is online and typing at the others.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "messaging/live/test_live_hub.h"

namespace parley::messaging {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::string online(std::string_view person) {
  return fmt::format(R"(presence {{"user_id":"{}","online":true}})", person);
}
std::string offline(std::string_view person) {
  return fmt::format(R"(presence {{"user_id":"{}","online":false}})", person);
}
std::string types(std::string_view conversation, std::string_view person, bool typing) {
  return fmt::format(R"(typing {{"conversation_id":"{}","user_id":"{}","typing":{}}})",
                     conversation, person, typing);
}

class LiveHubPeers : public testing::Test {
 protected:
  LiveHubPeers() {
    table.members["g"] = {"ann", "bob"};
    table.members["h"] = {"bob", "cat"};
  }
  std::shared_ptr<TestSink> arrive(TestLiveHub& at, std::string_view person) {
    auto sink = at.connect(person);
    backplane.settle();
    static_cast<void>(sink->take());
    return sink;
  }
  /// Time passes for all (the clock is the table's) as it does: not at once.
  void pass(milliseconds time) {
    for (milliseconds left = time; left > milliseconds(0); left -= milliseconds(500)) {
      one.advance(std::min(left, milliseconds(500)));
      two.hub->tick();
      backplane.settle();
    }
  }
  /// Words may have been lost: all is said again.
  void restore() {
    backplane.restore();
    pass(seconds(2));
  }
  /// Without `two`, who is not heard.
  void pass_alone(milliseconds time) {
    for (; time > milliseconds(0); time -= milliseconds(500)) {
      one.advance(std::min(time, milliseconds(500)));
      backplane.settle();
    }
  }
  void settle() {
    one.settle();
    two.settle();
    backplane.settle();
  }

  TestLiveTable table;
  TestBackplane backplane;
  TestLiveHub one{table, backplane, "one"};
  TestLiveHub two{table, backplane, "two"};
};

TEST_F(LiveHubPeers, WhoIsConnectedToAnotherIsOnline) {
  const auto ann = arrive(one, "ann");
  const auto bob = two.connect("bob");
  EXPECT_THAT(bob->take(), ElementsAre(R"(ready {"resumed":false,"online":["ann"]})"));
  EXPECT_THAT(ann->take(), IsEmpty());
  backplane.settle();
  EXPECT_THAT(ann->take(), ElementsAre(online("bob")));
  EXPECT_TRUE(one.hub->is_online("bob"));
  EXPECT_EQ(one.hub->metrics().people, 1u);
  EXPECT_EQ(one.hub->metrics().processes, 1u);
  const auto cat = arrive(one, "cat");
  EXPECT_THAT(bob->take(), ElementsAre(online("cat")));
  bob->leave();
  pass(seconds(9));
  EXPECT_THAT(ann->take(), IsEmpty());
  pass(seconds(1));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
  EXPECT_THAT(cat->take(), ElementsAre(offline("bob")));
  EXPECT_FALSE(one.hub->is_online("bob"));
  EXPECT_FALSE(two.hub->is_online("bob"));
}

TEST_F(LiveHubPeers, WhoMovesToAnotherProcessHasNotBeenAway) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  bob->leave();
  const auto bob_at_one = arrive(one, "bob");
  pass(seconds(11));
  EXPECT_THAT(ann->take(), IsEmpty());
  EXPECT_TRUE(two.hub->is_online("bob"));
  bob_at_one->leave();
  pass(seconds(11));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
}

TEST_F(LiveHubPeers, WhoIsAtTwoIsOfflineWhenBothHaveBeenLeft) {
  const auto ann = arrive(one, "ann");
  const auto bob_at_one = arrive(one, "bob");
  const auto bob_at_two = arrive(two, "bob");
  EXPECT_THAT(ann->take(), ElementsAre(online("bob")));
  bob_at_one->leave();
  pass(seconds(11));
  EXPECT_THAT(ann->take(), IsEmpty());
  bob_at_two->leave();
  pass(seconds(11));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
}

TEST_F(LiveHubPeers, TypingIsSeenElsewhereUntilItEnds) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  two.hub->typing("bob", "g", true);
  backplane.settle();
  EXPECT_THAT(ann->take(), ElementsAre(types("g", "bob", true)));
  two.hub->typing("bob", "g", true);
  two.hub->typing("bob", "h", true);
  backplane.settle();
  EXPECT_THAT(ann->take(), IsEmpty());
  two.hub->typing("bob", "g", false);
  backplane.settle();
  EXPECT_THAT(ann->take(), ElementsAre(types("g", "bob", false)));
  two.hub->typing("bob", "g", true);
  backplane.settle();
  table.say("g", "bob", 1);
  settle();
  EXPECT_THAT(ann->take("typing"), ElementsAre(types("g", "bob", true), types("g", "bob", false)));
  two.hub->typing("bob", "g", true);
  backplane.settle();
  pass(HubSettings{}.typing_time);
  EXPECT_THAT(ann->take("typing"), ElementsAre(types("g", "bob", true), types("g", "bob", false)));
  EXPECT_THAT(bob->take("typing"), IsEmpty());
}

TEST_F(LiveHubPeers, AProcessWhereNobodyIsStillCarriesTyping) {
  const auto ann = arrive(one, "ann");
  two.hub->typing("bob", "g", true);  // its person is connected nowhere, and posts there
  backplane.settle();
  EXPECT_THAT(ann->take(), ElementsAre(types("g", "bob", true)));
}

TEST_F(LiveHubPeers, AProcessThatComesLearnsWhoIsThere) {
  constexpr int kPeople = 1'000;  // more than one word tells, and more than one tick
  table.members["a crowd"] = {"cat"};
  std::vector<std::shared_ptr<TestSink>> crowd;
  for (int n = 0; n < kPeople; ++n) {
    const std::string name = fmt::format("p{}", n);
    table.members["a crowd"].push_back(name);
    for (int m = 0; m < 20; ++m) table.members[fmt::format("c{}-{}", n, m)] = {name};
    crowd.push_back(arrive(n % 2 == 0 ? one : two, name));
  }
  TestLiveHub three(table, backplane, "three");
  pass(seconds(2));
  const auto cat = three.connect("cat");
  const auto words = cat->take();
  ASSERT_THAT(words, SizeIs(1));
  for (int n = 0; n < kPeople; ++n) {
    EXPECT_THAT(words[0], testing::HasSubstr(fmt::format("\"p{}\"", n)));
  }
  EXPECT_EQ(three.hub->metrics().processes, 2u);
  backplane.remove(*three.hub);
}

TEST_F(LiveHubPeers, WhatWasLostIsSaidAgainAndNobodyWhoStayedIsToldOf) {
  table.members["i"] = {"ann", "dan"};
  table.members["j"] = {"ann", "eve"};
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  const auto dan = arrive(two, "dan");
  static_cast<void>(ann->take());
  const auto eve = two.connect("eve");
  dan->leave();
  for (int i = 0; i < 22; ++i) {
    two.advance(milliseconds(500));
    one.hub->tick();
  }
  backplane.lose();
  EXPECT_THAT(ann->take(), IsEmpty());
  restore();
  EXPECT_THAT(ann->take(), UnorderedElementsAre(online("eve"), offline("dan")));
  restore();
  EXPECT_THAT(ann->take(), IsEmpty());
}

TEST_F(LiveHubPeers, WhoFallsSilentIsGoneAndWelcomeBack) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  for (int i = 0; i < 10; ++i) pass(seconds(5));
  EXPECT_THAT(ann->take(), IsEmpty()) << "a sign of life came in time";
  pass_alone(seconds(9));
  EXPECT_THAT(ann->take(), IsEmpty()) << "the last sign was 5 s old at most";
  pass_alone(seconds(6));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
  EXPECT_EQ(one.hub->metrics().processes, 0u);
  pass(seconds(1));
  EXPECT_THAT(ann->take(), ElementsAre(online("bob")));
}

TEST_F(LiveHubPeers, WhoWasStoppedForAWhileForgetsNobody) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  for (const auto away : {seconds(30), seconds(-3'600)}) {
    table.database.clock().advance(away);
    one.hub->tick();  // before it has read what the others said meanwhile
    two.hub->tick();
    pass(seconds(20));
    EXPECT_THAT(ann->take(), IsEmpty());
  }
  pass_alone(seconds(15));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
}

TEST_F(LiveHubPeers, WhoeverIsNewIsAskedWhateverTheySayFirst) {
  const auto ann = arrive(one, "ann");
  for (const std::string_view first :
       {R"({"word":"alive","from":"x1"})", R"({"word":"hello","from":"x2","to":"two"})",
        R"({"word":"hello","from":"x3"})", R"({"word":"people","from":"x4","last":true})",
        R"({"word":"left","from":"x5","person":"bob"})"}) {
    const int asked = backplane.said("hello");
    one.hub->heard(first);
    EXPECT_EQ(backplane.said("hello"), asked + 1) << first;
  }
  const int asked = backplane.said("hello");
  one.hub->heard(R"({"word":"people","from":"x6","first":true,"last":true})");
  one.hub->heard(R"({"word":"gone","from":"x7"})");
  EXPECT_EQ(backplane.said("hello"), asked);
  EXPECT_EQ(one.hub->metrics().processes, 7u);
}

TEST_F(LiveHubPeers, HoweverManyAskAllIsSaidOnceASecond) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  pass(seconds(2));
  const int before = backplane.said("people");
  for (int n = 0; n < 100; ++n) one.hub->heard(R"({"word":"hello","from":"x"})");
  EXPECT_EQ(backplane.said("people"), before + 1);
  pass(milliseconds(500));
  EXPECT_EQ(backplane.said("people"), before + 1);
  pass(seconds(5));
  EXPECT_EQ(backplane.said("people"), before + 2) << "for those who asked after the first";
}

TEST_F(LiveHubPeers, MembershipsAreAsTheStreamSaysNotAsOthersKnewThem) {
  const auto ann = arrive(one, "ann");
  const auto cat = arrive(two, "cat");
  for (const std::string_view person : {"ann", "cat"}) {
    table.put(item_of(MemberItem{.conversation = "new", .person = {.id = std::string(person)}}));
  }
  one.settle();  // `two` has not read it yet
  EXPECT_THAT(ann->take("presence"), ElementsAre(online("cat")));
  restore();
  cat->leave();
  pass(seconds(11));
  EXPECT_THAT(ann->take("presence"), ElementsAre(offline("cat")));
}

TEST_F(LiveHubPeers, AClockThatIsSetBackLosesNobody) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  table.database.clock().advance(-std::chrono::hours(1));
  pass(seconds(25));
  EXPECT_THAT(ann->take(), IsEmpty());
  pass_alone(seconds(15));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
}

TEST_F(LiveHubPeers, WhoStopsSaysSoAndItsPeopleHaveTimeToComeBack) {
  table.members["i"] = {"ann", "dan"};
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  const auto dan = arrive(two, "dan");
  pass(seconds(1));
  static_cast<void>(ann->take());
  two.hub->stop();
  two.hub->tick();  // its last word was the last
  backplane.settle();
  const auto again = arrive(one, "dan");
  pass_alone(seconds(9));
  EXPECT_THAT(ann->take(), IsEmpty());
  pass_alone(seconds(1));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
  EXPECT_EQ(one.hub->metrics().processes, 0u);
}

TEST_F(LiveHubPeers, StreamsOfAnErasedAccountEndEverywhere) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(one, "bob");
  table.put(R"({"pk":{"S":"USR#bob"},"sk":{"S":"PROFILE"},"display_name":{"S":"Gone"},)"
            R"("erased_at":{"S":"2026-01-01T00:00:00.000000+00:00"}})");
  settle();
  EXPECT_TRUE(bob->closed);
  EXPECT_FALSE(ann->closed);
}

TEST_F(LiveHubPeers, WhoMeetsInAConversationLearnsOfOthersElsewhere) {
  const auto ann = arrive(one, "ann");
  const auto cat = arrive(two, "cat");
  EXPECT_THAT(ann->take(), IsEmpty());
  for (const std::string_view person : {"ann", "cat"}) {
    table.put(item_of(MemberItem{.conversation = "new", .person = {.id = std::string(person)}}));
  }
  settle();
  EXPECT_THAT(ann->take("presence"), ElementsAre(online("cat")));
  EXPECT_THAT(cat->take("presence"), ElementsAre(online("ann")));
  table.erase("CNV#new", "MBR#cat");
  settle();
  cat->leave();
  pass(seconds(11));
  EXPECT_THAT(ann->take("presence"), IsEmpty()) << "they share nothing any more";
}

TEST_F(LiveHubPeers, WhatAnIdleProcessMissedIsAskedForWhenSomebodyComes) {
  const auto cat = arrive(two, "cat");
  pass(std::chrono::minutes(2));
  table.members["new"] = {"ann", "cat"};
  table.put(item_of(MemberItem{.conversation = "new", .person = {.id = "cat"}}));
  settle();
  const auto ann = one.connect("ann");
  pass(seconds(2));
  EXPECT_THAT(ann->take("presence"), ElementsAre(online("cat")));
  EXPECT_THAT(cat->take("presence"), ElementsAre(online("ann")));
  cat->leave();
  pass(seconds(11));
  EXPECT_THAT(ann->take("presence"), ElementsAre(offline("cat")));
}

TEST_F(LiveHubPeers, WhatIsNoWordIsPassedOver) {
  const auto ann = arrive(one, "ann");
  for (const std::string_view text :
       {"", "nonsense", R"({"word":"left","from":"nobody","person":"ann"})",
        R"({"word":"people","from":"x","people":[{"id":""}]})",
        R"({"word":"people","from":"x","last":true})",
        R"({"word":"left","from":"two","person":"ann"})"}) {
    one.hub->heard(text);
  }
  backplane.settle();
  EXPECT_TRUE(one.hub->is_online("ann"));
  EXPECT_THAT(ann->take(), IsEmpty());
}

// Whatever is lost: after everything has been said again all processes know who is where, and
// everybody's events add up to it.
TEST_F(LiveHubPeers, AllAgreeInTheEndWhateverWasLost) {
  const std::vector<std::string> names{"ann", "bob", "cat", "dan", "eve"};
  const std::vector<std::string> others(names.begin() + 1, names.end());
  const std::vector<std::string> rooms{"r1", "r2", "r3"};
  table.members.clear();
  TestLiveHub three(table, backplane, "three");
  const std::vector<TestLiveHub*> hubs{&one, &two, &three};
  std::mt19937 random(7);
  const auto any = [&](const auto& from) -> const auto& { return from[random() % from.size()]; };
  std::multimap<std::string, std::shared_ptr<TestSink>> connected;
  const auto watcher = arrive(one, "ann");
  std::set<std::string> seen;
  const auto come_or_go = [&](const std::string& room, const std::string& name) {
    auto& members = table.members[room];
    if (std::erase(members, name) > 0) {
      table.erase("CNV#" + room, "MBR#" + name);
    } else {
      members.push_back(name);
      table.put(item_of(MemberItem{.conversation = room, .person = {.id = name}}));
    }
  };
  const auto shares_room = [&](const std::string& name) {
    return std::ranges::any_of(table.members, [&](const auto& room) {
      return std::ranges::count(room.second, name) + std::ranges::count(room.second, "ann") == 2;
    });
  };
  const auto watch = [&] {
    for (const std::string& event : watcher->take("presence")) {
      const std::string name = event.substr(event.find("\":\"") + 3, 3);
      if (event.ends_with("true}")) {
        seen.insert(name);
      } else {
        seen.erase(name);
      }
    }
  };
  for (int round = 0; round < 100; ++round) {
    for (int step = 0; step < 12; ++step) {
      const std::string& name = any(others);
      switch (random() % 7) {
        case 0:
          connected.emplace(name, any(hubs)->connect(name));
          break;
        case 1:
          if (const auto found = connected.find(name); found != connected.end()) {
            found->second->leave();
            connected.erase(found);
          }
          break;
        case 2:
        case 3:
          for (std::size_t n = random() % 24; n > 0; --n) {
            table.database.clock().advance(milliseconds(500));
            for (TestLiveHub* hub : hubs) hub->hub->tick();
          }
          if (random() % 2 == 0) backplane.lose();
          break;
        case 4:
          for (TestLiveHub* hub : hubs) hub->settle();
          come_or_go(any(rooms), any(names));
          for (TestLiveHub* hub : hubs) hub->settle();
          break;
        default:
          backplane.settle();
      }
    }
    for (int n = 0; n < 30; ++n) {
      if (n == 22) backplane.restore();
      table.database.clock().advance(milliseconds(500));
      for (TestLiveHub* hub : hubs) hub->hub->tick();
      backplane.settle();
    }
    watch();
    for (const std::string& name : names) {
      const bool is_there = name == "ann" || connected.contains(name);
      for (const TestLiveHub* hub : hubs) EXPECT_EQ(hub->hub->is_online(name), is_there) << name;
      if (name == "ann") continue;
      if (!shares_room(name)) {
        seen.erase(name);  // as clients do
      } else {
        EXPECT_EQ(seen.contains(name), is_there) << name << " in round " << round;
      }
    }
  }
  backplane.remove(*three.hub);
}

}  // namespace
}  // namespace parley::messaging
