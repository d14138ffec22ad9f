#include "messaging/domain/messages.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "messaging/domain/handles.h"
#include "messaging/domain/people.h"
#include "messaging/domain/test_faults.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimestampMicros kNow = 1'767'323'045'678'000;  // the test table's clock
constexpr std::string_view kNowText = "2026-01-02T03:04:05.678000+00:00";

template <class T>
std::optional<RefusalReason> reason_of(const Result<T>& result) {
  const Refusal* refusal = result ? nullptr : refusal_of(result.error());
  return refusal == nullptr ? std::nullopt : std::optional(refusal->reason);
}

std::vector<std::string> texts_of(const std::vector<Message>& messages) {
  std::vector<std::string> texts;
  for (const Message& each : messages) texts.push_back(each.text);
  return texts;
}

class MessagesTest : public testing::TestWithParam<TestDatabase> {
 protected:
  void SetUp() override {
    for (const char* user : {"ann", "bob", "cy"}) table_.add_person(user);
    make_conversation("g", ConversationKind::kDirect, {"ann", "bob"});
  }

  void make_conversation(const std::string& g, ConversationKind kind,
                         const std::vector<std::string>& users) {
    table_.put(item_of(ConversationMeta{
        .conversation = g, .kind = kind, .member_count = static_cast<long>(users.size())}));
    for (const std::string& user : users) {
      const bool owns = kind == ConversationKind::kGroup && user == users.front();
      table_.put(item_of(MemberItem{.conversation = g,
                                    .person = {user, user, "Name of " + user},
                                    .role = owns ? MemberRole::kOwner : MemberRole::kMember}));
    }
  }
  Message sent(std::string_view user, std::string_view text, NewMessage rest = {}) {
    rest.text = text;
    const auto sent = messages_.send(user, "g", rest);
    EXPECT_TRUE(sent) << sent.error().message;
    return sent ? sent->message : Message{};
  }
  std::vector<std::string> stored(std::string_view g = "g") {
    return table_.items(fmt::format("MSG#{}", g));
  }
  void put_foreign(std::string_view id, std::string_view sort_key, std::string_view text) {
    table_.put(item_of(Message{.id = std::string(id),
                               .conversation = "g",
                               .sort_key = std::string(sort_key),
                               .sender = {"bob", "bob", "Bob"},
                               .text = std::string(text)}));
  }

  TestMessagingTable table_{GetParam()};
  Messages messages_{table_.domain()};
};
INSTANTIATE_TEST_SUITE_P(On, MessagesTest, testing::ValuesIn(test_databases()), test_database_name);

TEST_P(MessagesTest, ASentMessageIsTheFoundingDocumentsItem) {
  const Message message = sent("ann", "hello");
  EXPECT_EQ(table_.item("MSG#g", kNowText),
            fmt::format(R"({{"message":{{"S":"hello"}},"message_uuid":{{"S":"{}"}},)"
                        R"("pk":{{"S":"MSG#g"}},"sk":{{"S":"{}"}},)"
                        R"("user_display_name":{{"S":"Name of ann"}},"user_handle":{{"S":"ann"}},)"
                        R"("user_uuid":{{"S":"ann"}}}})",
                        message.id, kNowText));
  EXPECT_EQ(time_of_message_id(message.id), kNow);
  EXPECT_EQ(message.sort_key, kNowText);
}

TEST_P(MessagesTest, EachMessageIsAMicrosecondLaterWhereTheClockStands) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sent("ann", fmt::format("{}", i)).sort_key, iso_utc(kNow + i));
  }
  EXPECT_THAT(stored(), SizeIs(5));
}

