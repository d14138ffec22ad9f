// What people do (messaging/domain), as the others see it live.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/domain/conversations.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/people.h"
#include "messaging/live/test_live_hub.h"

namespace parley::messaging {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LiveDomain : public testing::Test {
 protected:
  LiveDomain() {
    for (const std::string_view id : {"ann", "bob", "cat"}) {
      EXPECT_TRUE(People(domain_).ensure(id, id, id));
    }
    LiveHubSources sources = sources_of(table_);
    sources.members_of = [this](std::string_view id) { return conversations_.member_ids(id); };
    sources.conversations_of = [this](std::string_view person) -> Result<std::vector<std::string>> {
      const auto page = PARLEY_TRY(conversations_.list(person, 100, ""));
      std::vector<std::string> ids;
      for (const ConversationView& view : page.items) ids.push_back(view.id);
      return ids;
    };
    sources.pinned_among = [this](std::string_view id, const std::vector<std::string>& people) {
      return conversations_.pinned_among(id, people);
    };
    sources.pinned_of = [this](std::string_view person) {
      return conversations_.pinned_of(person, kRoomsOfPersonMax);
    };
    sources.members_moved_max = 2;
    hub_ = std::make_unique<LiveHub>(std::move(sources), HubSettings{});
    walk_ = std::make_unique<client::StreamWalk>(
        table_.database, table_.database.clock(), *hub_,
        client::StreamWalkOptions{.table = "cruddur-messages"});
    settle();
    for (const std::string_view id : {"ann", "bob", "cat"}) {
      sinks_[std::string(id)] = std::make_shared<TestSink>();
      EXPECT_TRUE(hub_->connect(id, "", sinks_[std::string(id)]));
      heard(id);
    }
  }
  void settle() {
    while (walk_->advance().moved) {
    }
  }
  std::vector<std::string> heard(std::string_view person) {
    settle();
    return sinks_[std::string(person)]->take();
  }

