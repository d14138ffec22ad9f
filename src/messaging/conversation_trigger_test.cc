// The native trigger against a database in memory: what REFERENCE calls the known faults of the
// original, each as a fact that holds here.
#include "messaging/conversation_trigger.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <thread>

#include "client/test_local_database.h"
#include "messaging/query_pages.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;

constexpr std::string_view kTable =
    R"({"TableName":"cruddur-messages","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[
        {"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},
        {"AttributeName":"message_group_uuid","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                     {"AttributeName":"sk","KeyType":"RANGE"}],
        "GlobalSecondaryIndexes":[{"IndexName":"message-group-sk-index","KeySchema":[
          {"AttributeName":"message_group_uuid","KeyType":"HASH"},
          {"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]})";

std::string at(int minute) {
  return iso_utc(1'767'225'600'000'000 + TimestampMicros{minute} * 60'000'000);
}

std::string attributes(std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
  std::string out = "{";
  for (const auto& [name, value] : all) {
    out +=
        fmt::format("{}{}:{}", out.size() > 1 ? "," : "", json_string(name), string_value(value));
  }
  return out + "}";
}

std::string message(std::string_view group, std::string_view time, std::string_view sender,
                    std::string_view text) {
  return attributes({{"pk", fmt::format("MSG#{}", group)},
                     {"sk", time},
                     {"message", text},
                     {"message_uuid", fmt::format("m-{}", time)},
                     {"user_uuid", sender},
                     {"user_display_name", fmt::format("Name of {}", sender)},
                     {"user_handle", sender}});
}

std::string row(std::string_view owner, std::string_view group, std::string_view time,
                std::string_view other, std::string_view text = "old") {
  return attributes({{"pk", fmt::format("GRP#{}", owner)},
                     {"sk", time},
                     {"message_group_uuid", group},
                     {"message", text},
                     {"user_uuid", other},
                     {"user_display_name", fmt::format("Name of {}", other)},
                     {"user_handle", other}});
}

std::string record(std::string_view event, std::string_view item) {
  simdjson::dom::parser parser;
  const simdjson::dom::element json = parser.parse(simdjson::padded_string(item));
  return fmt::format(
      R"({{"eventName":"{}","dynamodb":{{"Keys":{},"NewImage":{},"SequenceNumber":"1"}}}})", event,
      item_key(*text_of(json, "pk"), *text_of(json, "sk")), item);
}

std::string batch(const std::vector<std::string>& records) {
  return fmt::format(R"({{"Records":[{}]}})", fmt::join(records, ","));
}

class Conversations : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_.call("CreateTable", kTable)); }

  void put(const std::string& item) {
    const auto reply = database_.call(
        "PutItem", fmt::format(R"({{"TableName":"cruddur-messages","Item":{}}})", item));
    ASSERT_TRUE(reply) << reply.error().message;
  }
  void remove(std::string_view pk, std::string_view sk) {
    ASSERT_TRUE(database_.call("DeleteItem", fmt::format(R"({{"TableName":"cruddur-messages",)"
                                                         R"("Key":{}}})",
                                                         item_key(pk, sk))));
  }
  /// Ann and Bob in conversation g, as the founding document has it.
  void make_pair(std::string_view group = "g", int minute = 0) {
    put(row("ann", group, at(minute), "bob"));
    put(row("bob", group, at(minute), "ann"));
  }
  /// Stores the message and gives its record.
  std::string say(std::string_view group, int minute, std::string_view sender,
                  std::string_view text) {
    const std::string item = message(group, at(minute), sender, text);
    put(item);
    return record("INSERT", item);
  }
  void deliver(const std::vector<std::string>& records) {
    const auto reply = trigger_.handle(batch(records));
    ASSERT_TRUE(reply) << reply.error().message;
  }
  /// "sk message" of each of the user's rows, oldest first.
  std::vector<std::string> rows_of(std::string_view user) {
    return collect(fmt::format("GRP#{}", user), [](const simdjson::dom::element& item) {
      return fmt::format("{} {}", *text_of(item, "sk"), *text_of(item, "message"));
    });
  }
  long unread_of(std::string_view user, std::string_view group = "g") {
    long unread = -1;
    collect(fmt::format("CNV#{}", group), [&](const simdjson::dom::element& item) {
      if (text_of(item, "sk") == fmt::format("MBR#{}", user)) {
        unread = number_of(item, "unread").value_or(-2);
      }
      return std::string();
    });
    return unread;
  }
  std::vector<std::string> collect(
      const std::string& pk,
      const std::function<std::string(const simdjson::dom::element&)>& describe) {
    std::vector<std::string> found;
    const Status walked = for_each_item(
        database_.direct(),
        fmt::format(R"({{"TableName":"cruddur-messages","KeyConditionExpression":"pk = :p",)"
                    R"("ExpressionAttributeValues":{{":p":{}}})",
                    string_value(pk)),
        [&](const simdjson::dom::element& item) {
          found.push_back(describe(item));
          return true;
        });
    EXPECT_TRUE(walked);
    return found;
  }

  client::TestLocalDatabase database_;
  ConversationTrigger trigger_{database_, {.table = "cruddur-messages"}};
};

TEST_F(Conversations, AMessageMovesBothRows) {
  make_pair();
  deliver({say("g", 5, "ann", "hello")});
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(5) + " hello"));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello"));
}

TEST_F(Conversations, EveryRecordOfABatchCounts) {
  make_pair("g");
  put(row("ann", "h", at(1), "cy"));
  put(row("cy", "h", at(1), "ann"));
  deliver({say("g", 5, "ann", "first"), say("h", 6, "cy", "other"), say("g", 7, "bob", "last")});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(7) + " last"));
  EXPECT_THAT(rows_of("cy"), ElementsAre(at(6) + " other"));
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(6) + " other", at(7) + " last"));
}