TEST_P(MessagesTest, AnotherProcessesMessageInTheSameMicrosecondIsNotOverwritten) {
  MessageTimes others(table_.clock());
  Domain& domain = table_.domain();
  Domain other{.database = domain.database,
               .reads = domain.reads,
               .clock = domain.clock,
               .random = domain.random,
               .times = others,
               .settings = domain.settings,
               .pause = domain.pause};
  ASSERT_TRUE(Messages(other).send("bob", "g", {.text = "1"}));
  ASSERT_TRUE(Messages(other).send("bob", "g", {.text = "2", .client_token = "t"}));
  EXPECT_EQ(sent("ann", "3").sort_key, iso_utc(kNow + 2));
  ASSERT_TRUE(Messages(other).send("bob", "g", {.text = "4"}));
  const auto fifth = messages_.send("ann", "g", {.text = "5", .client_token = "t"});
  ASSERT_TRUE(fifth) << fifth.error().message;
  EXPECT_FALSE(fifth->was_there);
  EXPECT_EQ(time_of_message_id(fifth->message.id), kNow + 4);
  EXPECT_THAT(stored(), SizeIs(5));
  const auto again = messages_.send("ann", "g", {.text = "5", .client_token = "t"});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_there);
  EXPECT_EQ(again->message.id, fifth->message.id);
}

TEST_P(MessagesTest, WhoIsNotAMemberLearnsAndDoesNothing) {
  const Message message = sent("ann", "hello");
  for (const char* g : {"g", "nowhere"}) {
    EXPECT_EQ(reason_of(messages_.send("cy", g, {.text = "x"})), RefusalReason::kNotAMember);
    EXPECT_EQ(reason_of(messages_.history("cy", g, {}, 10)), RefusalReason::kNotAMember);
    EXPECT_EQ(reason_of(messages_.get("cy", g, message.id)), RefusalReason::kNotAMember);
    EXPECT_EQ(reason_of(messages_.edit("cy", g, message.id, "x")), RefusalReason::kNotAMember);
    EXPECT_EQ(reason_of(messages_.remove("cy", g, message.id)), RefusalReason::kNotAMember);
    EXPECT_EQ(reason_of(messages_.react("cy", g, message.id, "👍")), RefusalReason::kNotAMember);
    EXPECT_EQ(reason_of(messages_.unreact("cy", g, message.id, "👍")), RefusalReason::kNotAMember);
  }
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_P(MessagesTest, ATextIsNeitherBlankNorTooLong) {
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = ""})), RefusalReason::kMessageBlank);
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = " \n\u2003"})),
            RefusalReason::kMessageBlank);
  std::string longest;
  for (int i = 0; i < 1024; ++i) longest += "é";
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = longest + "x"})),
            RefusalReason::kMessageTooLong);
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "\xff"})), RefusalReason::kInvalidInput);
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_EQ(sent("ann", longest).text, longest);
  EXPECT_EQ(sent("ann", " kept as it is \n").text, " kept as it is \n");
}

TEST_P(MessagesTest, ATokenThatIsNoneIsRefused) {
  for (const std::string& token :
       {std::string("a b"), std::string("a#b"), std::string("é"), std::string(65, 'a')}) {
    EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "x", .client_token = token})),
              RefusalReason::kInvalidInput);
  }
  EXPECT_TRUE(messages_.send("ann", "g", {.text = "x", .client_token = std::string(64, 'a')}));
  EXPECT_TRUE(messages_.send("ann", "g", {.text = "x", .client_token = "AZaz09-_"}));
}

TEST_P(MessagesTest, ABlockStopsConversationsOfTwoOnly) {
  make_conversation("k", ConversationKind::kGroup, {"ann", "bob", "cy"});
  People people(table_.domain());
  ASSERT_TRUE(people.block("bob", "ann"));
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "x"})), RefusalReason::kBlocked);
  EXPECT_EQ(reason_of(messages_.send("bob", "g", {.text = "x"})), RefusalReason::kBlocked);
  EXPECT_TRUE(messages_.send("ann", "k", {.text = "x"}));
  ASSERT_TRUE(people.unblock("bob", "ann"));
  EXPECT_TRUE(messages_.send("ann", "g", {.text = "x"}));
}

TEST_P(MessagesTest, ABlockStopsTheFoundingDocumentsConversations) {
  for (const auto& [user, other] : {std::pair("ann", "cy"), std::pair("cy", "ann")}) {
    table_.put(item_of(ConversationRow{.user = user,
                                       .sort_key = "2026-01-01T00:00:00Z",
                                       .conversation = "old",
                                       .other = {other, other, other}}));
  }
  ASSERT_TRUE(messages_.send("ann", "old", {.text = "x"}));
  ASSERT_TRUE(People(table_.domain()).block("ann", "cy"));
  EXPECT_EQ(reason_of(messages_.send("cy", "old", {.text = "x"})), RefusalReason::kBlocked);
}

