#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/messages.h"
#include "messaging/domain/test_messages.h"
#include "messaging/domain/view_json.h"

namespace parley::messaging {
namespace {

/// Through the cache.
class HistoryInJson : public MessagesTest {
 protected:
  HistoryInJson() : cached_(GetParam(), TestReads::kCached), history_(cached_.domain()) {
    for (const char* user : {"ann", "bob"}) {
      cached_.add_person(user);
      cached_.put(item_of(MemberItem{.conversation = "g", .person = {user, user, user}}));
    }
    cached_.put(item_of(ConversationMeta{.conversation = "g", .member_count = 2}));
  }
  Message say(std::string_view user, std::string_view text, std::string_view token = "") {
    const auto sent =
        history_.send(user, "g", {.text = std::string(text), .client_token = std::string(token)});
    EXPECT_TRUE(sent) << sent.error().message;
    return sent ? sent->message : Message{};
  }
  std::string items(std::string_view asker, const HistoryFrom& from = {}, std::size_t limit = 10) {
    const auto page = history_.history_json(asker, "g", from, limit);
    EXPECT_TRUE(page) << page.error().message;
    if (!page) return "";
    return page->own_items.empty() ? std::string(page->items) : page->own_items;
  }
  std::string expected(std::string_view asker, const HistoryFrom& from = {},
                       std::size_t limit = 10) {
    std::vector<std::string> items;
    const auto page = history_.history(asker, "g", from, limit);
    if (!page) return page.error().message;
    for (const Message& message : page->items) {
      items.push_back(message_json(message, message.sender.id == asker));
    }
    return json_array(items);
  }

  TestMessagingTable cached_;
  Messages history_;
};

INSTANTIATE_TEST_SUITE_P(On, HistoryInJson, testing::ValuesIn(test_databases()),
                         test_database_name);

TEST_P(HistoryInJson, OnlyTheSenderIsToldAClientToken) {
  say("ann", "1", "a1");
  say("bob", "2");
  say("bob", "3", "b1");
  say("ann", "4", "a2");
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(items("ann"), expected("ann"));
    EXPECT_EQ(items("bob"), expected("bob"));
  }
  EXPECT_THAT(items("ann"), testing::AllOf(testing::HasSubstr("a1"), testing::HasSubstr("a2"),
                                           testing::Not(testing::HasSubstr("b1"))));
}

TEST_P(HistoryInJson, PagesHaveTheSameCursorsAsHistory) {
  for (int number = 0; number < 7; ++number) say("ann", std::to_string(number));
  const auto newest = history_.history_json("bob", "g", {}, 3);
  EXPECT_EQ(newest->older, history_.history("bob", "g", {}, 3)->older);
  const HistoryFrom older{.older_than = std::string(newest->older)};
  EXPECT_EQ(items("bob", older, 3), expected("bob", older, 3));
  const HistoryFrom newer{.newer_than = std::string(newest->older)};
  EXPECT_EQ(items("bob", newer, 3), expected("bob", newer, 3));
  EXPECT_EQ(history_.history_json("bob", "g", newer, 3)->newer, newest->newer);
}

TEST_P(HistoryInJson, AMessageThatComesChangesAndGoesIsSeenAtOnce) {
  const Message first = say("ann", "1");
  EXPECT_EQ(items("bob"), expected("bob"));
  ASSERT_TRUE(history_.edit("ann", "g", first.id, "one"));
  EXPECT_THAT(items("bob"), testing::HasSubstr(R"("text":"one")"));
  say("ann", "2");
  EXPECT_THAT(items("bob"), testing::HasSubstr(R"("text":"2")"));
  ASSERT_TRUE(history_.remove("ann", "g", first.id));
  EXPECT_EQ(items("bob"), expected("bob"));
}

TEST_P(HistoryInJson, AKeptPageHasNoMessagePastItsTime) {
  cached_.domain().settings.message_retention = std::chrono::seconds(30);
  say("ann", "1");
  cached_.clock().advance(std::chrono::seconds(10));
  say("ann", "2");
  EXPECT_THAT(items("bob"), testing::HasSubstr(R"("text":"1")"));
  cached_.clock().advance(std::chrono::seconds(20));
  EXPECT_EQ(items("bob"), expected("bob"));
  EXPECT_THAT(items("bob"), testing::Not(testing::HasSubstr(R"("text":"1")")));
}

}  // namespace
}  // namespace parley::messaging
