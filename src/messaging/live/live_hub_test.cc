// Who is told what, and when.
#include "messaging/live/live_hub.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "messaging/live/test_live_hub.h"
#include "messaging/refusal.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LiveHubFacts : public testing::Test {
 protected:
  LiveHubFacts() {
    table.members["g"] = {"ann", "bob"};
    table.members["h"] = {"bob", "cat"};
  }
  /// Connected, and done with the first words.
  std::shared_ptr<TestSink> arrive(std::string_view person) {
    auto sink = live.connect(person);
    sink->take();
    return sink;
  }
  void settle() { live.settle(); }

  TestLiveTable table;
  TestLiveHub live{table};
};

MemberItem member(std::string_view conversation, std::string_view user) {
  return {.conversation = std::string(conversation), .person = {.id = std::string(user)}};
}

TEST_F(LiveHubFacts, FirstWordsAreReadyWithThoseOnlineInOnesConversations) {
  const auto bob = live.connect("bob");
  EXPECT_THAT(bob->take(), ElementsAre(R"(ready {"resumed":false,"online":[]})"));
  EXPECT_FALSE(bob->last_id.empty());
  const auto cat = live.connect("cat");
  const auto ann = live.connect("ann");
  EXPECT_THAT(ann->take(), ElementsAre(R"(ready {"resumed":false,"online":["bob"]})"));
  const auto again = live.connect("bob");
  EXPECT_THAT(again->take(), ElementsAre(R"(ready {"resumed":false,"online":["ann","cat"]})"));
}

TEST_F(LiveHubFacts, AStreamEndsWithItsToken) {
  TimestampMicros until = table.database.clock().now() + 90'000'000;
  const auto bob = std::make_shared<TestSink>();
  ASSERT_TRUE(live.hub->connect("bob", "", bob, until));
  const auto for_ever = arrive("bob");
  bob->take();
  live.advance(seconds(89));
  table.say("g", "ann", 1);
  settle();
  EXPECT_THAT(bob->take("message"), testing::SizeIs(1));
  EXPECT_FALSE(bob->closed);
  live.advance(seconds(1));
  table.say("g", "ann", 2);
  settle();
  EXPECT_THAT(bob->take("message"), IsEmpty());
  EXPECT_TRUE(bob->closed);
  EXPECT_THAT(for_ever->take("message"), testing::SizeIs(2));
  EXPECT_FALSE(for_ever->closed);
  // And where nothing is to be told, with a heartbeat.
  until = table.database.clock().now() + 1'000'000;
  const auto silent = std::make_shared<TestSink>();
  ASSERT_TRUE(live.hub->connect("cat", "", silent, until));
  live.advance(HubSettings{}.heartbeat);
  EXPECT_TRUE(silent->closed);
}

TEST_F(LiveHubFacts, WhoIsDisconnectedHearsNoMore) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  live.hub->disconnect("ann");
  live.hub->disconnect("nobody");
  EXPECT_TRUE(ann->closed);
  EXPECT_FALSE(bob->closed);
}

TEST_F(LiveHubFacts, AnItemThatNamesNoConversationIsToldToNobody) {
  const auto ann = arrive("ann");
  for (const std::string_view pk : {"CNV#", "MSG#", "CNV#g"}) {
    const std::string_view sk = pk == "CNV#g" ? "MBR#" : "MBR#ann";
    table.put(fmt::format(R"({{"pk":{{"S":"{}"}},"sk":{{"S":"{}"}}}})", pk, sk));
    table.erase(pk, sk);
  }
  settle();
  EXPECT_THAT(ann->take(), IsEmpty());
}

