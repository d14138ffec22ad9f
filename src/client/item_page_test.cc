#include "client/item_page.h"

#include <gtest/gtest.h>

namespace parley::client {
namespace {

TEST(ItemPage, HasItemsAndWhereTheNextBegins) {
  simdjson::dom::parser parser;
  const auto page = item_page_of(
      parser, R"({"Items":[{"pk":{"S":"a"}},{}],"LastEvaluatedKey":{"pk":{"S":"a"}},"Count":2})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->next(), R"({"pk":{"S":"a"}})");
  std::int64_t count = 0;
  EXPECT_EQ(page->json["Count"].get(count), simdjson::SUCCESS);
}

TEST(ItemPage, WithoutLastEvaluatedKeyIsTheLast) {
  simdjson::dom::parser parser;
  const auto page = item_page_of(parser, R"({"Items":[]})");
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->last_key);
  EXPECT_EQ(page->next(), "");
}

TEST(ItemPage, IsNothingWithoutItems) {
  simdjson::dom::parser parser;
  for (const char* reply : {"", "{", "[]", "7", R"({"Count":3})", R"({"Items":{}})"}) {
    const auto page = item_page_of(parser, reply);
    ASSERT_FALSE(page) << reply;
    EXPECT_EQ(page.error().code, ErrorCode::kRemote);
  }
}

}  // namespace
}  // namespace parley::client
