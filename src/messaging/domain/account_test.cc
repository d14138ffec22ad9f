#include "messaging/domain/account.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "messaging/domain/conversations.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/people.h"
#include "messaging/domain/test_faults.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

template <class T>
std::optional<RefusalReason> reason_of(const Result<T>& result) {
  const Refusal* refusal = result ? nullptr : refusal_of(result.error());
  return refusal == nullptr ? std::nullopt : std::optional(refusal->reason);
}

class AccountTest : public testing::TestWithParam<TestDatabase> {
 protected:
  /// People with a run's name, who talk with each other: in two and in a group.
  struct Circle {
    std::string ann = {};
    std::string bob = {};
    std::string direct = {};
    std::string group = {};
    std::string anns = {};  // message ids
    std::string bobs = {};
  };
  Circle make_circle(const std::string& run = "") {
    Circle made{.ann = "ann" + run, .bob = "bob" + run};
    for (const std::string& id : {made.ann, made.bob}) {
      EXPECT_TRUE(people_.ensure(id, id, "Name of " + id));
    }
    made.direct = conversations_.open_direct(made.ann, made.bob)->id;
    made.group = conversations_.make_group(made.ann, "Ours", {made.bob})->id;
    for (const std::string& id : {made.direct, made.group}) {
      const auto first = messages_.send(
          made.ann, id, {.text = "secret of " + made.ann, .client_token = "t" + id.substr(0, 8)});
      const auto second = messages_.send(made.bob, id, {.text = "kept of " + made.bob});
      EXPECT_TRUE(first && second);
      EXPECT_TRUE(messages_.react(made.ann, id, second->message.id, "👍"));
      EXPECT_TRUE(messages_.react(made.bob, id, second->message.id, "👍"));
      EXPECT_TRUE(messages_.react(made.bob, id, first->message.id, "🎉"));
      made.anns = first->message.id;
      made.bobs = second->message.id;
    }
    EXPECT_TRUE(table_.deliver());
    EXPECT_TRUE(people_.block(made.bob, made.ann));
    EXPECT_TRUE(people_.unblock(made.ann, made.bob));
    return made;
  }
  std::string exported(std::string_view id) {
    std::string document;
    const Status status =
        account_.export_to(id, [&](std::string_view piece) { document += piece; });
    EXPECT_TRUE(status) << status.error().message;
    return document;
  }
  /// The whole table as text.
  std::string everything() {
    return table_.faults()
        .real()
        .call("Scan", fmt::format(R"({{"TableName":"{}","ConsistentRead":true}})", table_.name()))
        .value_or("");
  }
  void expect_erased(const Circle& circle) {
    const std::string all = everything();
    EXPECT_THAT(all, Not(HasSubstr("secret of " + circle.ann + "\"")));
    EXPECT_THAT(all, Not(HasSubstr("Name of " + circle.ann + "\"")));
    EXPECT_THAT(all, Not(HasSubstr("\"HND#" + circle.ann + "\"")));
    EXPECT_THAT(all, HasSubstr("kept of " + circle.bob));
    EXPECT_EQ(table_.item("ERS", circle.ann), "");
    EXPECT_THAT(table_.items("GRP#" + circle.ann), IsEmpty());
    EXPECT_THAT(table_.items("BLK#" + circle.bob), IsEmpty());
    const auto history = messages_.history(circle.bob, circle.group, {}, 10);
    ASSERT_TRUE(history) << history.error().message;
    ASSERT_THAT(history->items, SizeIs(2));
    EXPECT_EQ(history->items[1].sender.display_name, "Deleted account");
    EXPECT_EQ(history->items[1].text, "");
    EXPECT_NE(history->items[1].deleted_at, "");
    ASSERT_THAT(history->items[0].reactions, SizeIs(1));
    EXPECT_THAT(history->items[0].reactions[0].user_ids, ElementsAre(circle.bob));
    EXPECT_EQ(reason_of(conversations_.membership(circle.ann, circle.group)),
              RefusalReason::kNotAMember);
    const auto role = conversations_.membership(circle.bob, circle.group);
    ASSERT_TRUE(role);
    EXPECT_EQ(role->role, MemberRole::kOwner);
    EXPECT_EQ(reason_of(people_.profile(circle.ann)), RefusalReason::kNoSuchPerson);
    EXPECT_EQ(reason_of(people_.ensure(circle.ann, "ann", "Ann")), RefusalReason::kErased);
  }
  void pass_time() { table_.clock().advance(std::chrono::seconds(31)); }

  TestMessagingTable table_{GetParam()};
  People people_{table_.domain()};
  Conversations conversations_{table_.domain()};
  Messages messages_{table_.domain()};
  Account account_{table_.domain()};
};
INSTANTIATE_TEST_SUITE_P(On, AccountTest, testing::ValuesIn(test_databases()), test_database_name);

