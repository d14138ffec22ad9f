#include "messaging/domain/view_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::messaging {
namespace {

TEST(ViewJson, ShownTimesEndInZ) {
  EXPECT_EQ(shown_time("2026-11-22T18:20:33.000123+00:00"), "2026-11-22T18:20:33.000123Z");
  EXPECT_EQ(shown_time("2026-11-22T18:20:33-05:00"), "2026-11-22T23:20:33.000000Z");
  EXPECT_EQ(shown_time("yesterday"), "yesterday");
}

TEST(ViewJson, AMessageHasWhatItHas) {
  Message message{.id = "m",
                  .conversation = "c",
                  .sort_key = "2026-11-22T18:20:33.000123+00:00",
                  .sender = {.id = "u", .handle = "ada", .display_name = "Ada \"L\""},
                  .text = "hi",
                  .client_token = "t"};
  EXPECT_EQ(message_json(message, false),
            R"({"id":"m","conversation_id":"c","sender":{"id":"u","handle":"ada",)"
            R"("display_name":"Ada \"L\""},"text":"hi",)"
            R"("created_at":"2026-11-22T18:20:33.000123Z","reactions":[]})");
  message.reply_to = "r";
  message.edited_at = "2026-11-22T18:20:34.000000+00:00";
  message.reactions = {{.emoji = "x", .user_ids = {"a", "b"}}};
  EXPECT_EQ(message_json(message, true),
            R"({"id":"m","conversation_id":"c","sender":{"id":"u","handle":"ada",)"
            R"("display_name":"Ada \"L\""},"text":"hi",)"
            R"("created_at":"2026-11-22T18:20:33.000123Z","reply_to":"r",)"
            R"("edited_at":"2026-11-22T18:20:34.000000Z",)"
            R"("reactions":[{"emoji":"x","user_ids":["a","b"]}],"client_token":"t"})");
}

TEST(ViewJson, ADeletedMessageHasNoReactions) {
  const Message message{.id = "m",
                        .conversation = "c",
                        .sort_key = "2026-11-22T18:20:33.000123+00:00",
                        .sender = {.id = "u", .handle = "ada", .display_name = "Ada"},
                        .deleted_at = "2026-11-22T18:20:34.000000+00:00",
                        .reactions = {{.emoji = "x", .user_ids = {"a"}}}};
  EXPECT_NE(message_json(message, false).find(R"("reactions":[]})"), std::string::npos);
}

TEST(ViewJson, AConversationWithoutMessagesHasNoLastOne) {
  ConversationView view{.id = "c",
                        .kind = ConversationKind::kGroup,
                        .title = "T",
                        .member_count = 3,
                        .role = MemberRole::kOwner};
  EXPECT_EQ(conversation_json(view), R"({"id":"c","kind":"group","title":"T","member_count":3,)"
                                     R"("unread":0,"muted":false,"role":"owner"})");
  view.last_text = "hi";
  view.last_message_at = "2026-11-22T18:20:33.000123+00:00";
  view.kind = ConversationKind::kDirect;
  view.other = Person{.id = "u", .handle = "h", .display_name = "H"};
  EXPECT_EQ(conversation_json(view),
            R"({"id":"c","kind":"direct","title":"T","other":{"id":"u","handle":"h",)"
            R"("display_name":"H"},"member_count":3,"last_message":{"text":"hi",)"
            R"("created_at":"2026-11-22T18:20:33.000123Z"},"unread":0,"muted":false,)"
            R"("role":"owner"})");
  view.last_sender = Person{.id = "u", .handle = "h", .display_name = "H"};
  EXPECT_THAT(conversation_json(view),
              testing::HasSubstr(R"("last_message":{"text":"hi",)"
                                 R"("created_at":"2026-11-22T18:20:33.000123Z",)"
                                 R"("sender":{"id":"u","handle":"h","display_name":"H"}})"));
}

}  // namespace
}  // namespace parley::messaging