TEST_F(Conversations, OthersMessagesAreUnreadAndOwnOnesAreNot) {
  make_pair();
  deliver({say("g", 5, "ann", "1"), say("g", 6, "ann", "2"), say("g", 7, "bob", "3")});
  EXPECT_EQ(unread_of("ann"), 1);
  EXPECT_EQ(unread_of("bob"), 0);
  deliver({say("g", 8, "ann", "4")});
  EXPECT_EQ(unread_of("ann"), 0);
  EXPECT_EQ(unread_of("bob"), 1);
}

TEST_F(Conversations, WhoWritesHasReadWhatCameBeforeAndNothingAfter) {
  make_pair();
  deliver({say("g", 5, "ann", "1"), say("g", 6, "ann", "2")});
  EXPECT_EQ(unread_of("bob"), 2);
  const auto answer = say("g", 7, "bob", "3");
  // What comes later is told first.
  deliver({say("g", 8, "ann", "4")});
  EXPECT_EQ(unread_of("bob"), 3);
  deliver({answer});
  EXPECT_EQ(unread_of("bob"), 1);
  deliver({answer, say("g", 9, "ann", "5")});
  EXPECT_EQ(unread_of("bob"), 2);
  deliver({say("g", 10, "bob", "6"), say("g", 11, "ann", "7")});
  EXPECT_EQ(unread_of("bob"), 1);
}

TEST_F(Conversations, TheFoundingMessageIsNoLongerUnreadAfterAReply) {
  make_pair("g", 5);
  say("g", 5, "ann", "old");  // long ago: nobody delivers it
  deliver({say("g", 6, "bob", "a reply")});
  EXPECT_EQ(unread_of("bob"), 0);
  EXPECT_EQ(unread_of("ann"), 1);
}

TEST_F(Conversations, TheFirstMessageOfANewConversationIsUnread) {
  // The original writes a conversation's first message together with both rows.
  make_pair("g", 5);
  const auto first = say("g", 5, "ann", "old");
  deliver({first});
  deliver({first});
  EXPECT_EQ(unread_of("bob"), 1);
  EXPECT_EQ(unread_of("ann"), 0);
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " old"));
}

TEST_F(Conversations, ARetriedBatchChangesNothing) {
  make_pair();
  const auto records = std::vector{say("g", 5, "ann", "1"), say("g", 6, "bob", "2")};
  deliver(records);
  deliver(records);
  deliver({records[0]});
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(6) + " 2"));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(6) + " 2"));
  EXPECT_EQ(unread_of("ann"), 1);
  EXPECT_EQ(unread_of("bob"), 0);
}

