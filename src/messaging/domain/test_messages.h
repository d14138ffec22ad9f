// MessagesTest: a conversation of two in a table of its own.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messaging/domain/messages.h"
#include "messaging/domain/test_messaging_table.h"
#include "messaging/refusal.h"

namespace parley::messaging {

inline constexpr TimestampMicros kNow = 1'767'323'045'678'000;  // the test table's clock
inline constexpr std::string_view kNowText = "2026-01-02T03:04:05.678000+00:00";

template <class T>
std::optional<RefusalReason> reason_of(const Result<T>& result) {
  const Refusal* refusal = result ? nullptr : refusal_of(result.error());
  return refusal == nullptr ? std::nullopt : std::optional(refusal->reason);
}

inline std::vector<std::string> texts_of(const std::vector<Message>& messages) {
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

}  // namespace parley::messaging