TEST_P(MessagesTest, AnErasedPersonSendsNothing) {
  ASSERT_TRUE(Handles(table_.domain()).erase("ann"));
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "x"})), RefusalReason::kErased);
}

TEST_P(MessagesTest, ATokenSentTwiceIsOneMessage) {
  const NewMessage message{.text = "hello", .client_token = "t1"};
  const auto first = messages_.send("ann", "g", message);
  table_.clock().advance(std::chrono::minutes(5));
  const auto second = messages_.send("ann", "g", message);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->was_there);
  EXPECT_TRUE(second->was_there);
  EXPECT_EQ(first->message.id, second->message.id);
  EXPECT_EQ(second->message.client_token, "t1");
  EXPECT_EQ(second->message.sort_key, kNowText);
  EXPECT_THAT(stored(), SizeIs(1));
  // Another person's token is another token.
  const auto others = messages_.send("bob", "g", message);
  ASSERT_TRUE(others);
  EXPECT_FALSE(others->was_there);
  EXPECT_THAT(stored(), SizeIs(2));
}

TEST_P(MessagesTest, ATokenIsForOneMessageOnly) {
  make_conversation("h", ConversationKind::kDirect, {"ann", "cy"});
  const Message first = sent("ann", "hello", {.client_token = "t1"});
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "hullo", .client_token = "t1"})),
            RefusalReason::kTokenReused);
  EXPECT_EQ(reason_of(messages_.send("ann", "h", {.text = "hello", .client_token = "t1"})),
            RefusalReason::kTokenReused);
  EXPECT_EQ(reason_of(messages_.send(
                "ann", "g", {.text = "hello", .client_token = "t1", .reply_to = first.id})),
            RefusalReason::kTokenReused);
  EXPECT_THAT(stored(), SizeIs(1));
  EXPECT_THAT(stored("h"), IsEmpty());
}

TEST_P(MessagesTest, ATokenIsGoodForADay) {
  const NewMessage message{.text = "hello", .client_token = "t1"};
  ASSERT_TRUE(messages_.send("ann", "g", message));
  table_.clock().advance(std::chrono::hours(24) - std::chrono::seconds(2));
  EXPECT_TRUE(messages_.send("ann", "g", message)->was_there);
  table_.clock().advance(std::chrono::seconds(3));
  const auto later = messages_.send("ann", "g", {.text = "another", .client_token = "t1"});
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_FALSE(later->was_there);
  EXPECT_THAT(stored(), SizeIs(2));
}

TEST_P(MessagesTest, AMessageEditedMeanwhileIsGivenAsItIs) {
  const NewMessage message{.text = "hello", .client_token = "t1"};
  const auto first = messages_.send("ann", "g", message);
  ASSERT_TRUE(first);
  ASSERT_TRUE(messages_.edit("ann", "g", first->message.id, "hello!"));
  const auto again = messages_.send("ann", "g", message);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->message.text, "hello!");
  ASSERT_TRUE(messages_.remove("ann", "g", first->message.id));
  EXPECT_NE(messages_.send("ann", "g", message)->message.deleted_at, "");
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_P(MessagesTest, AKilledSendIsOneMessageWhenItIsSentAgain) {
  const auto message_of_run = [](const std::string& run) {
    return NewMessage{.text = "hello " + run, .client_token = "t" + run};
  };
  std::size_t count = 0;
  const int runs = with_every_kill(
      table_.faults(),
      {.act =
           [&](const std::string& run) { (void)messages_.send("ann", "g", message_of_run(run)); },
       .check =
           [&](const std::string& run) {
             table_.clock().advance(std::chrono::seconds(1));
             const auto again = messages_.send("ann", "g", message_of_run(run));
             ASSERT_TRUE(again) << again.error().message;
             EXPECT_THAT(stored(), SizeIs(++count));
             const auto found = messages_.get("bob", "g", again->message.id);
             ASSERT_TRUE(found);
             EXPECT_EQ(found->text, "hello " + run);
           }});
  EXPECT_GT(runs, 12);
}