TEST_F(Conversations, ALateRecordDoesNotMoveARowBackInTime) {
  make_pair();
  const auto early = say("g", 5, "ann", "early");
  deliver({say("g", 9, "ann", "late")});
  deliver({early});
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(9) + " late"));
}

TEST_F(Conversations, AnEditOfAnOldMessageDoesNotMoveARow) {
  make_pair();
  deliver({say("g", 5, "ann", "one"), say("g", 9, "ann", "two")});
  const auto edited = message("g", at(5), "ann", "one, edited");
  put(edited);
  deliver({record("MODIFY", edited)});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(9) + " two"));
}

TEST_F(Conversations, AnEditOfTheNewestMessageIsShownInItsPlace) {
  make_pair();
  deliver({say("g", 5, "ann", "helo")});
  const auto edited = message("g", at(5), "ann", "hello");
  put(edited);
  const long before = unread_of("bob");
  deliver({record("MODIFY", edited)});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello"));
  EXPECT_EQ(unread_of("bob"), before);
}

TEST_F(Conversations, AReplayedOldEditShowsTheTextAsItIsNow) {
  make_pair();
  deliver({say("g", 5, "ann", "one")});
  const auto first_edit = message("g", at(5), "ann", "two");
  put(message("g", at(5), "ann", "three"));
  deliver({record("MODIFY", first_edit)});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " three"));
}

TEST_F(Conversations, AttributesUnknownToUsStayOnTheRow) {
  put(R"({"pk":{"S":"GRP#ann"},"sk":{"S":")" + at(0) +
      R"("},"message_group_uuid":{"S":"g"},"message":{"S":"x"},"user_uuid":{"S":"bob"},)"
      R"("pinned":{"BOOL":true},"colours":{"L":[{"N":"1.50"},{"M":{}}]}})");
  deliver({say("g", 5, "bob", "hi")});
  const auto rows = collect("GRP#ann", [](const simdjson::dom::element& item) {
    return simdjson::minify(item["pinned"]) + simdjson::minify(item["colours"]);
  });
  EXPECT_THAT(rows, ElementsAre(R"({"BOOL":true}{"L":[{"N":"1.5"},{"M":{}}]})"));
}

TEST_F(Conversations, TwoConversationsOfOneUserInOneMicrosecondKeepTheirRows) {
  put(row("ann", "g", at(0), "bob"));
  put(row("ann", "h", at(1), "cy"));
  deliver({say("g", 5, "bob", "from bob"), say("h", 5, "cy", "from cy")});
  const std::string next = iso_utc(*parse_iso(at(5)) + 1);
  const auto rows = rows_of("ann");
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows == (std::vector{at(5) + " from bob", next + " from cy"}) ||
              rows == (std::vector{at(5) + " from cy", next + " from bob"}))
      << testing::PrintToString(rows);
  // And the one that had to give way is not taken for newer than it is.
  deliver({record("INSERT", message("g", next, "bob", "a microsecond later")),
           record("INSERT", message("h", next, "cy", "a microsecond later"))});
  for (const auto& each : rows_of("ann")) EXPECT_THAT(each, testing::HasSubstr("later"));
}

TEST_F(Conversations, TheOldRowGoesOnlyTogetherWithTheNewOnesArrival) {
  make_pair();
  const auto records = std::vector{say("g", 5, "ann", "hello")};
  // Whatever call fails, no row is lost, and the batch delivered again puts all right.
  for (int failing = 0;; ++failing) {
    int calls = 0;
    database_.before_call = [&](std::string_view, std::string_view) -> std::optional<Error> {
      if (calls++ != failing) return std::nullopt;
      return Error{ErrorCode::kIo, "connection lost"};
    };
    const auto reply = trigger_.handle(batch(records));
    database_.before_call = {};
    EXPECT_EQ(rows_of("ann").size(), 1U) << failing;
    EXPECT_EQ(rows_of("bob").size(), 1U) << failing;
    if (calls <= failing) break;
    EXPECT_FALSE(reply) << failing;
  }
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(5) + " hello"));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello"));
  EXPECT_EQ(unread_of("bob"), 1);
}

