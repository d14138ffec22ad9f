#include "messaging/domain/items.h"

#include <gtest/gtest.h>

#include <random>

#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// Hands an item's JSON to a reader.
template <class Reader>
auto read(Reader reader, const std::string& json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(json);
  simdjson::dom::element item;
  EXPECT_EQ(parser.parse(text).get(item), simdjson::SUCCESS) << json;
  return reader(item);
}

/// Everything in one text, for comparing.
std::string told(const Person& person) {
  return person.id + "|" + person.handle + "|" + person.display_name;
}
std::string told(const Message& message) {
  std::string out = message.id + "|" + message.conversation + "|" + message.sort_key + "|" +
                    told(message.sender) + "|" + message.text + "|" + message.reply_to + "|" +
                    message.edited_at + "|" + message.deleted_at + "|" + message.client_token;
  for (const Reaction& reaction : message.reactions) {
    out += "|" + reaction.emoji + ":";
    for (const std::string& user : reaction.user_ids) out += user + ",";
  }
  return out;
}
std::string told(const ConversationMeta& meta) {
  return meta.conversation + "|" + std::to_string(static_cast<int>(meta.kind)) + "|" + meta.title +
         "|" + meta.created_at + "|" + meta.created_by + "|" + std::to_string(meta.member_count) +
         "|" + meta.last_message_at + "|" + meta.preview + (meta.making ? "|making" : "");
}
std::string told(const MemberItem& member) {
  return member.conversation + "|" + told(member.person) + "|" +
         std::to_string(static_cast<int>(member.role)) + "|" + member.joined_at + "|" +
         member.row_sk + "|" + member.message_sk + "|" + member.last_read_sk + "|" +
         std::to_string(member.unread) + (member.muted ? "|muted" : "") +
         (member.pinned ? "|pinned" : "");
}
std::string told(const ConversationRow& row) {
  return row.user + "|" + row.sort_key + "|" + row.conversation + "|" + row.text + "|" +
         told(row.other);
}

class Generated {
 public:
  explicit Generated(std::uint64_t seed) : generator_(seed) {}

  bool maybe() { return generator_() % 2 == 0; }
  /// Texts that JSON has to escape, of several scripts; empty now and then.
  std::string text() {
    static const std::vector<std::string> kPieces{
        "a", "Z",  "\"",   "\\", "\n", "\t", std::string("\x01"),
        "é", "漢", "👍🏽", "/",  "{",  ":",  " "};
    std::string out;
    for (auto size = generator_() % 6; size > 0; --size) {
      out += kPieces[generator_() % kPieces.size()];
    }
    return out;
  }
  std::string key() { return "k" + text(); }
  long number() { return static_cast<long>(generator_() % 100'000); }
  Person person() { return {.id = key(), .handle = text(), .display_name = text()}; }

  Message message() {
    Message message{.id = key(),
                    .conversation = key(),
                    .sort_key = key(),
                    .sender = person(),
                    .text = text(),
                    .reply_to = text(),
                    .edited_at = text(),
                    .deleted_at = text(),
                    .client_token = text()};
    for (auto count = generator_() % 4; count > 0; --count) {
      message.reactions.push_back({.emoji = std::to_string(9 - count) + text(),
                                   .user_ids = {"u1" + text(), "u2" + text()}});
    }
    return message;
  }
  ConversationMeta meta() {
    return {.conversation = key(),
            .kind = maybe() ? ConversationKind::kGroup : ConversationKind::kDirect,
            .title = text(),
            .created_at = text(),
            .created_by = text(),
            .member_count = number(),
            .last_message_at = text(),
            .preview = text(),
            .making = maybe()};
  }
  MemberItem member() {
    return {.conversation = key(),
            .person = person(),
            .role = maybe() ? MemberRole::kOwner : MemberRole::kMember,
            .joined_at = text(),
            .row_sk = text(),
            .message_sk = text(),
            .last_read_sk = text(),
            .unread = number(),
            .muted = maybe(),
            .pinned = maybe()};
  }
  ConversationRow row() {
    return {
        .user = key(), .sort_key = key(), .conversation = key(), .text = text(), .other = person()};
  }

 private:
  std::mt19937_64 generator_;
};

TEST(Items, EveryItemIsReadAsItWasWritten) {
  Generated generated(7);
  for (int i = 0; i < 2000; ++i) {
    const Message message = generated.message();
    const auto message_read = read(message_of, item_of(message));
    ASSERT_TRUE(message_read);
    ASSERT_EQ(told(*message_read), told(message));

    const ConversationMeta meta = generated.meta();
    const auto meta_read = read(meta_of, item_of(meta));
    ASSERT_TRUE(meta_read);
    ASSERT_EQ(told(*meta_read), told(meta));

    const MemberItem member = generated.member();
    const auto member_read = read(member_of, item_of(member));
    ASSERT_TRUE(member_read);
    ASSERT_EQ(told(*member_read), told(member));

    const ConversationRow row = generated.row();
    const auto row_read = read(row_of, item_of(row));
    ASSERT_TRUE(row_read);
    ASSERT_EQ(told(*row_read), told(row));
  }
}

TEST(Items, ReadersTellTheKindsApart) {
  Generated generated(8);
  const std::string message = item_of(generated.message());
  const std::string meta = item_of(generated.meta());
  const std::string member = item_of(generated.member());
  const std::string row = item_of(generated.row());
  const std::string profile =
      R"({"pk":{"S":"USR#u"},"sk":{"S":"PROFILE"},"handle":{"S":"ann"},"display_name":{"S":"Ann"}})";
  for (const std::string& other : {meta, member, row, profile}) {
    EXPECT_FALSE(read(message_of, other)) << other;
  }
  for (const std::string& other : {message, member, row, profile}) {
    EXPECT_FALSE(read(meta_of, other)) << other;
  }
  for (const std::string& other : {message, meta, row, profile}) {
    EXPECT_FALSE(read(member_of, other)) << other;
  }
  for (const std::string& other : {message, meta, member, profile}) {
    EXPECT_FALSE(read(row_of, other)) << other;
  }
  for (const std::string& other : {message, meta, member, row}) {
    EXPECT_FALSE(read(profile_of, other)) << other;
  }
  EXPECT_EQ(told(read(profile_of, profile).value_or(Person{})), "u|ann|Ann");
}

TEST(Items, OnlyRowsCarryTheIndexKey) {
  Generated generated(9);
  const auto carries = [](const std::string& item) {
    return item.find("message_group_uuid") != std::string::npos;
  };
  EXPECT_FALSE(carries(item_of(generated.message())));
  EXPECT_FALSE(carries(item_of(generated.meta())));
  EXPECT_FALSE(carries(item_of(generated.member())));
  EXPECT_TRUE(carries(item_of(generated.row())));
}

TEST(Items, TheFoundingDocumentsItemsAreRead) {
  const auto message = read(message_of, R"({"pk":{"S":"MSG#5ae290ed"},
      "sk":{"S":"2026-11-22T13:20:33-05:00"},"message":{"S":"hi"},"message_uuid":{"S":"m1"},
      "user_uuid":{"S":"u1"},"user_display_name":{"S":"Andrew"},"user_handle":{"S":"andrew"}})");
  ASSERT_TRUE(message);
  EXPECT_EQ(told(*message), "m1|5ae290ed|2026-11-22T13:20:33-05:00|u1|andrew|Andrew|hi||||");
  const auto row = read(row_of, R"({"pk":{"S":"GRP#u1"},"sk":{"S":"2026-11-22T18:20:33Z"},
      "message_group_uuid":{"S":"5ae290ed"},"message":{"S":"hi"},"user_uuid":{"S":"u2"},
      "user_display_name":{"S":"Bayko"},"user_handle":{"S":"bayko"},"extra":{"N":"1"}})");
  ASSERT_TRUE(row);
  EXPECT_EQ(told(*row), "u1|2026-11-22T18:20:33Z|5ae290ed|hi|u2|bayko|Bayko");
}