TEST_P(MessagesTest, AKilledSendWhosePlaceIsTakenIsOneMessageWhenItIsSentAgain) {
  const auto conversation = [](const std::string& run) { return "c" + run; };
  with_every_kill(
      table_.faults(),
      {.prepare =
           [&](const std::string& run) {
             make_conversation(conversation(run), ConversationKind::kDirect, {"ann", "bob"});
             for (int i = 0; i < 2; ++i) {
               table_.put(item_of(Message{.id = fmt::format("m{}", i),
                                          .conversation = conversation(run),
                                          .sort_key = iso_utc(table_.clock().now() + i)}));
             }
           },
       .act =
           [&](const std::string& run) {
             (void)messages_.send("ann", conversation(run), {.text = "x", .client_token = run});
           },
       .check =
           [&](const std::string& run) {
             const auto again =
                 messages_.send("ann", conversation(run), {.text = "x", .client_token = run});
             ASSERT_TRUE(again) << again.error().message;
             EXPECT_THAT(stored(conversation(run)), SizeIs(3));
             EXPECT_TRUE(messages_.get("bob", conversation(run), again->message.id));
           }});
}

TEST_P(MessagesTest, AWriteThatArrivesTwiceIsOneMessage) {
  write_twice(table_.faults());
  sent("ann", "1");
  const auto second = messages_.send("ann", "g", {.text = "2", .client_token = "t"});
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->was_there);
  EXPECT_THAT(stored(), SizeIs(2));
  const std::string id = second->message.id;
  ASSERT_TRUE(messages_.edit("ann", "g", id, "3"));
  EXPECT_THAT(messages_.react("bob", "g", id, "👍")->reactions, SizeIs(1));
  EXPECT_THAT(messages_.unreact("bob", "g", id, "👍")->reactions, IsEmpty());
  EXPECT_NE(messages_.remove("ann", "g", id)->deleted_at, "");
}

TEST_P(MessagesTest, ManyProcessesSendingOneTokenAtOnceMakeOneMessage) {
  for (int round = 0; round < 5; ++round) {
    std::vector<std::string> ids(4);
    {
      std::vector<std::jthread> threads;
      for (std::string& id : ids) {
        threads.emplace_back([&, round] {
          MessageTimes times(table_.clock());
          Domain& domain = table_.domain();
          Domain mine{.database = domain.database,
                      .reads = domain.reads,
                      .clock = domain.clock,
                      .random = domain.random,
                      .times = times,
                      .settings = domain.settings,
                      .pause = domain.pause};
          const auto sent = Messages(mine).send(
              "ann", "g", {.text = "x", .client_token = fmt::format("t{}", round)});
          ASSERT_TRUE(sent) << sent.error().message;
          id = sent->message.id;
        });
      }
    }
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 1U);
    EXPECT_THAT(stored(), SizeIs(round + 1));
  }
}

TEST_P(MessagesTest, AReplyIsToAMessageOfTheConversation) {
  const Message first = sent("ann", "1");
  EXPECT_EQ(sent("bob", "2", {.reply_to = first.id}).reply_to, first.id);
  make_conversation("h", ConversationKind::kDirect, {"ann", "cy"});
  EXPECT_EQ(reason_of(messages_.send("ann", "h", {.text = "3", .reply_to = first.id})),
            RefusalReason::kNoSuchMessage);
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "3", .reply_to = "nothing"})),
            RefusalReason::kNoSuchMessage);
}

TEST_P(MessagesTest, HistoryIsReadBackwardsToItsBeginning) {
  for (int i = 1; i <= 7; ++i) sent("ann", fmt::format("{}", i));
  const auto newest = messages_.history("bob", "g", {}, 3);
  ASSERT_TRUE(newest) << newest.error().message;
  EXPECT_THAT(texts_of(newest->items), ElementsAre("7", "6", "5"));
  EXPECT_EQ(newest->newer, iso_utc(kNow + 6));
  const auto older = messages_.history("bob", "g", {.older_than = newest->older}, 3);
  ASSERT_TRUE(older);
  EXPECT_THAT(texts_of(older->items), ElementsAre("4", "3", "2"));
  const auto oldest = messages_.history("bob", "g", {.older_than = older->older}, 3);
  ASSERT_TRUE(oldest);
  EXPECT_THAT(texts_of(oldest->items), ElementsAre("1"));
  EXPECT_EQ(oldest->older, "");
  // A page that ends with the beginning knows it.
  EXPECT_EQ(messages_.history("bob", "g", {}, 7)->older, "");
}

