// What a record means where nothing is remembered, and where the stream has old images.
#include "messaging/live/record_events.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct TestRecord {
  /// Images are items in DynamoDB's JSON, or empty.
  TestRecord(std::string_view event, std::string_view pk, std::string_view sk,
             const std::string& new_image, const std::string& old_image = {})
      : text(fmt::format(R"({{"keys":{},"new":{},"old":{}}})", item_key(pk, sk),
                         new_image.empty() ? "{}" : new_image,
                         old_image.empty() ? "{}" : old_image)) {
    const simdjson::dom::element json = parser.parse(text);
    record.event = event;
    record.keys = json["keys"];
    if (!new_image.empty()) record.new_image = json["new"];
    if (!old_image.empty()) record.old_image = json["old"];
  }
  std::string text;
  simdjson::dom::parser parser;
  client::StreamRecord record;
};

MemberItem member(long unread, std::string last_read = {}) {
  return {.conversation = "g",
          .person = {.id = "ann"},
          .last_read_sk = std::move(last_read),
          .unread = unread};
}

std::vector<std::string_view> names(const RecordMeaning& meaning) {
  std::vector<std::string_view> all;
  for (const LiveEvent& event : meaning.events) all.push_back(event.name);
  return all;
}

RecordMeaning modified(RecordEvents& events, const MemberItem& now,
                       const std::string& before = {}) {
  const TestRecord test("MODIFY", "CNV#g", "MBR#ann", item_of(now), before);
  return events.read(test.record);
}

TEST(RecordEvents, WhatIsNotRememberedIsTold) {
  RecordEvents events(10);
  const auto first = modified(events, member(1, "2026-01-01T00:00:00.000000+00:00"));
  EXPECT_THAT(names(first), ElementsAre("conversation", "read"));
  ASSERT_TRUE(first.membership.has_value());
  EXPECT_TRUE(first.membership->is_member);
  EXPECT_THAT(names(modified(events, member(1, "2026-01-01T00:00:00.000000+00:00"))), IsEmpty());
  events.forget();
  EXPECT_THAT(names(modified(events, member(1))), ElementsAre("conversation"));
}

TEST(RecordEvents, AnOldImageTellsWhatHasChanged) {
  RecordEvents events(10);
  EXPECT_THAT(names(modified(events, member(1), item_of(member(1)))), IsEmpty());
  events.forget();
  EXPECT_THAT(names(modified(events, member(2), item_of(member(1)))), ElementsAre("conversation"));
}

TEST(RecordEvents, WhoTakesAConversationOffTheListIsToldAlone) {
  RecordEvents events(10);
  MemberItem ann = member(1);
  ann.row_sk = "2026-01-01T00:00:00.000000+00:00";
  ASSERT_THAT(names(modified(events, ann)), ElementsAre("conversation"));
  ann.row_sk.clear();
  ann.unread = 0;
  const auto gone = modified(events, ann);
  ASSERT_THAT(names(gone), ElementsAre("left"));
  EXPECT_EQ(gone.events.front().audience, Audience::kPerson);
  EXPECT_EQ(gone.events.front().person, "ann");
  EXPECT_TRUE(gone.membership->is_member);
  ann.row_sk = "2026-01-01T00:00:01.000000+00:00";
  ann.unread = 1;
  EXPECT_THAT(names(modified(events, ann)), ElementsAre("conversation"));
}

TEST(RecordEvents, AForgottenItemCostsAnEventTooMany) {
  RecordEvents events(1);
  modified(events, member(1));
  const TestRecord other("INSERT", "CNV#g", "MBR#bob",
                         item_of(MemberItem{.conversation = "g", .person = {.id = "bob"}}));
  EXPECT_THAT(names(events.read(other.record)), ElementsAre("conversation"));
  EXPECT_THAT(names(modified(events, member(1))), ElementsAre("conversation"));
}

TEST(RecordEvents, RemovalsMeanDepartureOfMembersAndNothingElse) {
  RecordEvents events(10);
  const TestRecord gone("REMOVE", "CNV#g", "MBR#ann", "");
  const auto meaning = events.read(gone.record);
  EXPECT_THAT(names(meaning), ElementsAre("left"));
  ASSERT_TRUE(meaning.membership.has_value());
  EXPECT_FALSE(meaning.membership->is_member);
  EXPECT_THAT(names(events.read(TestRecord("REMOVE", "CNV#g", "META", "").record)), IsEmpty());
  EXPECT_THAT(names(events.read(TestRecord("REMOVE", "MSG#g", "t", "").record)), IsEmpty());
}

TEST(RecordEvents, AGroupIsToldToItsMembersWhenItIsComplete) {
  RecordEvents events(10);
  ConversationMeta meta{
      .conversation = "g", .kind = ConversationKind::kGroup, .title = "t", .making = true};
  EXPECT_THAT(names(events.read(TestRecord("MODIFY", "CNV#g", "META", item_of(meta)).record)),
              IsEmpty());
  meta.making = false;
  const auto made = events.read(TestRecord("MODIFY", "CNV#g", "META", item_of(meta)).record);
  EXPECT_THAT(names(made), ElementsAre("conversation"));
  EXPECT_EQ(made.events[0].audience, Audience::kMembers);
  EXPECT_EQ(made.events[0].data, R"({"conversation_id":"g","unread":0,"muted":false})");
  EXPECT_THAT(names(events.read(TestRecord("MODIFY", "CNV#g", "META", item_of(meta)).record)),
              IsEmpty());
  meta.title = "other";
  EXPECT_THAT(names(events.read(TestRecord("MODIFY", "CNV#g", "META", item_of(meta)).record)),
              ElementsAre("group"));
  meta.member_count = 7;
  EXPECT_THAT(names(events.read(TestRecord("MODIFY", "CNV#g", "META", item_of(meta)).record)),
              ElementsAre("group"));
}

