// Facts about the bytes of stored keys.
#include "codec/key_encoding.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/md5.h"
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

std::uint64_t first_hash_bytes(const Md5Digest& digest) {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < 8; ++i) hash = hash << 8 | digest[i];
  return hash;
}

/// The hash of the partition key {"a": value}.
std::uint64_t hash_of(std::string_view value) {
  const model::Item key = item(fmt::format(R"({{"a":{}}})", value));
  return hash_of_key(collection_prefix(1, {*key.view().find("a")}));
}

/// The values by their hashes.
std::vector<std::string> in_hash_order(std::string_view type, std::vector<std::string> values) {
  std::ranges::sort(values, {}, [&](const std::string& value) {
    return hash_of(fmt::format(R"({{"{}":"{}"}})", type, value));
  });
  return values;
}

// The orders and the segments are those that dynalite's authors recorded on AWS.
TEST(KeyHash, OrdersPartitionKeysAsDynamoDbDoes) {
  const std::vector<std::string> strings = {"2", "8", "9",    "1",       "6", "hello", "0",
                                            "5", "4", "äáöü", "aardman", "7", "3",     "zapf"};
  EXPECT_EQ(in_hash_order("S", strings), strings);
  const std::vector<std::string> numbers = {"7", "999.9", "8", "3", "2", "-999.9",   "9",
                                            "4", "-0.09", "6", "1", "0", "0.012345", "5"};
  EXPECT_EQ(in_hash_order("N", numbers), numbers);
}

TEST(KeyHash, PutsPartitionKeysIntoTheSegmentsOfDynamoDb) {
  const auto expect_in = [](std::uint32_t segment, std::string_view value) {
    const HashRange range = segment_hash_range(segment, 4096);
    EXPECT_GE(hash_of(value), range.first) << value;
    EXPECT_LE(hash_of(value), range.last) << value;
  };
  expect_in(0, R"({"S":"3635"})");
  expect_in(0, R"({"S":"228"})");
  expect_in(1, R"({"S":"1668"})");
  expect_in(4, R"({"S":"3435"})");
  expect_in(1, R"({"N":"251"})");
  expect_in(4095, R"({"N":"2388"})");
}

TEST(KeyEncoding, ItemKeyIsStorageIdHashPrefixedPartitionAndSortBytes) {
  const model::Item given = item(R"({"pk":{"S":"ab"},"n":{"N":"1"},"x":{"S":"y"}})");
  const std::string key = item_key(messages(), given.view());
  EXPECT_EQ(key.substr(0, 4), "\x00\x00\x00\x07"sv);
  EXPECT_EQ(hash_of_key(key), first_hash_bytes(md5("Outliersab")));
  EXPECT_EQ(key.substr(12),
            "\x02"
            "ab\xC1\x01");
}

TEST(KeyEncoding, TheExamplesOfTheFormatsDocumentHold) {
  model::Table table = messages();
  const model::Item given = item(
      R"({"pk":{"S":"MSG#1"},"n":{"N":"-1.5"},"a":{"S":"g"},"b":{"N":"2"},"r":{"S":"x\u0000y"}})");
  EXPECT_EQ(item_key(table, given.view()),
            "\x00\x00\x00\x07\x94\x94\x92\x48\x83\x06\xF8\xE5\x05"
            "MSG#1\x3E\x63\x32\xFF"sv);
  table.global_indexes[0].key = {.hash = {{"a"}, {"b", AttributeType::kNumber}}, .range = {{"r"}}};
  EXPECT_EQ(index_key(table, table.global_indexes[0], given.view()),
            "\x00\x00\x00\x09\x1F\x6B\x7C\x8D\x1E\xBC\xFB\x4B\x01g\x02\xC1\x02"
            "x\x00\xFFy\x00\x01\x73\x5F\xC7\xFA\xEB\xA4\xD6\x83MSG#1\x00\x01\x3E\x63\x32\xFF"sv);
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

TEST(KeyEncoding, IndexKeyEndsWithTheBaseKeysHashAndTheBaseKeySoThatEqualIndexKeysStayApart) {
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
            "\xF6\xEC\x07\xB8\x12\xB0\xAD\xEA"
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
