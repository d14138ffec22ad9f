// Facts about stored items: builders, views, sizes, validity.
#include "model/item.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

#include "model/item_key.h"
#include "model/limits.h"

namespace parley::model {
namespace {

using namespace std::string_view_literals;

void append_text_number(std::string& out, std::string_view text) {
  append_number(out, Number::parse(text).value());
}

std::string encoded_number(std::string_view text) {
  std::string bytes;
  Number::parse(text).value().append_encoded(bytes);
  return bytes;
}

/// One attribute of every type, given in no order.
Item every_type() {
  std::string bytes;
  MapBuilder item(bytes, MapBuilder::Kind::kItem);
  item.begin_entry("string");
  append_string(bytes, "text");
  item.begin_entry("number");
  append_text_number(bytes, "-12.5");
  item.begin_entry("binary");
  append_binary(bytes, "\x00\xFF"sv);
  item.begin_entry("strings");
  EXPECT_TRUE(append_set(bytes, AttributeType::kStringSet, {"b", "a", "c"}));
  item.begin_entry("numbers");
  const std::string ten = encoded_number("10");
  const std::string minus_two = encoded_number("-2");
  EXPECT_TRUE(append_set(bytes, AttributeType::kNumberSet, {ten, minus_two}));
  item.begin_entry("binaries");
  EXPECT_TRUE(append_set(bytes, AttributeType::kBinarySet, {"\xFF"sv, "\x01"sv}));
  item.begin_entry("list");
  ListBuilder list(bytes);
  append_null(bytes);
  list.element_added();
  append_bool(bytes, false);
  list.element_added();
  list.finish();
  item.begin_entry("map");
  MapBuilder map(bytes);
  map.begin_entry("z");
  append_string(bytes, "last");
  map.begin_entry("a");
  append_string(bytes, "first");
  map.finish();
  item.begin_entry("null");
  append_null(bytes);
  item.begin_entry("bool");
  append_bool(bytes, true);
  item.finish();
  return Item(std::move(bytes));
}

TEST(Item, HoldsEveryTypeAndIsSortedByName) {
  const Item item = every_type();
  const ItemView view = item.view();
  ASSERT_TRUE(is_valid_item(item.bytes()));
  std::vector<std::string_view> names;
  for (const auto& entry : view) names.push_back(entry.name);
  EXPECT_EQ(names,
            (std::vector<std::string_view>{"binaries", "binary", "bool", "list", "map", "null",
                                           "number", "numbers", "string", "strings"}));
  EXPECT_EQ(view.find("string")->scalar_bytes(), "text");
  EXPECT_EQ(view.find("number")->number().to_text(), "-12.5");
  EXPECT_EQ(view.find("binary")->scalar_bytes(), "\x00\xFF"sv);
  EXPECT_EQ(view.find("bool")->type(), AttributeType::kBool);
  EXPECT_TRUE(view.find("bool")->boolean());
  EXPECT_EQ(view.find("null")->type(), AttributeType::kNull);
  EXPECT_EQ(view.find("absent"), std::nullopt);
  EXPECT_EQ(view.find("zzz"), std::nullopt);
}

TEST(Item, SetsAreSortedAndSearchable) {
  const Item item = every_type();
  const SetView strings = item.view().find("strings")->set();
  EXPECT_EQ(std::ranges::distance(strings.begin(), strings.end()), 3);
  EXPECT_EQ(*strings.begin(), "a");
  EXPECT_TRUE(strings.contains("c"));
  EXPECT_FALSE(strings.contains("bb"));
  const SetView numbers = item.view().find("numbers")->set();
  EXPECT_EQ(Number::decode(*numbers.begin()).to_text(), "-2");
  EXPECT_TRUE(numbers.contains(encoded_number("1e1")));
  const SetView binaries = item.view().find("binaries")->set();
  EXPECT_EQ(*binaries.begin(), "\x01"sv);
}

TEST(Item, ListsAndMapsAreRead) {
  const Item item = every_type();
  const ListView list = item.view().find("list")->list();
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(list.at(0)->type(), AttributeType::kNull);
  EXPECT_FALSE(list.at(1)->boolean());
  EXPECT_EQ(list.at(2), std::nullopt);
  const MapView map = item.view().find("map")->map();
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.begin()->name, "a");
  EXPECT_EQ(map.find("z")->scalar_bytes(), "last");
}

TEST(Item, SizeFollowsDynamoDbsRules) {
  // Names 55; string 4, number 2+1+1, binary 2, strings 3, numbers 2+3, binaries 2,
  // list 3+2·(1+1), map 3+(1+1+4)+(1+1+5), null 1, bool 1.
  EXPECT_EQ(every_type().view().size_bytes(), 55U + 4 + 4 + 2 + 3 + 5 + 2 + 7 + 16 + 1 + 1);
  EXPECT_EQ(Item().view().size_bytes(), 0U);
}

TEST(Item, TheEmptyItemIsTheDefault) {
  EXPECT_TRUE(Item().view().empty());
  EXPECT_TRUE(ItemView().empty());
  EXPECT_EQ(ItemView(), Item().view());
  EXPECT_TRUE(is_valid_item(Item().bytes()));
}

TEST(MapBuilder, OfEqualNamesTheLastIsKept) {
  std::string bytes;
  MapBuilder item(bytes, MapBuilder::Kind::kItem);
  for (const auto& [name, value] :
       {std::pair{"b", "1"}, {"a", "2"}, {"b", "3"}, {"c", "4"}, {"b", "5"}}) {
    item.begin_entry(name);
    append_string(bytes, value);
  }
  item.finish();
  ASSERT_TRUE(is_valid_item(bytes));
  EXPECT_EQ(ItemView(bytes).size(), 3U);
  EXPECT_EQ(ItemView(bytes).find("b")->scalar_bytes(), "5");
}

TEST(MapBuilder, TakesThousandsOfEntriesInAnyOrderBehindOtherBytes) {
  for (const bool ascending : {true, false}) {
    std::string bytes = "before";
    MapBuilder item(bytes, MapBuilder::Kind::kItem);
    constexpr int kCount = 5000;
    for (int i = 0; i < kCount; ++i) {
      const std::string name = std::to_string(100'000 + (ascending ? i : kCount - 1 - i));
      item.begin_entry(name);
      append_string(bytes, name);
    }
    item.finish();
    ASSERT_EQ(bytes.substr(0, 6), "before");
    const std::string own = bytes.substr(6);
    ASSERT_TRUE(is_valid_item(own));
    EXPECT_EQ(ItemView(own).size(), 5000U);
    EXPECT_EQ(ItemView(own).find("104999")->scalar_bytes(), "104999");
  }
}

TEST(AppendSet, RefusesEqualMembersAndAppendsNothing) {
  std::string bytes = "x";
  EXPECT_FALSE(append_set(bytes, AttributeType::kStringSet, {"b", "a", "b"}));
  EXPECT_EQ(bytes, "x");
}

TEST(AppendScalar, CopiesWhatScalarBytesGave) {
  const Item item = every_type();
  for (const std::string_view name : {"string", "number", "binary"}) {
    const ValueView value = *item.view().find(name);
    std::string copy;
    append_scalar(copy, value.type(), value.scalar_bytes());
    EXPECT_EQ(ValueView(copy), value);
  }
}

TEST(CompareScalars, OrdersBinaryAsUnsignedBytesAndNumbersByValue) {
  const auto binary = [](std::string_view value) {
    std::string bytes;
    append_binary(bytes, value);
    return bytes;
  };
  const std::string low = binary("\x7F");
  const std::string high = binary("\x80");
  EXPECT_TRUE(compare_scalars(ValueView(low), ValueView(high)) < 0);
  std::string nine;
  std::string ten;
  append_text_number(nine, "9");
  append_text_number(ten, "10");
  EXPECT_TRUE(compare_scalars(ValueView(nine), ValueView(ten)) < 0);
}

TEST(ValidItem, NoTruncationAndNoExtraByteIsValid) {
  const std::string bytes = every_type().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(is_valid_item(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(is_valid_item(bytes + '\0'));
}

TEST(ValidItem, WrongOrderWrongVersionAndBadUtf8AreRefused) {
  EXPECT_TRUE(
      is_valid_item("\x01\x02\x01"
                    "a\x08\x01"
                    "b\x08"sv));
  EXPECT_FALSE(
      is_valid_item("\x01\x02\x01"
                    "b\x08\x01"
                    "a\x08"sv));
  EXPECT_FALSE(
      is_valid_item("\x01\x02\x01"
                    "a\x08\x01"
                    "a\x08"sv));
  EXPECT_FALSE(
      is_valid_item("\x02\x01\x01"
                    "a\x08"sv));
  EXPECT_FALSE(
      is_valid_item("\x01\x81\x00\x01"
                    "a\x08"sv));                      // a count not in its shortest form
  EXPECT_FALSE(is_valid_item("\x01\x01\x00\x08"sv));  // an empty name
  EXPECT_FALSE(
      is_valid_item("\x01\x01\x01"
                    "a\x0B"sv));  // no such tag
  EXPECT_FALSE(
      is_valid_item("\x01\x01\x01"
                    "a\x00\x01\xC0"sv));
  EXPECT_FALSE(
      is_valid_item("\x01\x01\x01"
                    "a\x00\x03\xED\xA0\x80"sv));  // a surrogate
  EXPECT_TRUE(
      is_valid_item("\x01\x01\x01"
                    "a\x00\x04\xF0\x9F\x98\x80"sv));
}

std::string nested_lists(std::size_t levels) {
  std::string value;
  append_null(value);
  for (std::size_t i = 0; i < levels; ++i) {
    std::string outer;
    ListBuilder list(outer);
    outer.append(value);
    list.element_added();
    list.finish();
    value = outer;
  }
  std::string bytes;
  MapBuilder item(bytes, MapBuilder::Kind::kItem);
  item.begin_entry("a");
  bytes.append(value);
  item.finish();
  return bytes;
}

TEST(ValidItem, NestingEndsAtTheLimit) {
  EXPECT_TRUE(is_valid_item(nested_lists(kNestingDepthMax - 1)));
  EXPECT_FALSE(is_valid_item(nested_lists(kNestingDepthMax)));
}

TEST(ExtractKey, KeepsOnlyTheKeyAttributes) {
  const KeySchema table_key{.hash = {{"string"}}, .range = {{"number", AttributeType::kNumber}}};
  const KeySchema index_key{.hash = {{"binary", AttributeType::kBinary}}, .range = {{"string"}}};
  const Item item = every_type();
  const Item key = extract_key(table_key, item.view());
  EXPECT_EQ(key.view().size(), 2U);
  EXPECT_EQ(key.view().find("number"), item.view().find("number"));
  EXPECT_TRUE(is_valid_item(key.bytes()));
  EXPECT_EQ(extract_keys(table_key, index_key, item.view()).view().size(), 3U);
  EXPECT_TRUE(
      extract_key(KeySchema{.hash = {{"absent"}}, .range = {}}, item.view()).view().empty());
}

}  // namespace
}  // namespace parley::model
