#include "messaging/message_event.h"

#include <gtest/gtest.h>

namespace parley::messaging {
namespace {

std::string record(std::string_view event, std::string_view pk, std::string_view sk,
                   std::string_view image = "{}") {
  return R"({"eventName":")" + std::string(event) + R"(","dynamodb":{"Keys":{"pk":{"S":")" +
         std::string(pk) + R"("},"sk":{"S":")" + std::string(sk) + R"("}},"NewImage":)" +
         std::string(image) + "}}";
}

std::string event(std::initializer_list<std::string> records) {
  std::string out = R"({"Records":[)";
  for (const auto& each : records) out += (out.ends_with('[') ? "" : ",") + each;
  return out + "]}";
}

constexpr std::string_view kEarly = "2026-01-01T10:00:00.000000+00:00";
constexpr std::string_view kLate = "2026-01-01T11:00:00.000000+00:00";

TEST(MessageEvent, AllRecordsAreReadNotTheFirstAlone) {
  const auto arrivals =
      arrivals_of(event({record("INSERT", "MSG#a", kEarly), record("INSERT", "MSG#b", kEarly),
                         record("INSERT", "MSG#a", kLate)}));
  ASSERT_TRUE(arrivals.has_value());
  ASSERT_EQ(arrivals->conversations.size(), 2U);
  EXPECT_EQ(arrivals->conversations.at("a").messages.size(), 2U);
  EXPECT_EQ(arrivals->conversations.at("a").newest()->time, kLate);
  EXPECT_EQ(arrivals->conversations.at("b").newest()->time, kEarly);
}

TEST(MessageEvent, TheNewestIsByTimeWhateverItsFormAndPlace) {
  const auto arrivals = arrivals_of(event(
      {record("INSERT", "MSG#a", "2026-01-01T07:00:00-05:00"), record("INSERT", "MSG#a", kLate)}));
  EXPECT_EQ(arrivals->conversations.at("a").newest()->time, "2026-01-01T12:00:00.000000+00:00");
  EXPECT_EQ(arrivals->conversations.at("a").newest()->sort_key, "2026-01-01T07:00:00-05:00");
}

TEST(MessageEvent, OfTwoRecordsOfOneMessageTheLaterCounts) {
  const auto arrivals =
      arrivals_of(event({record("INSERT", "MSG#a", kEarly, R"({"message":{"S":"helo"}})"),
                         record("MODIFY", "MSG#a", kEarly, R"({"message":{"S":"hello"}})")}));
  EXPECT_EQ(arrivals->conversations.at("a").newest()->text, "hello");
  EXPECT_TRUE(arrivals->conversations.at("a").newest()->edited);
}

TEST(MessageEvent, ItemsThatAreNoMessagesAreLeftOut) {
  const auto arrivals = arrivals_of(
      event({record("INSERT", "GRP#u", kEarly), record("INSERT", "MSG#", kEarly),
             R"({"eventName":"INSERT","dynamodb":{"Keys":{"pk":{"N":"1"},"sk":{"S":"x"}}}})",
             R"({"eventName":"INSERT"})"}));
  ASSERT_TRUE(arrivals.has_value());
  EXPECT_TRUE(arrivals->conversations.empty());
}

TEST(MessageEvent, ARemovalIsToldAndIsNotTheNewest) {
  const auto arrivals =
      arrivals_of(event({record("INSERT", "MSG#a", kEarly), record("INSERT", "MSG#a", kLate),
                         record("REMOVE", "MSG#a", kLate), record("REMOVE", "MSG#b", kLate)}));
  EXPECT_EQ(arrivals->conversations.at("a").newest()->time, kEarly);
  EXPECT_EQ(arrivals->conversations.at("a").messages.size(), 2U);
  EXPECT_EQ(arrivals->conversations.at("b").newest(), nullptr);
}

TEST(MessageEvent, ADeletedMessageIsStillTheNewest) {
  const auto arrivals = arrivals_of(
      event({record("MODIFY", "MSG#a", kLate,
                    R"({"message":{"S":""},"deleted_at":{"S":"2026-01-01T12:00:00"}})")}));
  ASSERT_NE(arrivals->conversations.at("a").newest(), nullptr);
  EXPECT_TRUE(arrivals->conversations.at("a").newest()->deleted);
}

TEST(MessageEvent, AReactionShowsNowhereElseAndIsLeftOutWhereBothImagesSaySo) {
  const std::string reaction =
      R"({"eventName":"MODIFY","dynamodb":{"Keys":{"pk":{"S":"MSG#a"},"sk":{"S":"x"}},)"
      R"("OldImage":{"message":{"S":"hi"}},)"
      R"("NewImage":{"message":{"S":"hi"},"reaction:+":{"SS":["u"]}}}})";
  EXPECT_TRUE(arrivals_of(event({reaction}))->conversations.empty());
  std::string edit = reaction;
  edit.replace(edit.rfind("hi"), 2, "ho");
  EXPECT_FALSE(arrivals_of(event({edit}))->conversations.empty());
}

TEST(MessageEvent, TheTableIsNamedByTheStreamsArn) {
  std::string with_arn = record("INSERT", "MSG#a", kEarly);
  with_arn.insert(1, R"("eventSourceARN":"arn:aws:dynamodb:us-east-1:000000000001:table/talk/)"
                     R"(stream/2026-01-01T00:00:00.000",)");
  EXPECT_EQ(arrivals_of(event({with_arn}))->table, "talk");
  EXPECT_EQ(arrivals_of(event({record("INSERT", "MSG#a", kEarly)}))->table, "");
}

TEST(MessageEvent, WhatIsNoStreamEventIsRefused) {
  for (const char* text : {"", "{}", "[1]", R"({"Records":{}})", "null", "{\"Records\":["}) {
    const auto arrivals = arrivals_of(text);
    ASSERT_FALSE(arrivals.has_value()) << text;
    EXPECT_EQ(arrivals.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(MessageEvent, SenderAndTextComeFromTheImageIfItIsThere) {
  const auto arrivals = arrivals_of(
      event({record("INSERT", "MSG#a", kEarly, R"({"message":{"S":"hi"},"user_uuid":{"S":"ann"}})"),
             record("INSERT", "MSG#b", kEarly)}));
  EXPECT_EQ(arrivals->conversations.at("a").newest()->sender.id, "ann");
  EXPECT_EQ(arrivals->conversations.at("a").newest()->text, "hi");
  EXPECT_EQ(arrivals->conversations.at("b").newest()->text, std::nullopt);
}

}  // namespace
}  // namespace parley::messaging
