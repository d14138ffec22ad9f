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
  /// Time passes for all: the clock is the table's.
  void pass(milliseconds time) {
    one.advance(time);
    two.hub->tick();
    backplane.settle();
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
  constexpr int kPeople = 300;  // more than one word tells
  table.members["a crowd"] = {"cat"};
  std::vector<std::shared_ptr<TestSink>> crowd;
  for (int n = 0; n < kPeople; ++n) {
    const std::string name = fmt::format("p{}", n);
    table.members["a crowd"].push_back(name);
    for (int m = 0; m < 20; ++m) table.members[fmt::format("c{}-{}", n, m)] = {name};
    crowd.push_back(arrive(n % 2 == 0 ? one : two, name));
  }
  TestLiveHub three(table, backplane, "three");
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
  two.advance(seconds(11));
  one.hub->tick();
  backplane.lose();
  EXPECT_THAT(ann->take(), IsEmpty());
  backplane.restore();
  EXPECT_THAT(ann->take(), UnorderedElementsAre(online("eve"), offline("dan")));
  backplane.restore();
  EXPECT_THAT(ann->take(), IsEmpty());
}

TEST_F(LiveHubPeers, WhoFallsSilentIsGoneAndWelcomeBack) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  for (int i = 0; i < 10; ++i) pass(seconds(5));
  EXPECT_THAT(ann->take(), IsEmpty()) << "a sign of life came in time";
  one.advance(seconds(14));
  EXPECT_THAT(ann->take(), IsEmpty());
  one.advance(seconds(1));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
  EXPECT_EQ(one.hub->metrics().processes, 0u);
  backplane.lose();
  pass(seconds(0));
  EXPECT_THAT(ann->take(), ElementsAre(online("bob")));
}

TEST_F(LiveHubPeers, AClockThatIsSetBackLosesNobody) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  table.database.clock().advance(-std::chrono::hours(1));
  for (int i = 0; i < 5; ++i) pass(seconds(5));
  EXPECT_THAT(ann->take(), IsEmpty());
  one.advance(seconds(15));
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
}

TEST_F(LiveHubPeers, WhoStopsSaysSo) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(two, "bob");
  static_cast<void>(ann->take());
  two.hub->stop();
  backplane.settle();
  EXPECT_THAT(ann->take(), ElementsAre(offline("bob")));
  EXPECT_EQ(one.hub->metrics().processes, 0u);
}

TEST_F(LiveHubPeers, WhoMayBeConnectedNoLongerIsDisconnectedEverywhere) {
  const auto ann = arrive(one, "ann");
  const auto bob = arrive(one, "bob");
  two.hub->disconnect("bob");
  backplane.settle();
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
  backplane.settle();
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
  table.members["all"] = names;
  TestLiveHub three(table, backplane, "three");
  const std::vector<TestLiveHub*> hubs{&one, &two, &three};
  std::mt19937 random(7);
  const auto draw = [&](std::size_t n) { return random() % n; };
  std::multimap<std::string, std::shared_ptr<TestSink>> connected;
  const auto watcher = arrive(one, "ann");
  std::set<std::string> seen;
  for (int round = 0; round < 60; ++round) {
    for (int step = 0; step < 10; ++step) {
      const std::string& name = names[1 + draw(names.size() - 1)];
      switch (draw(5)) {
        case 0:
          connected.emplace(name, hubs[draw(hubs.size())]->connect(name));
          break;
        case 1:
          if (const auto found = connected.find(name); found != connected.end()) {
            found->second->leave();
            connected.erase(found);
          }
          break;
        case 2:
          table.database.clock().advance(seconds(draw(8)));
          for (TestLiveHub* hub : hubs) hub->hub->tick();
          break;
        case 3:
          backplane.lose();
          break;
        default:
          backplane.settle();
      }
    }
    table.database.clock().advance(seconds(10));
    for (TestLiveHub* hub : hubs) hub->hub->tick();
    backplane.restore();
    for (const std::string& event : watcher->take("presence")) {
      const bool is_online = event.ends_with("true}");
      const std::string name = event.substr(event.find("\":\"") + 3, 3);
      EXPECT_EQ(seen.contains(name), !is_online) << "told of what had been told";
      if (is_online) {
        seen.insert(name);
      } else {
        seen.erase(name);
      }
    }
    for (const std::string& name : names) {
      const bool is_there = name == "ann" || connected.contains(name);
      for (const TestLiveHub* hub : hubs) EXPECT_EQ(hub->hub->is_online(name), is_there) << name;
      EXPECT_EQ(name == "ann" || seen.contains(name), is_there) << name;
    }
  }
  backplane.remove(*three.hub);
}

}  // namespace
}  // namespace parley::messaging