TEST_P(MessagesTest, HistoryIsReadForwardsFromWhatIsKnown) {
  for (int i = 1; i <= 3; ++i) sent("ann", fmt::format("{}", i));
  const std::string known = messages_.history("bob", "g", {}, 10)->newer;
  const auto nothing = messages_.history("bob", "g", {.newer_than = known}, 2);
  ASSERT_TRUE(nothing);
  EXPECT_THAT(nothing->items, IsEmpty());
  EXPECT_EQ(nothing->newer, known);
  for (int i = 4; i <= 6; ++i) sent("ann", fmt::format("{}", i));
  const auto next = messages_.history("bob", "g", {.newer_than = known}, 2);
  ASSERT_TRUE(next);
  EXPECT_THAT(texts_of(next->items), ElementsAre("5", "4"));
  const auto last = messages_.history("bob", "g", {.newer_than = next->newer}, 2);
  ASSERT_TRUE(last);
  EXPECT_THAT(texts_of(last->items), ElementsAre("6"));
  EXPECT_THAT(texts_of(messages_.history("bob", "g", {.older_than = next->older}, 1)->items),
              ElementsAre("3"));
}

TEST_P(MessagesTest, GeneratedWalksBothWaysSeeEveryMessageOnce) {
  std::mt19937_64 generator(3);
  std::vector<std::string> all;
  for (int i = 0; i < 60; ++i) {
    table_.clock().advance(std::chrono::microseconds(generator() % 3));
    all.push_back(sent(generator() % 2 == 0 ? "ann" : "bob", fmt::format("{}", i)).text);
  }
  for (const std::size_t limit : {1UL, 2UL, 7UL, 20UL, 59UL, 60UL, 61UL, 100UL}) {
    std::vector<std::string> backwards;
    HistoryFrom from;
    do {
      const auto page = messages_.history("ann", "g", from, limit);
      ASSERT_TRUE(page);
      ASSERT_THAT(page->items, testing::Not(IsEmpty()));
      for (const Message& each : page->items) backwards.push_back(each.text);
      from.older_than = page->older;
    } while (!from.older_than.empty());
    EXPECT_EQ(backwards, std::vector(all.rbegin(), all.rend())) << limit;

    std::vector<std::string> forwards{all.front()};
    from = {.newer_than = iso_utc(kNow)};
    from.newer_than = messages_.history("ann", "g", {}, 100)->items.back().sort_key;
    for (;;) {
      const auto page = messages_.history("ann", "g", from, limit);
      ASSERT_TRUE(page);
      for (std::size_t i = page->items.size(); i > 0; --i) {
        forwards.push_back(page->items[i - 1].text);
      }
      if (page->items.empty()) break;
      from.newer_than = page->newer;
    }
    EXPECT_EQ(forwards, all) << limit;
  }
}

TEST_P(MessagesTest, AnEmptyHistoryHasNoEnds) {
  const auto page = messages_.history("ann", "g", {}, 10);
  ASSERT_TRUE(page);
  EXPECT_THAT(page->items, IsEmpty());
  EXPECT_EQ(page->older + page->newer, "");
}

TEST_P(MessagesTest, LimitsOfHistoryAreRefused) {
  EXPECT_EQ(reason_of(messages_.history("ann", "g", {}, 0)), RefusalReason::kInvalidInput);
  EXPECT_EQ(reason_of(messages_.history("ann", "g", {}, 101)), RefusalReason::kInvalidInput);
  EXPECT_EQ(reason_of(messages_.history("ann", "g", {.older_than = "a", .newer_than = "b"}, 10)),
            RefusalReason::kInvalidInput);
}