// A stream of several shards, by hand.
TEST(LiveHub, TellsANewcomerWhatWasSaidBeforeTheMembershipCameFromItsShard) {
  TestLiveTable table;
  table.members["g"] = {"ann"};
  LiveHub hub(sources_of(table), {});
  hub.begins("arn", {{"shardId-1", "1"}, {"shardId-2", "1"}});
  const auto ann = std::make_shared<TestSink>();
  const auto bob = std::make_shared<TestSink>();
  ASSERT_TRUE(hub.connect("ann", "", ann));
  ASSERT_TRUE(hub.connect("bob", "", bob));
  static_cast<void>(bob->take());
  simdjson::dom::parser parser;
  client::StreamPositions positions{{"shardId-1", "1"}, {"shardId-2", "1"}};
  const auto give = [&](std::string_view shard, std::string_view number, std::int64_t second,
                        const std::string& item) {
    const simdjson::dom::element image = parser.parse(item);
    positions.insert_or_assign(std::string(shard), std::string(number));
    const std::vector<client::StreamRecord> records{{.sequence_number = number,
                                                     .event = "INSERT",
                                                     .created_at_s = second,
                                                     .keys = image,
                                                     .new_image = image}};
    return hub.handle({.shard_id = shard, .records = records, .positions = positions});
  };
  const auto said = [](std::string_view id, std::string_view time) {
    return item_of(Message{.id = std::string(id),
                           .conversation = "g",
                           .sort_key = std::string(time),
                           .sender = {.id = "ann"},
                           .text = std::string(id)});
  };
  ASSERT_TRUE(give("shardId-1", "2", 99, said("long ago", "2026-01-01T00:00:09+00:00")));
  ASSERT_TRUE(give("shardId-1", "3", 100, said("before", "2026-01-01T00:00:10.1+00:00")));
  ASSERT_TRUE(give("shardId-1", "4", 100, said("after", "2026-01-01T00:00:10.3+00:00")));
  EXPECT_THAT(bob->take("message"), IsEmpty());
  const std::string place = bob->last_id;
  ASSERT_TRUE(give("shardId-2", "2", 100,
                   item_of(MemberItem{.conversation = "g",
                                      .person = {.id = "bob"},
                                      .joined_at = "2026-01-01T00:00:10.2+00:00"})));
  EXPECT_THAT(bob->take("message"), ElementsAre(HasSubstr(R"("text":"after")")));
  // Who comes back from before is told the same.
  const auto again = std::make_shared<TestSink>();
  ASSERT_TRUE(hub.connect("bob", place, again));
  EXPECT_THAT(again->take("message"), ElementsAre(HasSubstr(R"("text":"after")")));
}

TEST(LiveHub, ThatFollowsTheStreamIsWaitedFor) {
  TestLiveTable table;
  LiveHub hub(sources_of(table), {});
  hub.wait_until_following(std::chrono::milliseconds(1));  // and no longer
  const auto early = std::make_shared<TestSink>();
  ASSERT_TRUE(hub.connect("ann", "", early));
  EXPECT_EQ(early->last_id, "");
  client::StreamWalk walk(table.database, table.database.clock(), hub,
                          {.table = "cruddur-messages"});
  {
    const std::jthread follower([&] { walk.advance(); });
    hub.wait_until_following(std::chrono::hours(1));
  }
  const auto late = std::make_shared<TestSink>();
  ASSERT_TRUE(hub.connect("ann", "", late));
  EXPECT_NE(late->last_id, "");
}

TEST_F(LiveHubFacts, AMessageReachesItsMembersAndNobodyElse) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  const auto bobs_other_screen = arrive("bob");
  const auto cat = arrive("cat");
  for (const auto& sink : {ann, bob, bobs_other_screen, cat}) sink->take();
  table.say("g", "ann", 1);
  settle();
  const std::string expected =
      R"(message {"id":"m1","conversation_id":"g","sender":{"id":"ann","handle":"ann",)"
      R"("display_name":"Name of ann"},"text":"g 1","created_at":"2026-01-01T00:00:00.000001Z",)"
      R"("reactions":[]})";
  EXPECT_THAT(ann->take(), ElementsAre(expected));
  EXPECT_THAT(bob->take(), ElementsAre(expected));
  EXPECT_THAT(bobs_other_screen->take(), ElementsAre(expected));
  EXPECT_THAT(cat->take(), IsEmpty());
}

TEST_F(LiveHubFacts, AClientTokenIsForItsSenderAlone) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  table.say("g", "ann", 1, "token-1");
  settle();
  EXPECT_THAT(ann->take("message"), ElementsAre(HasSubstr(R"("client_token":"token-1")")));
  EXPECT_THAT(bob->take("message"), ElementsAre(Not(HasSubstr("token"))));
}

