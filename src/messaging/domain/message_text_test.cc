#include "messaging/domain/message_text.h"

#include <gtest/gtest.h>

#include <string>

namespace parley::messaging {
namespace {

TEST(MessageText, CharactersAreCodePoints) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("abc"), 3U);
  EXPECT_EQ(count_characters("é漢👍"), 3U);
  EXPECT_EQ(count_characters("👍🏽"), 2U);
}

TEST(MessageText, EveryCodePointIsTakenWhole) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
      text = {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
              static_cast<char>(0x80 | (c & 0x3f))};
    } else {
      text = {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
              static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
    }
    std::string_view rest = text;
    ASSERT_EQ(take_character(rest), c);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(MessageText, WhatIsNoUtf8HasNoCharacters) {
  for (const char* text :
       {"\x80", "\xc1\x81", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5", "\xff", "ok\xff"}) {
    EXPECT_EQ(count_characters(text), std::nullopt);
    EXPECT_TRUE(has_control_characters(text));
    EXPECT_FALSE(is_emoji(text));
  }
}

TEST(MessageText, BlankIsWhatShowsNothing) {
  for (const char* text : {"", " ", "\n\t\r", "\u00a0", "\u2003\u3000", "\u200b", "\ufeff",
                           "\u200e\u2060", "\ufe0f"}) {
    EXPECT_TRUE(is_blank(text)) << text;
  }
  for (const char* text : {"a", " . ", "\u200bx", "👍", "\xff"}) EXPECT_FALSE(is_blank(text));
}

TEST(MessageText, ControlCharactersAreFound) {
  EXPECT_TRUE(has_control_characters("a\nb"));
  EXPECT_TRUE(has_control_characters(std::string_view("a\0b", 3)));
  EXPECT_TRUE(has_control_characters("\u0085"));
  EXPECT_TRUE(has_control_characters("\u2028"));
  EXPECT_TRUE(has_control_characters("Ann \u202egnp.exe"));
  EXPECT_TRUE(has_control_characters("\u2067Ann"));
  EXPECT_FALSE(has_control_characters("\u200fدانا\u200e 2"));
  EXPECT_FALSE(has_control_characters("Zoë d’Été 👍🏽"));
}

TEST(MessageText, OneEmojiIsOne) {
  for (const char* emoji : {"👍", "👍🏽", "❤", "❤️", "👨‍👩‍👧", "🇨🇭", "1️⃣", "#⃣",
                            "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏳️‍🌈",
                            "👩🏽‍❤️‍💋‍👨🏽", "漢", "é", "✓", "…"}) {
    EXPECT_TRUE(is_emoji(emoji)) << emoji;
  }
}

TEST(MessageText, WhatIsNotOneEmojiIsNone) {
  for (const char* text : {"",
                           "a",
                           "Z",
                           "ok",
                           "1",
                           "#",
                           "👍👍",
                           "👍a",
                           " ",
                           "\n",
                           "\u200d",
                           "\ufe0f",
                           "🇨",
                           "🇨🇭🇨🇭",
                           "👍 ",
                           "👨‍",
                           "‍👨",
                           "\u0301",
                           "🏴󠁧󠁢",
                           ":)",
                           "\u00a0",
                           "👨‍👩‍👧‍👦👨‍👩‍👧",
                           "👨‍👩‍👧‍👦‍👨‍👩‍👧‍👦"}) {
    EXPECT_FALSE(is_emoji(text)) << text;
  }
}

}  // namespace
}  // namespace parley::messaging
