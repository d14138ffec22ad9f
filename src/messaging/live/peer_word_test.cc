#include "messaging/live/peer_word.h"

#include <gtest/gtest.h>

namespace parley::messaging {
namespace {

using Kind = PeerWord::Kind;

TEST(PeerWords, AreReadAsTheyWereWritten) {
  const std::vector<PeerWord> words{
      {.kind = Kind::kHello, .from = "p1"},
      {.kind = Kind::kHello, .from = "p1", .to = "p2"},
      {.kind = Kind::kPeople, .from = "p1", .first = true, .last = true},
      {.kind = Kind::kPeople,
       .from = "p\"\\\n",
       .first = true,
       .people = {{.id = "ann", .conversations = {"g", "h"}}, {.id = "b\xc3\xa4r"}}},
      {.kind = Kind::kPeople, .from = "p1", .last = true, .people = {{.id = "cat"}}},
      {.kind = Kind::kHere, .from = "p1", .people = {{.id = "ann", .conversations = {"g"}}}},
      {.kind = Kind::kLeft, .from = "p1", .person = "ann"},
      {.kind = Kind::kTyping, .from = "p1", .person = "ann", .conversation = "g", .typing = true},
      {.kind = Kind::kTyping, .from = "p1", .person = "ann", .conversation = "g"},
      {.kind = Kind::kAlive, .from = "p1"},
      {.kind = Kind::kGone, .from = "p1"}};
  for (const PeerWord& word : words)
    EXPECT_EQ(parse_peer_word(text_of(word)), word) << text_of(word);
}

TEST(PeerWords, OthersArePassedOver) {
  for (const std::string_view text :
       {"", "{", "[]", "null", "7", R"({"word":"hello"})", R"({"from":"p"})",
        R"({"word":"of a newer program","from":"p"})", R"({"word":"hello","from":""})",
        R"({"word":7,"from":"p"})", R"({"word":"hello","from":7})"}) {
    EXPECT_FALSE(parse_peer_word(text)) << text;
  }
}

TEST(PeerWords, WhatIsOfAnotherKindInsideIsLeftOut) {
  const auto word = parse_peer_word(
      R"({"word":"people","from":"p","first":"yes","more":1,"people":[7,{},)"
      R"({"id":"ann","conversations":[1,"g",null]},{"id":"bob","conversations":"g"}]})");
  const std::vector<PeerPerson> people{{}, {.id = "ann", .conversations = {"g"}}, {.id = "bob"}};
  ASSERT_TRUE(word);
  EXPECT_FALSE(word->first);
  EXPECT_EQ(word->people, people);
}

}  // namespace
}  // namespace parley::messaging