  TestLiveTable table_;
  UncachedReads reads_{table_.database};
  SeededRandom random_{7};
  MessageTimes times_{table_.database.clock()};
  Domain domain_{.database = table_.database,
                 .reads = reads_,
                 .clock = table_.database.clock(),
                 .random = random_,
                 .times = times_};
  Conversations conversations_{domain_};
  Messages messages_{domain_};
  std::unique_ptr<LiveHub> hub_;
  std::unique_ptr<client::StreamWalk> walk_;
  std::map<std::string, std::shared_ptr<TestSink>, std::less<>> sinks_;
};

TEST_F(LiveDomain, AConversationOfTwoBeginsOnBothScreensAndOnNoOther) {
  const auto made = conversations_.open_direct("ann", "bob");
  ASSERT_TRUE(made) << made.error().message;
  const std::string begun = fmt::format(
      R"(conversation {{"conversation_id":"{}","unread":0,"muted":false,"role":"member"}})",
      made->id);
  EXPECT_THAT(heard("ann"), Contains(begun));
  EXPECT_THAT(heard("bob"), Contains(begun));
  const auto sent = messages_.send("ann", made->id, {.text = "hello", .client_token = "t1"});
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_THAT(heard("bob"), Contains(HasSubstr(R"("text":"hello")")));
  EXPECT_THAT(heard("ann"), Contains(HasSubstr(R"("client_token":"t1")")));
  ASSERT_TRUE(messages_.react("bob", made->id, sent->message.id, "👍"));
  EXPECT_THAT(heard("ann"), ElementsAre(HasSubstr(R"({"emoji":"👍","user_ids":["bob"]})")));
  ASSERT_TRUE(conversations_.mark_read("bob", made->id, sent->message.sort_key));
  EXPECT_THAT(heard("ann"), Contains(HasSubstr(R"("user_id":"bob","last_read_at":)")));
  EXPECT_THAT(heard("cat"), IsEmpty());
}

TEST_F(LiveDomain, AGroupBeginsIsRenamedAndLosesMembersLive) {
  const auto made = conversations_.make_group("ann", "Friends", {"bob"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(heard("bob"), Contains(HasSubstr("conversation ")));
  EXPECT_THAT(heard("cat"), IsEmpty());
  heard("ann");
  ASSERT_TRUE(conversations_.rename("ann", made->id, "Best friends"));
  EXPECT_THAT(heard("bob"),
              Contains(fmt::format(
                  R"(group {{"conversation_id":"{}","title":"Best friends","member_count":2}})",
                  made->id)));
  heard("ann");
  ASSERT_TRUE(conversations_.invite("bob", made->id, "cat"));
  EXPECT_THAT(heard("cat"), Contains(HasSubstr("conversation ")));
  const auto anns = heard("ann");
  EXPECT_THAT(anns, Contains(testing::AllOf(HasSubstr("joined "), HasSubstr(R"("handle":"cat")"),
                                            HasSubstr(R"("invited_by":"bob")"))));
  EXPECT_THAT(anns, Contains(HasSubstr(R"("member_count":3)")));
  ASSERT_TRUE(conversations_.set_role("ann", made->id, "cat", MemberRole::kOwner));
  EXPECT_THAT(heard("cat"), ElementsAre(HasSubstr(R"("role":"owner")")));
  EXPECT_THAT(heard("ann"),
              ElementsAre(testing::AllOf(HasSubstr("member "), HasSubstr(R"("handle":"cat")"),
                                         HasSubstr(R"("role":"owner")"))));
  heard("bob");
  ASSERT_TRUE(conversations_.remove("ann", made->id, "bob"));
  EXPECT_THAT(heard("bob"), Contains(HasSubstr(R"(left )")));
  EXPECT_THAT(heard("cat"), Contains(HasSubstr(R"(left )")));
  ASSERT_TRUE(messages_.send("ann", made->id, {.text = "without bob"}));
  EXPECT_THAT(heard("bob"), IsEmpty());
  EXPECT_THAT(heard("cat"), Contains(HasSubstr("without bob")));
}

TEST_F(LiveDomain, MembersOfALargeGroupAreToldHowMuchTheyHaveNotRead) {
  domain_.settings.members_moved_max = 2;
  const auto made = conversations_.make_group("ann", "Many", {"bob", "cat"});
  ASSERT_TRUE(made) << made.error().message;
  for (const char* each : {"ann", "bob", "cat"}) heard(each);
  const auto counts = [&](std::string_view person) {
    std::vector<std::string> all = heard(person);
    std::erase_if(all, [](const auto& event) { return !event.starts_with("conversation "); });
    return all;
  };
  const auto first = messages_.send("ann", made->id, {.text = "1"});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(counts("bob"), ElementsAre(HasSubstr(R"("unread":1)")));
  const std::string place = sinks_["bob"]->last_id;
  ASSERT_TRUE(messages_.send("cat", made->id, {.text = "2"}));
  EXPECT_THAT(counts("bob"), ElementsAre(HasSubstr(R"("unread":2)")));
  EXPECT_THAT(counts("cat").back(), HasSubstr(R"("unread":1)"));
  ASSERT_TRUE(conversations_.mark_read("bob", made->id, first->message.sort_key));
  EXPECT_THAT(counts("bob"), ElementsAre(HasSubstr(R"("unread":1,"last_read_at")")));
  ASSERT_TRUE(messages_.send("ann", made->id, {.text = "3"}));
  heard("bob");
  ASSERT_TRUE(conversations_.set_muted("bob", made->id, true));
  EXPECT_THAT(counts("bob"), ElementsAre(testing::AllOf(HasSubstr(R"("unread":2)"),
                                                        HasSubstr(R"("muted":true)"))));
  // Who comes back is told what no record says.
  const auto again = std::make_shared<TestSink>();
  ASSERT_TRUE(hub_->connect("bob", place, again));
  const auto missed = again->take();
  EXPECT_THAT(missed.front(), HasSubstr(R"("resumed":true)"));
  EXPECT_THAT(missed.back(),
              testing::AllOf(testing::StartsWith("conversation "), HasSubstr(R"("unread":2)")));
}

TEST_F(LiveDomain, ManyUnreadInALargeGroupAreCountedToTheirEnd) {
  domain_.settings.members_moved_max = 2;
  const auto made = conversations_.make_group("ann", "Many", {"bob", "cat"});
  ASSERT_TRUE(made);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(messages_.send("cat", made->id, {.text = "first"}));
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(messages_.send("ann", made->id, {.text = "more"}));
  const auto counted = conversations_.pinned_among(made->id, {"ann", "bob", "nobody"});
  ASSERT_TRUE(counted) << counted.error().message;
  std::map<std::string, long> unread;
  for (const MemberItem& each : *counted) unread[each.person.id] = each.unread;
  // Ann's own messages are more than one look finds.
  EXPECT_THAT(unread, ElementsAre(testing::Pair("ann", 3), testing::Pair("bob", 100)));
}

}  // namespace
}  // namespace parley::messaging