TEST_F(LiveHubFacts, EditsComeAndWhatExpiresDoesNot) {
  const auto ann = arrive("ann");
  Message message{.id = "m", .conversation = "g", .sort_key = iso_utc(0), .sender = {.id = "bob"}};
  message.text = "first";
  table.put(item_of(message));
  settle();
  message.text = "second";
  message.edited_at = iso_utc(1'000'000);
  message.reactions = {{.emoji = "👍", .user_ids = {"ann"}}};
  table.put(item_of(message));
  settle();
  table.erase("MSG#g", iso_utc(0));
  settle();
  EXPECT_THAT(ann->take(),
              ElementsAre(HasSubstr("first"),
                          testing::AllOf(HasSubstr("second"), HasSubstr("edited_at"),
                                         HasSubstr(R"({"emoji":"👍","user_ids":["ann"]})"))));
}

TEST_F(LiveHubFacts, ReadingTellsTheReaderTheCountAndTheOthersTheMarker) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  ann->take();
  MemberItem anns = member("g", "ann");
  anns.unread = 150;
  table.put(item_of(anns));
  settle();
  EXPECT_THAT(ann->take(),
              ElementsAre(R"(conversation {"conversation_id":"g","unread":100,"muted":false,)"
                          R"("role":"member"})"));
  EXPECT_THAT(bob->take(), IsEmpty());
  anns.unread = 0;
  anns.last_read_sk = iso_utc(5);
  table.put(item_of(anns));
  settle();
  EXPECT_THAT(
      ann->take(),
      ElementsAre(
          R"(conversation {"conversation_id":"g","unread":0,)"
          R"("last_read_at":"1970-01-01T00:00:00.000005Z","muted":false,"role":"member"})"));
  EXPECT_THAT(bob->take(), ElementsAre(R"(read {"conversation_id":"g","user_id":"ann",)"
                                       R"("last_read_at":"1970-01-01T00:00:00.000005Z"})"));
  anns.row_sk = iso_utc(9);  // nothing that anybody sees
  table.put(item_of(anns));
  settle();
  EXPECT_THAT(ann->take(), IsEmpty());
  EXPECT_THAT(bob->take(), IsEmpty());
  anns.muted = true;
  table.put(item_of(anns));
  settle();
  EXPECT_THAT(ann->take(), ElementsAre(HasSubstr(R"("muted":true)")));
  EXPECT_THAT(bob->take(), IsEmpty());
}

TEST_F(LiveHubFacts, ARenamedGroupIsToldOnce) {
  const auto ann = arrive("ann");
  ConversationMeta meta{.conversation = "g", .kind = ConversationKind::kGroup, .title = "one"};
  table.put(item_of(meta));
  settle();
  EXPECT_THAT(ann->take(), IsEmpty());
  meta.title = "two";
  table.put(item_of(meta));
  settle();
  EXPECT_THAT(ann->take(),
              ElementsAre(R"(group {"conversation_id":"g","title":"two","member_count":0})"));
  meta.preview = "a message came";
  table.put(item_of(meta));
  settle();
  EXPECT_THAT(ann->take(), IsEmpty());
}

TEST_F(LiveHubFacts, WhoLeavesIsToldAndHearsNoMore) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  table.put(item_of(member("g", "bob")));
  table.say("g", "ann", 1);
  settle();
  ann->take();
  bob->take();
  table.erase("CNV#g", "MBR#bob");
  settle();
  EXPECT_THAT(ann->take(), ElementsAre(R"(left {"conversation_id":"g","user_id":"bob"})"));
  EXPECT_THAT(bob->take(), ElementsAre(R"(left {"conversation_id":"g","user_id":"bob"})"));
  table.say("g", "ann", 2);
  settle();
  EXPECT_THAT(ann->take().size(), 1U);
  EXPECT_THAT(bob->take(), IsEmpty());
}

