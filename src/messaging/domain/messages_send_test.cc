// Sending, also when processes die and meet.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "messaging/domain/handles.h"
#include "messaging/domain/people.h"
#include "messaging/domain/test_faults.h"
#include "messaging/domain/test_messages.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MessagesSendTest : public MessagesTest {};
INSTANTIATE_TEST_SUITE_P(On, MessagesSendTest, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(MessagesSendTest, ASentMessageIsTheFoundingDocumentsItem) {
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

TEST_P(MessagesSendTest, EachMessageIsAMicrosecondLaterWhereTheClockStands) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sent("ann", fmt::format("{}", i)).sort_key, iso_utc(kNow + i));
  }
  EXPECT_THAT(stored(), SizeIs(5));
}

TEST_P(MessagesSendTest, AnotherProcessesMessageInTheSameMicrosecondIsNotOverwritten) {
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

TEST_P(MessagesSendTest, WhoIsNotAMemberLearnsAndDoesNothing) {
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

TEST_P(MessagesSendTest, ATextIsNeitherBlankNorTooLong) {
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

TEST_P(MessagesSendTest, ATokenThatIsNoneIsRefused) {
  for (const std::string& token :
       {std::string("a b"), std::string("a#b"), std::string("é"), std::string(65, 'a')}) {
    EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "x", .client_token = token})),
              RefusalReason::kInvalidInput);
  }
  EXPECT_TRUE(messages_.send("ann", "g", {.text = "x", .client_token = std::string(64, 'a')}));
  EXPECT_TRUE(messages_.send("ann", "g", {.text = "x", .client_token = "AZaz09-_"}));
}

TEST_P(MessagesSendTest, ABlockStopsConversationsOfTwoOnly) {
  make_conversation("k", ConversationKind::kGroup, {"ann", "bob", "cy"});
  People people(table_.domain());
  ASSERT_TRUE(people.block("bob", "ann"));
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "x"})), RefusalReason::kBlocked);
  EXPECT_EQ(reason_of(messages_.send("bob", "g", {.text = "x"})), RefusalReason::kBlocked);
  EXPECT_TRUE(messages_.send("ann", "k", {.text = "x"}));
  ASSERT_TRUE(people.unblock("bob", "ann"));
  EXPECT_TRUE(messages_.send("ann", "g", {.text = "x"}));
}

TEST_P(MessagesSendTest, ABlockStopsTheFoundingDocumentsConversations) {
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

TEST_P(MessagesSendTest, AnErasedPersonSendsNothing) {
  ASSERT_TRUE(Handles(table_.domain()).erase("ann"));
  EXPECT_EQ(reason_of(messages_.send("ann", "g", {.text = "x"})), RefusalReason::kErased);
}

TEST_P(MessagesSendTest, ATokenSentTwiceIsOneMessage) {
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

TEST_P(MessagesSendTest, ATokenIsForOneMessageOnly) {
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

TEST_P(MessagesSendTest, ATokenIsGoodForADay) {
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

TEST_P(MessagesSendTest, AMessageEditedMeanwhileIsGivenAsItIs) {
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

TEST_P(MessagesSendTest, AKilledSendIsOneMessageWhenItIsSentAgain) {
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
  EXPECT_GT(runs, 8);
}

TEST_P(MessagesSendTest, AKilledSendWhosePlaceIsTakenIsOneMessageWhenItIsSentAgain) {
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

TEST_P(MessagesSendTest, AWriteThatArrivesTwiceIsOneMessage) {
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

TEST_P(MessagesSendTest, ManyProcessesSendingOneTokenAtOnceMakeOneMessage) {
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

}  // namespace
}  // namespace parley::messaging
