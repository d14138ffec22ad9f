// ConversationsOf: people who talk in a table of their own; what they are refused.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/domain/conversations.h"
#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/test_messaging_table.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {

template <class Outcome>
std::optional<RefusalReason> refusal_in(const Outcome& outcome) {
  if (outcome) return std::nullopt;
  const Refusal* refusal = refusal_of(outcome.error());
  EXPECT_NE(refusal, nullptr) << outcome.error().message;
  return refusal == nullptr ? std::nullopt : std::optional(refusal->reason);
}
#define EXPECT_REFUSED(outcome, reason) EXPECT_EQ(refusal_in(outcome), RefusalReason::reason)

class ConversationsOf : public testing::TestWithParam<TestDatabase> {
 protected:
  void SetUp() override {
    for (const char* person : {"ann", "bob", "cy", "dee"}) table_.add_person(person);
  }
  std::string open(std::string_view asker, std::string_view other) {
    const auto made = conversations_.open_direct(asker, other);
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->id : "";
  }
  std::string group(std::string_view owner, const std::vector<std::string>& others) {
    const auto made = conversations_.make_group(owner, "The four of us", others);
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->id : "";
  }
  /// A message a second after the last one; its sort key.
  std::string say(std::string_view conversation, std::string_view sender, std::string_view text) {
    table_.clock().advance(std::chrono::seconds(1));
    return say_at(conversation, sender, text, iso_utc(table_.clock().now()));
  }
  std::string say_at(std::string_view conversation, std::string_view sender, std::string_view text,
                     std::string_view time) {
    table_.put(item_of(Message{.id = fmt::format("m-{}", time),
                               .conversation = std::string(conversation),
                               .sort_key = std::string(time),
                               .sender = {.id = std::string(sender),
                                          .handle = std::string(sender),
                                          .display_name = fmt::format("Name of {}", sender)},
                               .text = std::string(text)}));
    return std::string(time);
  }
  void put_row(std::string_view user, std::string_view conversation, std::string_view time,
               std::string_view other) {
    table_.put(
        item_of(ConversationRow{.user = std::string(user),
                                .sort_key = std::string(time),
                                .conversation = std::string(conversation),
                                .text = "old",
                                .other = {.id = std::string(other),
                                          .handle = std::string(other),
                                          .display_name = fmt::format("Name of {}", other)}}));
  }
  void deliver() {
    const Status done = table_.deliver();
    ASSERT_TRUE(done) << done.error().message;
  }
  ConversationView view(std::string_view asker, std::string_view id) {
    const auto found = conversations_.get(asker, id);
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(ConversationView{});
  }
  /// "title: text (unread)" of the whole list.
  std::vector<std::string> list(std::string_view asker, std::size_t limit = 25) {
    std::vector<std::string> lines;
    std::string from;
    do {
      const auto page = conversations_.list(asker, limit, from);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) break;
      EXPECT_LE(page->items.size(), limit);
      for (const ConversationView& each : page->items) {
        lines.push_back(fmt::format("{}: {} ({})", each.title, each.last_text, each.unread));
      }
      from = page->next;
    } while (!from.empty());
    return lines;
  }
  long unread(std::string_view asker) {
    const auto total = conversations_.unread(asker);
    EXPECT_TRUE(total);
    return total ? total->messages : -1;
  }

  TestMessagingTable table_{GetParam()};
  Conversations conversations_{table_.domain()};
};

}  // namespace parley::messaging