TEST_F(LiveHubFacts, WhoJoinsHearsFromThenOnAndMeetsTheOthers) {
  const auto ann = arrive("ann");
  const auto cat = arrive("cat");
  table.say("g", "ann", 1);
  settle();
  ann->take();
  EXPECT_THAT(cat->take(), IsEmpty());
  MemberItem newcomer = member("g", "cat");
  newcomer.joined_at = "2026-01-01T00:00:00.000002+00:00";  // after that message
  table.put(item_of(newcomer));
  settle();
  EXPECT_THAT(ann->take(), ElementsAre(R"(presence {"user_id":"cat","online":true})"));
  EXPECT_THAT(cat->take(),
              ElementsAre(R"(presence {"user_id":"ann","online":true})",
                          R"(conversation {"conversation_id":"g","unread":0,"muted":false,)"
                          R"("role":"member"})"));
  table.say("g", "ann", 2);
  settle();
  EXPECT_THAT(cat->take().size(), 1U);
}

TEST_F(LiveHubFacts, AFailingDirectoryLosesAndDoublesNothing) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  ann->take();
  MemberItem anns = member("g", "ann");
  anns.unread = 1;
  for (int failures = 1; failures < 4; ++failures) {
    live.hub->gap("so that members are loaded again");
    live.hub->begins(live.walk.stream_arn(), live.walk.positions());
    ann->take();
    bob->take();
    table.loads_fail = failures;
    table.say("g", "ann", failures);
    table.say("h", "bob", failures);
    anns.unread = failures;
    table.put(item_of(anns));
    settle();
    EXPECT_THAT(ann->take("message").size(), 1U);
    EXPECT_THAT(bob->take("message").size(), 2U);
  }
}