TEST_P(MessagesTest, AMessageIsFoundByItsIdWhoeverMadeIt) {
  const std::string own = sent("ann", "own").id;
  SeededRandom random(9);
  const std::string version4 = make_uuid(random);
  put_foreign(version4, "2026-01-01T10:00:00-05:00", "version 4");
  const std::string version7 = message_id_at(kNow - 3'000'000, random);
  put_foreign(version7, iso_utc(kNow - 1'000'000), "version 7");
  const std::string in_ones_place = message_id_at(kNow, random);
  EXPECT_EQ(messages_.get("bob", "g", own)->text, "own");
  EXPECT_EQ(messages_.get("bob", "g", version4)->text, "version 4");
  EXPECT_EQ(messages_.get("bob", "g", version7)->text, "version 7");
  for (const std::string& id :
       {in_ones_place, make_uuid(random), std::string("x"), std::string()}) {
    EXPECT_EQ(reason_of(messages_.get("bob", "g", id)), RefusalReason::kNoSuchMessage) << id;
  }
}

TEST_P(MessagesTest, AForeignMessageCanBeEdited) {
  put_foreign("m1", "2026-01-01T10:00:00-05:00", "helo");
  const auto edited = messages_.edit("bob", "g", "m1", "hello");
  ASSERT_TRUE(edited) << edited.error().message;
  EXPECT_EQ(edited->text, "hello");
  EXPECT_EQ(edited->sort_key, "2026-01-01T10:00:00-05:00");
}

TEST_P(MessagesTest, OnlyItsSenderEditsAMessage) {
  const Message message = sent("ann", "helo");
  EXPECT_EQ(reason_of(messages_.edit("bob", "g", message.id, "x")), RefusalReason::kNotTheSender);
  EXPECT_EQ(reason_of(messages_.edit("ann", "g", message.id, " ")), RefusalReason::kMessageBlank);
  table_.clock().advance(std::chrono::seconds(1));
  const auto edited = messages_.edit("ann", "g", message.id, "hello");
  ASSERT_TRUE(edited) << edited.error().message;
  EXPECT_EQ(edited->text, "hello");
  EXPECT_EQ(edited->edited_at, iso_utc(kNow + 1'000'000));
  EXPECT_EQ(edited->sort_key, message.sort_key);
  EXPECT_EQ(messages_.get("bob", "g", message.id)->text, "hello");
}

TEST_P(MessagesTest, ADeletedMessageStaysEmpty) {
  const Message message = sent("ann", "secret");
  ASSERT_TRUE(messages_.react("bob", "g", message.id, "👍"));
  ASSERT_TRUE(messages_.react("bob", "g", message.id, "❤️"));
  EXPECT_EQ(reason_of(messages_.remove("bob", "g", message.id)), RefusalReason::kNotTheSender);
  const auto removed = messages_.remove("ann", "g", message.id);
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->text, "");
  EXPECT_EQ(removed->deleted_at, kNowText);
  EXPECT_THAT(removed->reactions, IsEmpty());
  table_.clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(messages_.remove("ann", "g", message.id)->deleted_at, kNowText);
  EXPECT_EQ(reason_of(messages_.edit("ann", "g", message.id, "x")), RefusalReason::kMessageDeleted);
  EXPECT_EQ(reason_of(messages_.react("bob", "g", message.id, "👍")),
            RefusalReason::kMessageDeleted);
  EXPECT_THAT(messages_.history("bob", "g", {}, 10)->items, SizeIs(1));
}

TEST_P(MessagesTest, AnOwnerOfAGroupDeletesOthersMessages) {
  make_conversation("k", ConversationKind::kGroup, {"ann", "bob", "cy"});
  const auto bobs = messages_.send("bob", "k", {.text = "x"});
  const auto anns = messages_.send("ann", "k", {.text = "x"});
  ASSERT_TRUE(bobs && anns);
  EXPECT_EQ(reason_of(messages_.remove("cy", "k", bobs->message.id)), RefusalReason::kNotTheSender);
  EXPECT_EQ(reason_of(messages_.remove("bob", "k", anns->message.id)),
            RefusalReason::kNotTheSender);
  EXPECT_TRUE(messages_.remove("ann", "k", bobs->message.id));
}