TEST_F(Conversations, ARowThatWasLostIsMadeAgainFromTheOthersMessages) {
  make_pair();
  deliver({say("g", 5, "ann", "hello")});
  remove("GRP#bob", at(5));  // as the original did, when it ended between its two writes
  deliver({say("g", 6, "bob", "still here?")});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(6) + " still here?"));
  const auto handles = collect("GRP#bob", [](const simdjson::dom::element& item) {
    return fmt::format("{} in {}", *text_of(item, "user_handle"),
                       *text_of(item, "message_group_uuid"));
  });
  EXPECT_THAT(handles, ElementsAre("ann in g"));
}

TEST_F(Conversations, AStaleIndexReadMakesNoSecondRow) {
  make_pair();
  deliver({say("g", 5, "ann", "hello")});
  // The index still shows the rows where they were.
  database_.before_call = [&](std::string_view operation,
                              std::string_view input) -> std::optional<Error> {
    EXPECT_FALSE(operation == "DeleteItem" && input.find(at(0)) != std::string_view::npos);
    return std::nullopt;
  };
  deliver({say("g", 6, "bob", "again")});
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(6) + " again"));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(6) + " again"));
}

TEST_F(Conversations, SurplusRowsThatAnEarlierFaultLeftGoAway) {
  make_pair();
  put(row("ann", "g", at(1), "bob"));
  put(row("ann", "g", at(2), "bob"));
  put(row("ann", "other", at(3), "cy"));
  deliver({say("g", 6, "bob", "hi")});
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(3) + " old", at(6) + " hi"));
}

TEST_F(Conversations, TimesInOtherFormsOrderAsTimes) {
  put(row("ann", "g", "2026-01-01T07:30:00-05:00", "bob"));  // 12:30 UTC
  const std::string earlier = message("g", "2026-01-01T12:00:00Z", "bob", "earlier");
  const std::string later = message("g", "2026-01-01T13:00:00Z", "bob", "later");
  put(earlier);
  put(later);
  deliver({record("INSERT", earlier)});
  EXPECT_THAT(rows_of("ann"), ElementsAre("2026-01-01T07:30:00-05:00 old"));
  deliver({record("INSERT", later)});
  EXPECT_THAT(rows_of("ann"), ElementsAre("2026-01-01T13:00:00.000000+00:00 later"));
}

TEST_F(Conversations, ViewTypesWithoutTheNewImageAreServed) {
  make_pair();
  put(message("g", at(5), "ann", "hello"));
  deliver({fmt::format(R"({{"eventName":"INSERT","dynamodb":{{"Keys":{}}}}})",
                       item_key("MSG#g", at(5)))});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello"));
}

TEST_F(Conversations, AMessageWithoutTextIsLeftOutAndHoldsNothingUp) {
  make_pair();
  put(row("ann", "h", at(1), "cy"));
  std::vector<std::string> lines;
  ConversationTrigger trigger(database_,
                              {.table = "cruddur-messages",
                               .log = [&](const std::string& line) { lines.push_back(line); }});
  const std::string poison = attributes({{"pk", "MSG#g"}, {"sk", at(5)}});
  put(poison);
  ASSERT_TRUE(trigger.handle(batch({record("INSERT", poison), say("h", 6, "cy", "fine")})));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(0) + " old"));
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(0) + " old", at(6) + " fine"));
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(Conversations, AGroupThatIsTooLargeHasItsMetaTouchedAlone) {
  put(R"({"pk":{"S":"CNV#g"},"sk":{"S":"META"},"member_count":{"N":"101"}})");
  make_pair();
  deliver({say("g", 5, "ann", "hello all"), say("g", 4, "bob", "before")});
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(0) + " old"));
  const auto meta = collect("CNV#g", [](const simdjson::dom::element& item) {
    return fmt::format("{} {}", *text_of(item, "last_message_at"), *text_of(item, "preview"));
  });
  EXPECT_THAT(meta, ElementsAre(at(5) + " hello all"));
  deliver({say("g", 3, "bob", "late")});
  EXPECT_THAT(collect("CNV#g",
                      [](const simdjson::dom::element& item) {
                        return std::string(*text_of(item, "preview"));
                      }),
              ElementsAre("hello all"));
}

