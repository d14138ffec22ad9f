// Facts about the bytes of stored keys.
#include "codec/key_encoding.h"

#include <gtest/gtest.h>

#include <set>

#include "base/checksum.h"
#include "codec/item_json.h"

namespace parley::codec {
namespace {

using namespace std::string_view_literals;
using model::AttributeType;

model::Item item(std::string_view json) {
  return parse_item(json).value();
}

model::Table messages() {
  model::Table table;
  table.key = {.hash = {{"pk"}}, .range = {{"n", AttributeType::kNumber}}};
  table.storage_id = 7;
  table.global_indexes.push_back(
      {.name = "by-group",
       .key = {.hash = {{"group"}}, .range = {{"date"}, {"rank", AttributeType::kNumber}}},
       .storage_id = 9});
  return table;
}

TEST(KeyEncoding, ItemKeyIsStorageIdHashPrefixedPartitionAndSortBytes) {
  const model::Item given = item(R"({"pk":{"S":"ab"},"n":{"N":"1"},"x":{"S":"y"}})");
  const std::string key = item_key(messages(), given.view());
  EXPECT_EQ(key.substr(0, 4), "\x00\x00\x00\x07"sv);
  EXPECT_EQ(hash_of_key(key), hash64("\x02"
                                     "ab"));
  EXPECT_EQ(key.substr(12),
            "\x02"
            "ab\xC1\x01");
}

TEST(KeyEncoding, TheExamplesOfTheFormatsDocumentHold) {
  model::Table table = messages();
  const model::Item given = item(
      R"({"pk":{"S":"MSG#1"},"n":{"N":"-1.5"},"a":{"S":"g"},"b":{"N":"2"},"r":{"S":"x\u0000y"}})");
  EXPECT_EQ(item_key(table, given.view()),
            "\x00\x00\x00\x07\x14\x99\xD3\x18\x67\x9C\x86\xA5\x05"
            "MSG#1\x3E\x63\x32\xFF"sv);
  table.global_indexes[0].key = {.hash = {{"a"}, {"b", AttributeType::kNumber}}, .range = {{"r"}}};
  EXPECT_EQ(index_key(table, table.global_indexes[0], given.view()),
            "\x00\x00\x00\x09\xE7\x18\x58\xE9\xEE\xA4\x82\x06\x01g\x02\xC1\x02"
            "x\x00\xFFy\x00\x01MSG#1\x00\x01\x3E\x63\x32\xFF"sv);
}

TEST(KeyEncoding, NumbersThatAreEqualMakeEqualKeys) {
  const auto key = [](std::string_view json) { return item_key(messages(), item(json).view()); };
  EXPECT_EQ(key(R"({"pk":{"S":"a"},"n":{"N":"1000"}})"),
            key(R"({"pk":{"S":"a"},"n":{"N":"1e3"}})"));
}

TEST(KeyEncoding, SortKeysOrderWithinTheirItemCollection) {
  const model::Table table = messages();
  std::string previous;
  for (const std::string_view number : {"-100", "-1", "0", "0.5", "2", "10"}) {
    const std::string json = R"({"pk":{"S":"a"},"n":{"N":")" + std::string(number) + R"("}})";
    const std::string key = item_key(table, item(json).view());
    EXPECT_LT(previous, key) << number;
    previous = key;
  }
}

TEST(KeyEncoding, CollectionPrefixIsThePrefixOfItsKeysAndOfNoOthers) {
  const model::Table table = messages();
  const model::Item one = item(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
  const model::Item other = item(R"({"pk":{"S":"ab"},"n":{"N":"1"}})");
  const std::string prefix = collection_prefix(7, {*one.view().find("pk")});
  EXPECT_TRUE(item_key(table, one.view()).starts_with(prefix));
  EXPECT_FALSE(item_key(table, other.view()).starts_with(prefix));
}

TEST(KeyEncoding, IndexKeyEndsWithTheBaseKeySoThatRepeatingIndexKeysStayApart) {
  const model::Table table = messages();
  const auto& index = table.global_indexes[0];
  const model::Item given =
      item(R"({"pk":{"S":"p"},"n":{"N":"1"},"group":{"S":"g"},"date":{"S":"d"},"rank":{"N":"2"}})");
  const std::string key = index_key(table, index, given.view()).value();
  EXPECT_EQ(key.substr(0, 4), "\x00\x00\x00\x09"sv);
  EXPECT_EQ(key.substr(12),
            "\x01g"
            "d\x00\x01"
            "\xC1\x02\x00\x01"
            "p\x00\x01"
            "\xC1\x01"sv);
  EXPECT_TRUE(key.starts_with(collection_prefix(9, {*given.view().find("group")})));
}

TEST(KeyEncoding, AnIndexIsSparse) {
  const model::Table table = messages();
  const auto& index = table.global_indexes[0];
  for (const std::string_view json :
       {R"({"pk":{"S":"p"},"n":{"N":"1"}})",
        R"({"pk":{"S":"p"},"n":{"N":"1"},"group":{"S":"g"},"date":{"S":"d"}})",
        R"({"pk":{"S":"p"},"n":{"N":"1"},"group":{"S":"g"},"date":{"S":"d"},"rank":{"S":"2"}})",
        R"({"pk":{"S":"p"},"n":{"N":"1"},"group":{"N":"1"},"date":{"S":"d"},"rank":{"N":"2"}})"}) {
    EXPECT_EQ(index_key(table, index, item(json).view()), std::nullopt) << json;
  }
}

TEST(KeyEncoding, SeveralHashAttributesDoNotRunIntoEachOther) {
  const model::Item one = item(R"({"a":{"S":"ab"},"b":{"S":"c"}})");
  const model::Item two = item(R"({"a":{"S":"a"},"b":{"S":"bc"}})");
  EXPECT_NE(collection_prefix(1, {*one.view().find("a"), *one.view().find("b")}),
            collection_prefix(1, {*two.view().find("a"), *two.view().find("b")}));
}

TEST(Escaping, KeepsOrderAndDelimitsItself) {
  const std::vector<std::string_view> ascending = {
      ""sv,      "\x00"sv,   "\x00\x00"sv, "\x00\x01"sv, "\x00\xFF"sv, "\x01"sv, "a"sv,
      "a\x00"sv, "a\x00z"sv, "a\x01"sv,    "aa"sv,       "b"sv,        "\xFF"sv, "\xFF\xFF"sv};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    std::string left;
    append_escaped(left, ascending[i]);
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      std::string right;
      append_escaped(right, ascending[j]);
      EXPECT_EQ(left <=> right, i <=> j);
      EXPECT_TRUE(i == j || !right.starts_with(left));
    }
    left.append("tail");
    std::string_view rest = left;
    std::string bytes;
    ASSERT_TRUE(consume_escaped(rest, bytes));
    EXPECT_EQ(bytes, ascending[i]);
    EXPECT_EQ(rest, "tail");
  }
}

TEST(Escaping, MalformedBytesAreRefused) {
  for (std::string_view in : {""sv, "a"sv, "a\x00"sv, "a\x00\x02"sv, "\x00\xFF"sv}) {
    std::string bytes;
    EXPECT_FALSE(consume_escaped(in, bytes));
  }
}

TEST(PrefixEnd, IsTheLeastStringBehindAllOfThePrefix) {
  EXPECT_EQ(prefix_end("ab"), "ac");
  EXPECT_EQ(prefix_end("a\xFF\xFF"), "b");
  EXPECT_EQ(prefix_end("\xFF"), "");
  EXPECT_EQ(prefix_end(""), "");
  EXPECT_EQ(prefix_end("\x7F"), "\x80");
}

TEST(Segments, CoverEveryHashExactlyOnce) {
  for (const std::uint32_t total : {1U, 2U, 3U, 7U, 4096U, 1'000'000U}) {
    std::uint64_t expected_first = 0;
    for (std::uint32_t segment = 0; segment < total; ++segment) {
      const HashRange range = segment_hash_range(segment, total);
      ASSERT_EQ(range.first, expected_first);
      ASSERT_GE(range.last, range.first);
      expected_first = range.last + 1;
    }
    EXPECT_EQ(expected_first, 0U) << total;  // wrapped behind the last hash
  }
}

}  // namespace
}  // namespace parley::codec
