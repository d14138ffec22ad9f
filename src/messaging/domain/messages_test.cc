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
#include "messaging/domain/test_messages.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(On, MessagesTest, testing::ValuesIn(test_databases()), test_database_name);

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

TEST_P(MessagesTest, AReactionThatComesInTheMiddleOfADeletionGoesWithTheMessage) {
  const Message message = sent("ann", "secret");
  ASSERT_TRUE(messages_.react("bob", "g", message.id, "❤️"));
  bool reacted = false;
  table_.faults().instead = [&](std::string_view operation, std::string_view input) {
    if (!reacted && operation == "UpdateItem" && input.contains("deleted_at = :now")) {
      reacted = true;
      EXPECT_TRUE(messages_.react("bob", "g", message.id, "👍"));
    }
    return std::optional<Result<std::string>>();
  };
  const auto removed = messages_.remove("ann", "g", message.id);
  table_.faults().instead = {};
  ASSERT_TRUE(removed && reacted);
  EXPECT_THAT(removed->reactions, IsEmpty());
  EXPECT_THAT(messages_.get("bob", "g", message.id)->reactions, IsEmpty());
  EXPECT_EQ(messages_.get("bob", "g", message.id)->deleted_at, kNowText);
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