TEST_F(Conversations, WithoutTransactionsTheSameIsDoneStepByStep) {
  const auto refuse = [](std::string_view operation, std::string_view) -> std::optional<Error> {
    if (operation != "TransactWriteItems") return std::nullopt;
    return client::service_error(400, R"({"__type":"x#UnknownOperationException","message":""})");
  };
  database_.before_call = refuse;
  make_pair();
  put(row("ann", "h", at(1), "cy"));
  deliver({say("g", 5, "ann", "one"), say("h", 5, "cy", "two")});
  deliver({say("g", 6, "bob", "three")});
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(6) + " three"));
  EXPECT_EQ(rows_of("ann").size(), 2U);
  EXPECT_EQ(unread_of("bob"), 0);
  EXPECT_EQ(unread_of("ann"), 1);
}

TEST_F(Conversations, TwoTriggersAtOnceLeaveOneRowEachAndCountOnce) {
  make_pair();
  std::vector<std::string> records;
  for (int i = 1; i <= 40; ++i) {
    records.push_back(say("g", i, i % 2 == 0 ? "ann" : "bob", fmt::format("m{}", i)));
  }
  ConversationTrigger other(database_, {.table = "cruddur-messages"});
  const auto run = [&](ConversationTrigger& trigger, std::ptrdiff_t batch_size) {
    for (auto left = records.begin(); left != records.end();) {
      const auto end = left + std::min(batch_size, records.end() - left);
      const auto reply = trigger.handle(batch({left, end}));
      EXPECT_TRUE(reply) << reply.error().message;
      left = end;
    }
  };
  {
    const std::jthread first([&] { run(trigger_, 3); });
    const std::jthread second([&] { run(other, 5); });
  }
  EXPECT_THAT(rows_of("ann"), ElementsAre(at(40) + " m40"));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(40) + " m40"));
  EXPECT_EQ(unread_of("ann"), 0);  // the last one is hers
  EXPECT_EQ(unread_of("bob"), 1);
}

TEST_F(Conversations, AConflictingTransactionIsWaitedFor) {
  make_pair();
  int conflicts = 6;  // of each kind
  std::vector<std::chrono::milliseconds> pauses;
  database_.before_call = [&](std::string_view operation,
                              std::string_view) -> std::optional<Error> {
    if (operation == "TransactWriteItems" && conflicts-- > 0) {
      return client::service_error(
          400, R"({"__type":"x#TransactionCanceledException","Message":"Transaction cancelled, )"
               R"(please refer cancellation reasons for specific reasons [TransactionConflict, )"
               R"(None, None]"})");
    }
    return std::nullopt;
  };
  ConversationTrigger trigger(
      database_, {.table = "cruddur-messages",
                  .threads_max = 1,
                  .pause = [&](std::chrono::milliseconds pause) { pauses.push_back(pause); }});
  ASSERT_TRUE(trigger.handle(batch({say("g", 5, "ann", "hello")})));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello"));
  EXPECT_EQ(unread_of("bob"), 1);
  using std::chrono::milliseconds;
  EXPECT_THAT(pauses, ElementsAre(milliseconds(1), milliseconds(2), milliseconds(4),
                                  milliseconds(8), milliseconds(16)));

  const auto edited = message("g", at(5), "ann", "hello!");
  put(edited);
  conflicts = 3;
  database_.before_call = [&](std::string_view operation,
                              std::string_view) -> std::optional<Error> {
    if (operation == "UpdateItem" && conflicts-- > 0) {
      return client::service_error(
          400, R"({"__type":"x#TransactionConflictException","message":"ongoing"})");
    }
    return std::nullopt;
  };
  ASSERT_TRUE(trigger.handle(batch({record("MODIFY", edited)})));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello!"));
}

TEST_F(Conversations, TheRecordsOwnTableIsServedWhereNoneIsNamed) {
  make_pair();
  std::string from_stream = say("g", 5, "ann", "hello");
  ConversationTrigger any_table(database_, {});
  const auto refused = any_table.handle(batch({from_stream}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  from_stream.insert(1,
                     R"("eventSourceARN":"arn:aws:dynamodb:r:1:table/cruddur-messages/stream/x",)");
  ASSERT_TRUE(any_table.handle(batch({from_stream})));
  EXPECT_THAT(rows_of("bob"), ElementsAre(at(5) + " hello"));
  EXPECT_TRUE(any_table.handle(R"({"Records":[]})"));
}

TEST_F(Conversations, WhatIsNoEventIsRefused) {
  const auto reply = trigger_.handle("{}");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace parley::messaging