TEST(RecordEvents, WhoWasInvitedHasJoinedAndWhoBeganAConversationHasNot) {
  RecordEvents events(10);
  MemberItem bob = {.conversation = "g",
                    .person = {.id = "bob", .handle = "b", .display_name = "Bob"},
                    .joined_at = "2026-01-01T00:00:00.000000+00:00"};
  const auto inserted = [&] {
    return events.read(TestRecord("INSERT", "CNV#g", "MBR#bob", item_of(bob)).record);
  };
  EXPECT_THAT(names(inserted()), ElementsAre("conversation"));
  bob.invited_by = "ann";
  bob.last_read_sk = bob.joined_at;
  events.forget();
  const auto meaning = inserted();
  ASSERT_THAT(names(meaning), ElementsAre("conversation", "joined", "read"));
  EXPECT_EQ(meaning.events[1].audience, Audience::kOtherMembers);
  EXPECT_EQ(meaning.events[1].data,
            R"({"conversation_id":"g","user":{"id":"bob","handle":"b","display_name":"Bob"},)"
            R"("role":"member","joined_at":"2026-01-01T00:00:00.000000Z","invited_by":"ann"})");
  // An id says that everything of the record has arrived.
  EXPECT_TRUE(meaning.completes(0));
  EXPECT_FALSE(meaning.completes(1));
  EXPECT_TRUE(meaning.completes(2));
}

TEST(RecordEvents, ANewNameOrRoleIsToldToTheOthers) {
  RecordEvents events(10);
  MemberItem ann = member(0);
  ann.person.handle = "ann";
  EXPECT_THAT(names(modified(events, ann)), ElementsAre("conversation", "member"));
  ann.person.display_name = "Ann";
  const auto renamed = modified(events, ann);
  ASSERT_THAT(names(renamed), ElementsAre("member"));
  EXPECT_EQ(renamed.events[0].audience, Audience::kOtherMembers);
  EXPECT_EQ(renamed.events[0].data,
            R"({"conversation_id":"g","user":{"id":"ann","handle":"ann","display_name":"Ann"},)"
            R"("role":"member"})");
  ann.role = MemberRole::kOwner;
  EXPECT_THAT(names(modified(events, ann)), ElementsAre("conversation", "member"));
  EXPECT_THAT(names(modified(events, ann)), IsEmpty());
}

TEST(RecordEvents, OnesOwnNewNameIsToldToOneself) {
  const auto profile = [](std::string_view name, std::string_view more = "") {
    return fmt::format(R"({{"pk":{{"S":"USR#ann"}},"sk":{{"S":"PROFILE"}},"handle":{{"S":"ann"}},)"
                       R"("display_name":{{"S":"{}"}}{}}})",
                       name, more);
  };
  RecordEvents events(10);
  const auto read = [&](std::string_view event, const std::string& now) {
    return events.read(TestRecord(event, "USR#ann", "PROFILE", now).record);
  };
  EXPECT_THAT(names(read("INSERT", profile("Ann"))), IsEmpty());
  EXPECT_THAT(names(read("MODIFY", profile("Ann", R"(,"names_due":{"N":"0"})"))), IsEmpty());
  const auto renamed = read("MODIFY", profile("Anna"));
  ASSERT_THAT(names(renamed), ElementsAre("profile"));
  EXPECT_EQ(renamed.events[0].audience, Audience::kPerson);
  EXPECT_EQ(renamed.events[0].person, "ann");
  EXPECT_EQ(renamed.events[0].data,
            R"({"user":{"id":"ann","handle":"ann","display_name":"Anna"}})");
  EXPECT_THAT(names(read("MODIFY", profile("Anna"))), IsEmpty());
  const auto erased = read("MODIFY", profile("Gone", R"(,"erased_at":{"S":"2026"})"));
  EXPECT_THAT(names(erased), IsEmpty());
  EXPECT_EQ(erased.erased, "ann");
  EXPECT_THAT(names(read("REMOVE", "")), IsEmpty());
  EXPECT_THAT(names(RecordEvents(10).read(
                  TestRecord("MODIFY", "USR#ann", "PROFILE", profile("A"), profile("A")).record)),
              IsEmpty());
}

TEST(RecordEvents, OtherItemsMeanNothing) {
  RecordEvents events(10);
  const std::string row = item_of(
      ConversationRow{.user = "ann", .sort_key = "2026", .conversation = "g", .text = "hello"});
  EXPECT_THAT(names(events.read(TestRecord("INSERT", "GRP#ann", "2026", row).record)), IsEmpty());
  EXPECT_THAT(names(events.read(TestRecord("MODIFY", "CNV#g", "MBR#ann", "").record)), IsEmpty());
}

}  // namespace
}  // namespace parley::messaging