TEST_F(LiveHubFacts, PresenceIsToldOnceForAllConnectionsAndAfterAGrace) {
  const auto ann = arrive("ann");
  const auto cat = arrive("cat");
  const auto bob = arrive("bob");
  EXPECT_THAT(ann->take(), ElementsAre(R"(presence {"user_id":"bob","online":true})"));
  EXPECT_THAT(cat->take(), ElementsAre(R"(presence {"user_id":"bob","online":true})"));
  const auto other_screen = arrive("bob");
  bob->leave();
  live.advance(seconds(30));
  EXPECT_TRUE(live.hub->is_online("bob"));
  other_screen->leave();
  live.advance(milliseconds(9'999));
  EXPECT_THAT(ann->take("presence"), IsEmpty());
  const auto back = arrive("bob");  // just in time
  live.advance(seconds(60));
  EXPECT_THAT(ann->take("presence"), IsEmpty());
  back->leave();
  live.advance(seconds(10));
  EXPECT_THAT(ann->take("presence"), ElementsAre(R"(presence {"user_id":"bob","online":false})"));
  EXPECT_THAT(cat->take("presence"), ElementsAre(R"(presence {"user_id":"bob","online":false})"));
  EXPECT_FALSE(live.hub->is_online("bob"));
}

TEST_F(LiveHubFacts, PresenceIsNotForStrangers) {
  const auto ann = arrive("ann");
  const auto cat = arrive("cat");
  EXPECT_THAT(ann->take(), IsEmpty());
  cat->leave();
  live.advance(seconds(20));
  EXPECT_THAT(ann->take("presence"), IsEmpty());
}

TEST_F(LiveHubFacts, TypingIsToldToTheOthersAndEndsByItself) {
  const auto ann = arrive("ann");
  const auto bob = arrive("bob");
  const auto cat = arrive("cat");
  for (const auto& sink : {ann, bob, cat}) sink->take();
  const auto typing = [](bool on) {
    return fmt::format(R"(typing {{"conversation_id":"g","user_id":"ann","typing":{}}})", on);
  };
  live.hub->typing("ann", "g", true);
  EXPECT_THAT(bob->take(), ElementsAre(typing(true)));
  live.advance(seconds(4));
  live.hub->typing("ann", "g", true);  // goes on: not told again
  live.advance(milliseconds(5'999));
  EXPECT_THAT(bob->take(), IsEmpty());
  live.advance(milliseconds(1));
  EXPECT_THAT(bob->take(), ElementsAre(typing(false)));
  live.hub->typing("ann", "g", true);
  live.hub->typing("ann", "g", false);
  live.hub->typing("ann", "g", false);
  EXPECT_THAT(bob->take(), ElementsAre(typing(true), typing(false)));
  EXPECT_THAT(ann->take("typing"), IsEmpty());
  EXPECT_THAT(cat->take("typing"), IsEmpty());
}

TEST_F(LiveHubFacts, AMessageEndsItsSendersTyping) {
  const auto bob = arrive("bob");
  live.hub->typing("ann", "g", true);
  table.say("g", "ann", 1);
  settle();
  EXPECT_THAT(bob->take(), ElementsAre(HasSubstr(R"("typing":true)"),
                                       HasSubstr(R"("typing":false)"), HasSubstr("message")));
  live.advance(seconds(7));
  EXPECT_THAT(bob->take(), IsEmpty());
}

TEST_F(LiveHubFacts, AHeartbeatComesEveryTwentySecondsAndMovesTheId) {
  const auto ann = arrive("ann");
  const std::string first_id = ann->last_id;
  live.advance(milliseconds(19'999));
  EXPECT_EQ(ann->comments, 0);
  table.say("h", "bob", 1);  // not for ann
  settle();
  EXPECT_EQ(ann->last_id, first_id);
  live.advance(milliseconds(1));
  EXPECT_EQ(ann->comments, 1);
  EXPECT_NE(ann->last_id, first_id);
  EXPECT_THAT(ann->take(), IsEmpty());
  for (int i = 0; i < 4; ++i) live.advance(seconds(10));
  EXPECT_EQ(ann->comments, 3);
  table.database.clock().advance(seconds(-3'600));  // set back
  live.advance(seconds(0));
  EXPECT_EQ(ann->comments, 4);
  live.advance(seconds(20));
  EXPECT_EQ(ann->comments, 5);
}

TEST(LiveHub, ConnectionsAreLimitedByPersonAndInAll) {
  TestLiveTable table;
  TestLiveHub live(table, {.connections_max = 4, .connections_of_person_max = 2});
  const auto first = live.connect("ann");
  const auto second = live.connect("ann");
  const auto refused = live.hub->connect("ann", "", std::make_shared<TestSink>());
  ASSERT_FALSE(refused);
  ASSERT_NE(refusal_of(refused.error()), nullptr);
  EXPECT_EQ(refusal_of(refused.error())->reason, RefusalReason::kRateLimited);
  EXPECT_TRUE(refusal_of(refused.error())->retry_after_s.has_value());
  first->leave();
  const auto third = live.connect("ann");
  const auto bob = live.connect("bob");
  const auto cat = live.connect("cat");
  EXPECT_FALSE(live.hub->connect("dan", "", std::make_shared<TestSink>()));
  EXPECT_EQ(live.hub->metrics().connections, 4U);
  EXPECT_EQ(live.hub->metrics().people, 3U);
}

TEST_F(LiveHubFacts, AGapTellsEverybodyToReadAgain) {
  const auto ann = arrive("ann");
  live.hub->gap("test");
  EXPECT_THAT(ann->take(), IsEmpty());
  live.hub->begins(live.walk.stream_arn(), live.walk.positions());
  EXPECT_THAT(ann->take(), ElementsAre(R"(ready {"resumed":false,"online":[]})"));
}

TEST_F(LiveHubFacts, WhileNobodyIsConnectedNobodysMembersAreLoaded) {
  table.say("g", "ann", 1);
  settle();
  EXPECT_EQ(table.loads, 0);
  const auto ann = arrive("ann");
  table.say("g", "ann", 2);
  settle();
  EXPECT_EQ(ann->take("message").size(), 1U);
  EXPECT_EQ(table.loads, 1);
  ann->leave();
  table.say("g", "ann", 3);
  settle();
  EXPECT_EQ(table.loads, 1);
  live.advance(seconds(61));
  table.say("g", "ann", 4);
  settle();
  // What was known is not trusted after a time without listening.
  table.members["g"] = {"bob"};
  const auto again = arrive("ann");
  table.say("g", "bob", 5);
  settle();
  EXPECT_THAT(again->take("message"), IsEmpty());
  EXPECT_EQ(table.loads, 2);
}

TEST_F(LiveHubFacts, StopClosesStreamsAndTakesNoMore) {
  const auto ann = arrive("ann");
  live.hub->start();
  live.hub->stop();
  EXPECT_TRUE(ann->closed);
  EXPECT_FALSE(live.hub->connect("bob", "", std::make_shared<TestSink>()));
  live.hub.reset();
  ann->leave();  // finds nobody
}

}  // namespace
}  // namespace parley::messaging