TEST_P(MessagesTest, ReactionsAreSetsOfPeople) {
  const std::string id = sent("ann", "x").id;
  ASSERT_TRUE(messages_.react("bob", "g", id, "👍"));
  ASSERT_TRUE(messages_.react("ann", "g", id, "👍"));
  ASSERT_TRUE(messages_.react("ann", "g", id, "👍"));
  const auto reacted = messages_.react("ann", "g", id, "❤️");
  ASSERT_TRUE(reacted) << reacted.error().message;
  ASSERT_THAT(reacted->reactions, SizeIs(2));
  EXPECT_EQ(reacted->reactions[0].emoji, "❤️");
  EXPECT_THAT(reacted->reactions[1].user_ids, ElementsAre("ann", "bob"));
  ASSERT_TRUE(messages_.unreact("ann", "g", id, "👍"));
  ASSERT_TRUE(messages_.unreact("ann", "g", id, "👍"));
  ASSERT_TRUE(messages_.unreact("ann", "g", id, "🎉"));
  const auto left = messages_.unreact("bob", "g", id, "👍");
  ASSERT_TRUE(left);
  ASSERT_THAT(left->reactions, SizeIs(1));
  EXPECT_EQ(left->reactions[0].emoji, "❤️");
  for (const char* none : {"", "ok", "👍👍"}) {
    EXPECT_EQ(reason_of(messages_.react("ann", "g", id, none)), RefusalReason::kInvalidInput);
  }
}

TEST_P(MessagesTest, ReactionsHaveBounds) {
  Message message{.id = sent("ann", "x").id,
                  .conversation = "g",
                  .sort_key = std::string(kNowText),
                  .sender = {"ann", "ann", "Ann"},
                  .text = "x"};
  const std::vector<std::string> emojis{"😀", "😁", "😂", "😃", "😄", "😅", "😆", "😇", "😈", "😉",
                                        "😊", "😋", "😌", "😍", "😎", "😏", "😐", "😑", "😒"};
  for (const std::string& emoji : emojis) message.reactions.push_back({emoji, {"cy"}});
  Reaction& first = message.reactions.front();
  while (first.user_ids.size() < kPeopleOfEmojiMax - 1) {
    first.user_ids.push_back(fmt::format("u{}", first.user_ids.size()));
  }
  table_.put(item_of(message));
  ASSERT_TRUE(messages_.react("ann", "g", message.id, first.emoji));
  EXPECT_EQ(reason_of(messages_.react("bob", "g", message.id, first.emoji)),
            RefusalReason::kTooManyReactions);
  EXPECT_TRUE(messages_.react("ann", "g", message.id, first.emoji));
  EXPECT_TRUE(messages_.react("ann", "g", message.id, "😓"));
  EXPECT_EQ(reason_of(messages_.react("ann", "g", message.id, "😔")),
            RefusalReason::kTooManyReactions);
  EXPECT_TRUE(messages_.react("ann", "g", message.id, emojis.back()));
}

TEST_P(MessagesTest, RetentionIsATimeToLiveOfEachMessage) {
  table_.domain().settings.message_retention = std::chrono::hours(1);
  const Message message = sent("ann", "x");
  EXPECT_THAT(stored().front(),
              testing::HasSubstr(fmt::format(R"("ttl":{{"N":"{}"}})", kNow / 1'000'000 + 3600)));
  table_.clock().advance(std::chrono::minutes(59));
  const Message later = sent("ann", "y");
  EXPECT_THAT(texts_of(messages_.history("bob", "g", {}, 10)->items), ElementsAre("y", "x"));
  table_.clock().advance(std::chrono::minutes(1));
  // The database need not have deleted it yet.
  const auto page = messages_.history("bob", "g", {}, 10);
  EXPECT_THAT(texts_of(page->items), ElementsAre("y"));
  EXPECT_EQ(reason_of(messages_.get("bob", "g", message.id)), RefusalReason::kNoSuchMessage);
  EXPECT_TRUE(messages_.get("bob", "g", later.id));
  table_.domain().settings.message_retention = std::chrono::seconds(0);
  sent("ann", "z");
  EXPECT_THAT(stored().back(), testing::Not(testing::HasSubstr("\"ttl\"")));
}

}  // namespace
}  // namespace parley::messaging
