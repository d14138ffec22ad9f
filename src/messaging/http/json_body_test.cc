#include "messaging/http/json_body.h"

#include <gtest/gtest.h>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

std::string refusal(const Error& error) {
  const Refusal* refusal = refusal_of(error);
  return refusal != nullptr && refusal->reason == RefusalReason::kInvalidInput
             ? error.message
             : "no refusal: " + error.message;
}

TEST(JsonBody, GivesItsMembers) {
  const auto body = JsonBody::parse(R"({"a":"x","b":true,"c":["1","2"],"d":{"a":"y"},"e":null})");
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->text("a"), "x");
  EXPECT_EQ(*body->flag("b"), true);
  EXPECT_EQ(*body->texts("c", 2), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(*(*body->optional_object("d"))->text("a"), "y");
  EXPECT_EQ(*body->optional_text("e"), std::nullopt);
  EXPECT_EQ(*body->optional_text("f"), std::nullopt);
}

TEST(JsonBody, AnEmptyBodyIsAnEmptyObject) {
  const auto body = JsonBody::parse("");
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->optional_text("a"), std::nullopt);
  EXPECT_EQ(refusal(body->text("a").error()), "\"a\" must be there");
}

TEST(JsonBody, RefusesWhatIsNoObject) {
  for (const char* text : {"x", "[]", "1", "\"a\"", "null", "{", "{\"a\":}", "{}{}"}) {
    EXPECT_FALSE(JsonBody::parse(text)) << text;
  }
}

TEST(JsonBody, RefusesMembersThatTheRequestDoesNotHave) {
  EXPECT_TRUE(JsonBody::parse(R"({"a":1})", {"a", "b"}));
  EXPECT_TRUE(JsonBody::parse("", {"a"}));
  const auto body = JsonBody::parse(R"({"a":1,"c\"":2})", {"a", "b"});
  ASSERT_FALSE(body);
  EXPECT_EQ(refusal(body.error()), R"("c\"" is no member of this request)");
}

TEST(JsonBody, RefusesOtherTypesByName) {
  const auto body = JsonBody::parse(R"({"a":1,"b":"true","c":"x","d":[1],"e":[]})");
  ASSERT_TRUE(body);
  EXPECT_EQ(refusal(body->text("a").error()), "\"a\" must be a string");
  EXPECT_EQ(refusal(body->flag("b").error()), "\"b\" must be true or false");
  EXPECT_EQ(refusal(body->texts("c", 9).error()), "\"c\" must be an array");
  EXPECT_EQ(refusal(body->texts("d", 9).error()), "\"d\" must be a string");
  EXPECT_EQ(refusal(body->optional_object("e").error()), "\"e\" must be an object");
}

TEST(JsonBody, BoundsArrays) {
  const auto body = JsonBody::parse(R"({"a":["1","2","3"]})");
  EXPECT_TRUE(body->texts("a", 3));
  EXPECT_EQ(refusal(body->texts("a", 2).error()), "\"a\" must be an array of at most 2 strings");
}

TEST(JsonBody, RefusesControlCharactersButLineFeedsAndTabs) {
  const auto body =
      JsonBody::parse(R"({"a":"x\ny\tz","b":"x\u0000y","c":"\u001b[2J","d":"\u007f"})");
  EXPECT_EQ(*body->text("a"), "x\ny\tz");
  for (const char* name : {"b", "c", "d"}) EXPECT_FALSE(body->text(name)) << name;
}

}  // namespace
}  // namespace parley::messaging