TEST_P(AccountTest, AnExportIsOneDocumentOfWhatIsOnesOwn) {
  const Circle circle = make_circle();
  ASSERT_TRUE(people_.unblock("bob", "ann"));
  ASSERT_TRUE(people_.ensure("cy", "cy", "Cy"));
  ASSERT_TRUE(people_.block("ann", "cy"));
  ASSERT_TRUE(messages_.send("ann", circle.group, {.text = "a \"later\" one\n"}));

  simdjson::dom::parser parser;
  simdjson::dom::element json;
  const simdjson::padded_string document(exported("ann"));
  ASSERT_EQ(parser.parse(document).get(json), simdjson::SUCCESS) << document;
  EXPECT_EQ(std::string_view(json["person"]["handle"]), "ann");
  EXPECT_EQ(std::string_view(json["person"]["display_name"]), "Name of ann");
  EXPECT_EQ(std::string_view(json["person"]["created_at"]), "2026-01-02T03:04:05.678000Z");
  EXPECT_EQ(std::string_view(json["blocks"].at(0)["user_id"]), "cy");
  std::vector<std::string> in_group;
  for (const simdjson::dom::element message : json["messages"]) {
    EXPECT_EQ(std::string_view(message["sender"]["id"]), "ann");
    if (std::string_view(message["conversation_id"]) == circle.group) {
      in_group.emplace_back(std::string_view(message["text"]));
    }
  }
  EXPECT_THAT(in_group, ElementsAre("secret of ann", "a \"later\" one\n"));
  EXPECT_EQ(simdjson::dom::array(json["messages"]).size(), 3U);
  EXPECT_EQ(simdjson::dom::array(json["conversations"]).size(), 2U);
  EXPECT_EQ(simdjson::dom::array(json["reactions"]).size(), 2U);
  EXPECT_EQ(std::string_view(document).find("kept of bob"), std::string_view::npos);
  // Who has reacted to one's message is those people's.
  EXPECT_EQ(std::string_view(document).find("\"bob\""), std::string_view::npos);
}

TEST_P(AccountTest, AnExportHasWhatWasSaidWhereOneHasLeft) {
  const Circle circle = make_circle();
  ASSERT_TRUE(conversations_.remove("ann", circle.group, "ann"));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  const simdjson::padded_string document(exported("ann"));
  ASSERT_EQ(parser.parse(document).get(json), simdjson::SUCCESS);
  EXPECT_EQ(simdjson::dom::array(json["messages"]).size(), 2U);
  EXPECT_EQ(simdjson::dom::array(json["conversations"]).size(), 1U);
}

TEST_P(AccountTest, AnExportKnowsTheFoundingDocumentsConversations) {
  ASSERT_TRUE(people_.ensure("ann", "ann", "Ann"));
  table_.put(item_of(ConversationRow{.user = "ann",
                                     .sort_key = "2026-01-01T00:00:00Z",
                                     .conversation = "old",
                                     .other = {"bob", "bob", "Bob"}}));
  EXPECT_THAT(exported("ann"), HasSubstr(R"("conversations":[{"conversation_id":"old")"));
}

TEST_P(AccountTest, NobodyIsExportedWhoIsNotThere) {
  const auto refused = [&](std::string_view id) {
    return reason_of(account_.export_to(id, [](std::string_view) { ADD_FAILURE(); }));
  };
  EXPECT_EQ(refused("nobody"), RefusalReason::kNoSuchPerson);
  ASSERT_TRUE(people_.ensure("ann", "ann", "Ann"));
  ASSERT_TRUE(account_.begin_erasure("ann"));
  EXPECT_EQ(refused("ann"), RefusalReason::kErased);
}

TEST_P(AccountTest, AnErasedAccountCanDoNothingFromTheStart) {
  const Circle circle = make_circle();
  EXPECT_EQ(reason_of(account_.begin_erasure("nobody")), RefusalReason::kNoSuchPerson);
  ASSERT_TRUE(account_.begin_erasure("ann"));
  ASSERT_TRUE(account_.begin_erasure("ann"));
  EXPECT_EQ(reason_of(people_.ensure("ann", "ann", "Ann")), RefusalReason::kErased);
  EXPECT_EQ(reason_of(messages_.send("ann", circle.group, {.text = "x"})), RefusalReason::kErased);
  EXPECT_EQ(reason_of(people_.by_handle("ann")), RefusalReason::kNoSuchPerson);
  EXPECT_NE(table_.item("ERS", "ann"), "");
}

TEST_P(AccountTest, AnErasureLeavesNothingOfThePerson) {
  const Circle circle = make_circle();
  ASSERT_TRUE(account_.begin_erasure("ann"));
  pass_time();
  const Status done = account_.complete_erasures();
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_TRUE(table_.deliver());
  expect_erased(circle);
  const auto list = conversations_.list("bob", 10, "");
  ASSERT_TRUE(list);
  for (const ConversationView& each : list->items) {
    if (each.kind == ConversationKind::kDirect) {
      EXPECT_EQ(each.title, "Deleted account");
    }
  }
  // The handle is free again.
  EXPECT_EQ(people_.ensure("other", "ann", "Another")->person.handle, "ann");
}

