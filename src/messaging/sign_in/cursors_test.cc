#include "messaging/sign_in/cursors.h"

#include <gtest/gtest.h>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

class CursorsTest : public testing::Test {
 protected:
  void expect_refused(std::string_view person, std::string_view scope, std::string_view cursor) {
    const auto opened = cursors_.open(person, scope, cursor);
    ASSERT_FALSE(opened) << cursor;
    EXPECT_EQ(refusal_of(opened.error())->reason, RefusalReason::kInvalidCursor);
  }
  const Cursors cursors_{std::string(32, 'k')};
  const std::string place_ = "2026-11-22T18:20:33.000123+00:00";
};

TEST_F(CursorsTest, OpensWhatItSealed) {
  const std::string cursor = cursors_.seal("ada", "conversations", place_);
  EXPECT_EQ(cursors_.open("ada", "conversations", cursor), place_);
  EXPECT_EQ(cursor.find_first_of("+/="), std::string::npos);
  EXPECT_EQ(Cursors(std::string(32, 'k')).open("ada", "conversations", cursor), place_);
}

TEST_F(CursorsTest, TheLongestPlaceIsReadBack) {
  const std::string longest(kPlaceSizeMax, 'x');
  EXPECT_EQ(cursors_.open("ada", "x", cursors_.seal("ada", "x", longest)), longest);
  expect_refused("ada", "x", cursors_.seal("ada", "x", longest + "xx"));
}

TEST_F(CursorsTest, NothingIsTheBeginning) {
  EXPECT_EQ(cursors_.seal("ada", "x", ""), "");
  EXPECT_EQ(cursors_.open("ada", "x", ""), "");
}

TEST_F(CursorsTest, IsOfUseToOnePersonAndOneThing) {
  const std::string cursor = cursors_.seal("ada", "messages/1", place_);
  expect_refused("bob", "messages/1", cursor);
  expect_refused("ada", "messages/2", cursor);
  expect_refused("adam", "essages/1", cursor);
}

TEST_F(CursorsTest, AnotherKeyOpensNothing) {
  expect_refused("ada", "x", Cursors(std::string(32, 'j')).seal("ada", "x", place_));
}

TEST_F(CursorsTest, AForgedOneIsRefusedWhicheverByteIsChanged) {
  const std::string cursor = cursors_.seal("ada", "x", place_);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string forged = cursor;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    expect_refused("ada", "x", forged);
  }
  for (std::size_t size = 1; size < cursor.size(); ++size) {
    expect_refused("ada", "x", cursor.substr(0, size));
  }
  expect_refused("ada", "x", cursor + "A");
  expect_refused("ada", "x", "!!!!");
  expect_refused("ada", "x", std::string(100'000, 'A'));
}

}  // namespace
}  // namespace parley::messaging