TEST(Items, TheFoundingDocumentsAttributesAreWrittenEvenIfEmpty) {
  EXPECT_EQ(item_of(ConversationRow{.user = "u", .sort_key = "t", .conversation = "c"}),
            R"({"pk":{"S":"GRP#u"},"sk":{"S":"t"},"message_group_uuid":{"S":"c"},)"
            R"("message":{"S":""},"user_uuid":{"S":""},"user_display_name":{"S":""},)"
            R"("user_handle":{"S":""}})");
  EXPECT_EQ(item_of(Message{.id = "m", .conversation = "c", .sort_key = "t"}, 99),
            R"({"pk":{"S":"MSG#c"},"sk":{"S":"t"},"message":{"S":""},"message_uuid":{"S":"m"},)"
            R"("user_uuid":{"S":""},"user_display_name":{"S":""},"user_handle":{"S":""},)"
            R"("ttl":{"N":"99"}})");
}

TEST(Items, AMemberThatTheTriggerMadeHasNoNamesYet) {
  const auto member = read(member_of, R"({"pk":{"S":"CNV#c"},"sk":{"S":"MBR#u"},
      "row_sk":{"S":"r"},"message_sk":{"S":"m"},"unread":{"N":"3"}})");
  ASSERT_TRUE(member);
  EXPECT_EQ(told(*member), "c|u|||0||r|m||3");
}

TEST(Items, AttributesOfAnotherTypeAreAsIfMissing) {
  const auto member = read(member_of, R"({"pk":{"S":"CNV#c"},"sk":{"S":"MBR#u"},
      "row_sk":{"N":"1"},"unread":{"S":"3"},"muted":{"S":"true"},"pinned":{"BOOL":false}})");
  ASSERT_TRUE(member);
  EXPECT_EQ(told(*member), "c|u|||0|||||0");
  const auto message = read(message_of, R"({"pk":{"S":"MSG#c"},"sk":{"S":"t"},
      "message":{"NULL":true},"reaction:x":{"S":"u"},"reaction:":{"SS":["u"]},
      "reaction:y":{"SS":["b","a"]}})");
  ASSERT_TRUE(message);
  EXPECT_EQ(told(*message), "|c|t|||||||||y:a,b,");
}

TEST(Items, DamagedKeysAreNoItem) {
  for (const char* item : {
           R"({})",
           R"([])",
           R"("text")",
           R"({"pk":{"S":"MSG#c"}})",
           R"({"sk":{"S":"t"}})",
           R"({"pk":{"S":"MSG#"},"sk":{"S":"t"}})",
           R"({"pk":{"N":"1"},"sk":{"S":"t"}})",
           R"({"pk":"MSG#c","sk":"t"})",
           R"({"pk":{"S":"CNV#"},"sk":{"S":"META"}})",
           R"({"pk":{"S":"CNV#c"},"sk":{"S":"MBR#"}})",
           R"({"pk":{"S":"GRP#u"},"sk":{"S":"t"}})",
           R"({"pk":{"S":"USR#"},"sk":{"S":"PROFILE"}})",
       }) {
    EXPECT_FALSE(read(message_of, item)) << item;
    EXPECT_FALSE(read(meta_of, item)) << item;
    EXPECT_FALSE(read(member_of, item)) << item;
    EXPECT_FALSE(read(row_of, item)) << item;
    EXPECT_FALSE(read(profile_of, item)) << item;
  }
}

}  // namespace
}  // namespace parley::messaging