TEST_P(AccountTest, AnErasureReachesWhatThePersonHadLeft) {
  const Circle circle = make_circle();
  ASSERT_TRUE(conversations_.remove("ann", circle.group, "ann"));
  ASSERT_TRUE(conversations_.remove("ann", circle.direct, "ann"));
  ASSERT_TRUE(account_.begin_erasure("ann"));
  pass_time();
  ASSERT_TRUE(account_.complete_erasures());
  expect_erased(circle);
}

TEST_P(AccountTest, AnErasureOfSomebodyReachesTheFoundingDocumentsItems) {
  ASSERT_TRUE(people_.ensure("ann", "ann", "Name of ann"));
  for (const auto& [user, other] : {std::pair("ann", "bob"), std::pair("bob", "ann")}) {
    table_.put(item_of(ConversationRow{.user = user,
                                       .sort_key = "2026-01-01T00:00:00Z",
                                       .conversation = "old",
                                       .text = "hi",
                                       .other = {other, other, fmt::format("Name of {}", other)}}));
  }
  table_.put(item_of(Message{.id = "m1",
                             .conversation = "old",
                             .sort_key = "2026-01-01T00:00:00Z",
                             .sender = {"ann", "ann", "Name of ann"},
                             .text = "secret of ann"}));
  ASSERT_TRUE(account_.begin_erasure("ann"));
  pass_time();
  ASSERT_TRUE(account_.complete_erasures());
  const std::string all = everything();
  EXPECT_THAT(all, AllOf(Not(HasSubstr("Name of ann")), Not(HasSubstr("secret of ann"))));
  EXPECT_THAT(table_.items("GRP#ann"), IsEmpty());
  EXPECT_THAT(table_.items("GRP#bob"), ElementsAre(HasSubstr("Deleted account")));
}

TEST_P(AccountTest, AYoungErasureIsDoneAtOnceAndOnceMoreLater) {
  const Circle circle = make_circle();
  ASSERT_TRUE(account_.begin_erasure("ann"));
  ASSERT_TRUE(account_.complete_erasures());
  EXPECT_THAT(everything(), Not(HasSubstr("secret of ann")));
  EXPECT_NE(table_.item("ERS", "ann"), "");
  // A message that was under way arrives.
  table_.put(item_of(Message{.id = "late",
                             .conversation = circle.group,
                             .sort_key = "2025-01-01T00:00:00.000000+00:00",
                             .sender = {"ann", "ann", "Name of ann"},
                             .text = "secret of ann"}));
  pass_time();
  ASSERT_TRUE(account_.complete_erasures());
  EXPECT_THAT(everything(), Not(HasSubstr("secret of ann")));
  EXPECT_EQ(table_.item("ERS", "ann"), "");
}

TEST_P(AccountTest, WithoutErasuresToDoNothingIsScanned) {
  make_circle();
  table_.faults().kill_at(2, FaultyDatabase::When::kBefore);
  EXPECT_TRUE(account_.complete_erasures());
  table_.faults().mend();
}

TEST_P(AccountTest, AnErasureThatIsKilledAtItsBeginningIsDoneOrNotWhole) {
  with_every_kill(
      table_.faults(),
      {.prepare =
           [&](const std::string& run) {
             ASSERT_TRUE(people_.ensure("ann" + run, "ann" + run, "Ann"));
           },
       .act = [&](const std::string& run) { (void)account_.begin_erasure("ann" + run); },
       .check =
           [&](const std::string& run) {
             const bool noted = !table_.item("ERS", "ann" + run).empty();
             pass_time();
             ASSERT_TRUE(account_.complete_erasures());
             const auto profile = people_.profile("ann" + run);
             EXPECT_EQ(profile.has_value(), !noted);
             EXPECT_EQ(table_.item("HND#ann" + run, "HND").empty(), noted);
           }});
}

TEST_P(AccountTest, AKilledErasureGoesOnWhereverItEnded) {
  // An erasure takes some fifty calls: over HTTP not every one has its kill.
  const int step = GetParam() == TestDatabase::kEmbedded ? 1 : 5;
  for (int turn = 2;; turn += step) {
    const int call = turn / 2;
    const auto when = turn % 2 == 0 ? FaultyDatabase::When::kBefore : FaultyDatabase::When::kAfter;
    const std::string run = fmt::format("{}", turn);
    const Circle circle = make_circle(run);
    ASSERT_TRUE(account_.begin_erasure(circle.ann));
    pass_time();
    table_.faults().kill_at(call, when);
    (void)account_.complete_erasures();
    const bool struck = table_.faults().mend();
    ASSERT_TRUE(account_.complete_erasures());
    ASSERT_TRUE(table_.deliver());
    expect_erased(circle);
    if (HasFailure()) FAIL() << "killed at call " << call;
    if (!struck) {
      EXPECT_GT(call, 40);
      break;
    }
  }
}

TEST_P(AccountTest, AWriteThatArrivesTwiceDoesNoHarm) {
  const Circle circle = make_circle();
  write_twice(table_.faults());
  ASSERT_TRUE(account_.begin_erasure("ann"));
  pass_time();
  ASSERT_TRUE(account_.complete_erasures());
  expect_erased(circle);
}

}  // namespace
}  // namespace parley::messaging
