// Query and Scan: bounds, pages, start keys, Select, indexes, capacity.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/key_encoding.h"
#include "engine/test_database.h"

namespace parley::engine {
namespace {

using model::IndexKind;
using testing::ElementsAre;
using testing::SizeIs;

class ReadTest : public testing::Test {
 protected:
  ReadTest() {
    auto table = test_table("t", "pk:S,sk:S");
    add_index(table, IndexKind::kLocal, "lsi", "pk:S,l:N", "KEYS_ONLY");
    add_index(table, IndexKind::kGlobal, "all", "g:S,h:S");
    add_index(table, IndexKind::kGlobal, "some", "g:S", "x,w");
    database->create_table(table).value();
  }

  void put(std::string_view item) { database.put("t", item).value(); }

  Result<TestPage> query(const TestExpressions& expressions, std::string_view index = {},
                         std::string_view start_key = {}, std::uint32_t limit = 0,
                         bool forward = true, std::optional<Select> select = {},
                         bool consistent = false) {
    JsonSink sink;
    Query request{database.page_request("t", expressions), database.key_condition(expressions),
                  forward};
    fill(request.page, index, start_key, limit, select, consistent);
    auto outcome = PARLEY_TRY(database->query(request, sink));
    return TestPage{std::move(sink.items), std::move(outcome)};
  }

  Result<TestPage> scan(const TestExpressions& expressions = {}, std::string_view index = {},
                        std::string_view start_key = {}, std::uint32_t limit = 0,
                        std::optional<Select> select = {}, std::uint32_t segment = 0,
                        std::uint32_t segments = 1) {
    JsonSink sink;
    Scan request{database.page_request("t", expressions), segment, segments};
    fill(request.page, index, start_key, limit, select, false);
    auto outcome = PARLEY_TRY(database->scan(request, sink));
    return TestPage{std::move(sink.items), std::move(outcome)};
  }

  static void fill(ReadPage& page, std::string_view index, std::string_view start_key,
                   std::uint32_t limit, std::optional<Select> select, bool consistent) {
    if (!index.empty()) page.index = index;
    if (!start_key.empty()) page.exclusive_start_key = item_of(start_key);
    if (limit != 0) page.limit = limit;
    page.select = select;
    page.consistent_read = consistent;
  }

  static TestExpressions pk(std::string_view value = "a") {
    return {.values = fmt::format(R"({{":p":{{"S":"{}"}}}})", value), .key_condition = "pk = :p"};
  }

  TestDatabase database;
};

TEST_F(ReadTest, RangeConditionsBoundTheSortKey) {
  for (const auto* sk : {"a", "ab", "abc", "b", "b\\u0000", "c"}) {
    put(fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"S":"{}"}}}})", sk));
  }
  put(R"({"pk":{"S":"b"},"sk":{"S":"b"}})");
  const auto found = [&](std::string_view condition) {
    const auto page = query({.values = R"({":p":{"S":"a"},":b":{"S":"b"},":ab":{"S":"ab"}})",
                             .key_condition = "pk = :p AND " + std::string(condition)})
                          .value();
    std::string keys;
    for (const auto& item : page.items) {
      const auto at = item.find(R"("sk":{"S":")") + 11;
      keys += item.substr(at, item.find('"', at) - at) + " ";
    }
    return keys;
  };
  EXPECT_EQ(found("sk = :b"), "b ");
  EXPECT_EQ(found("sk < :b"), "a ab abc ");
  EXPECT_EQ(found("sk <= :b"), "a ab abc b ");
  EXPECT_EQ(found("sk > :b"), "b\\u0000 c ");
  EXPECT_EQ(found("sk >= :b"), "b b\\u0000 c ");
  EXPECT_EQ(found("sk BETWEEN :ab AND :b"), "ab abc b ");
  EXPECT_EQ(found("begins_with(sk, :ab)"), "ab abc ");
  EXPECT_EQ(found("begins_with(sk, :b)"), "b b\\u0000 ");
}

TEST_F(ReadTest, LimitEndsThePageEvenWhenNothingFollows) {
  put(R"({"pk":{"S":"a"},"sk":{"S":"1"}})");
  put(R"({"pk":{"S":"a"},"sk":{"S":"2"}})");
  const auto full = query(pk(), {}, {}, 2).value();
  EXPECT_THAT(full.items, SizeIs(2));
  ASSERT_TRUE(full.outcome.last_evaluated_key);
  const auto last = json_of(full.outcome.last_evaluated_key->view());
  EXPECT_EQ(last, R"({"pk":{"S":"a"},"sk":{"S":"2"}})");
  const auto rest = query(pk(), {}, last, 2).value();
  EXPECT_THAT(rest.items, SizeIs(0));
  EXPECT_FALSE(rest.outcome.last_evaluated_key);
  EXPECT_FALSE(query(pk(), {}, {}, 3).value().outcome.last_evaluated_key);
}

TEST_F(ReadTest, PagesGoOnBackwards) {
  for (int i = 0; i < 5; ++i) {
    put(fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"S":"{}"}}}})", i));
  }
  const auto first = query(pk(), {}, {}, 2, false).value();
  EXPECT_THAT(first.items, ElementsAre(R"({"pk":{"S":"a"},"sk":{"S":"4"}})",
                                       R"({"pk":{"S":"a"},"sk":{"S":"3"}})"));
  const auto second =
      query(pk(), {}, json_of(first.outcome.last_evaluated_key->view()), 9, false).value();
  EXPECT_THAT(second.items, SizeIs(3));
  EXPECT_EQ(second.items.front(), R"({"pk":{"S":"a"},"sk":{"S":"2"}})");
}

TEST_F(ReadTest, IndexPagesNameTheKeysOfIndexAndTable) {
  for (int i = 0; i < 3; ++i) {  // the same index key three times
    put(fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"S":"{}"}},"g":{{"S":"g"}},"h":{{"S":"h"}}}})",
                    i));
  }
  const TestExpressions by_g = {.values = R"({":g":{"S":"g"}})", .key_condition = "g = :g"};
  const auto first = query(by_g, "all", {}, 2).value();
  const auto last = json_of(first.outcome.last_evaluated_key->view());
  EXPECT_EQ(last, R"({"g":{"S":"g"},"h":{"S":"h"},"pk":{"S":"a"},"sk":{"S":"0"}})");
  // Equal index keys come in the order of the table keys' hashes: 2, 0, 1.
  EXPECT_THAT(query(by_g, "all", last).value().items,
              ElementsAre(R"({"g":{"S":"g"},"h":{"S":"h"},"pk":{"S":"a"},"sk":{"S":"1"}})"));
  EXPECT_EQ(first.outcome.capacity.table, 0);
  EXPECT_EQ(first.outcome.capacity.indexes.front().units, 0.5);
}

TEST_F(ReadTest, PageOf1MiBIsCountedBeforeTheFilter) {
  const std::string filler(300'000, 'f');
  for (int i = 0; i < 5; ++i) {
    put(fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"S":"{}"}},"f":{{"S":"{}"}}}})", i, filler));
  }
  auto expressions = pk();
  expressions.filter = "attribute_not_exists(f)";
  const auto page = query(expressions).value();
  EXPECT_EQ(page.outcome.count, 0U);
  EXPECT_EQ(page.outcome.scanned_count, 4U);
  EXPECT_EQ(json_of(page.outcome.last_evaluated_key->view()), R"({"pk":{"S":"a"},"sk":{"S":"3"}})");
  EXPECT_EQ(page.outcome.capacity.table, 0.5 * 293) << "1,200,040 bytes together";
}

struct StartKey {
  std::string key;
  std::string message;
};

TEST_F(ReadTest, QueryRefusesAStartKeyThatCannotBeOne) {
  const std::string bad = "The provided starting key is invalid";
  const std::string mismatch = "The provided key element does not match the schema";
  const std::vector<StartKey> cases = {
      {R"({"pk":{"S":"a"}})", bad},
      {R"({"pk":{"S":"a"},"sk":{"S":"1"},"z":{"S":"1"}})", bad},
      {R"({"pk":{"S":"a"},"z":{"S":"1"}})", bad},
      {R"({"pk":{"S":"a"},"sk":{"N":"1"}})", mismatch},
      {R"({"pk":{"S":"b"},"sk":{"S":"1"}})",
       "The provided starting key is outside query boundaries based on provided conditions"},
      {R"({"pk":{"S":"a"},"sk":{"S":"nowhere"}})", ""},
  };
  for (const auto& [key, message] : cases) {
    EXPECT_EQ(message_of(query(pk(), {}, key)), message) << key;
  }
  const TestExpressions ranged = {.values = R"({":p":{"S":"a"},":s":{"S":"3"}})",
                                  .key_condition = "pk = :p AND sk > :s"};
  EXPECT_EQ(message_of(query(ranged, {}, R"({"pk":{"S":"a"},"sk":{"S":"1"}})")),
            "The provided starting key does not match the range key predicate");
  EXPECT_EQ(message_of(query(ranged, {}, R"({"pk":{"S":"b"},"sk":{"S":"4"}})")),
            "The query can return at most one row and cannot be restarted");
}

TEST_F(ReadTest, StartKeyOfAnIndexHasTheKeysOfBoth) {
  const TestExpressions by_g = {.values = R"({":g":{"S":"g"}})", .key_condition = "g = :g"};
  const std::string bad = "The provided starting key is invalid";
  const std::vector<StartKey> cases = {
      {R"({"g":{"S":"g"},"h":{"S":"h"}})", bad},
      {R"({"pk":{"S":"a"},"sk":{"S":"1"}})", bad},
      {R"({"g":{"S":"g"},"h":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"1"}})",
       "The provided key element does not match the schema"},
      {R"({"g":{"S":"g"},"h":{"S":"h"},"pk":{"S":"a"},"sk":{"N":"1"}})",
       bad + ": The provided key element does not match the schema"},
      {R"({"g":{"S":"other"},"h":{"S":"h"},"pk":{"S":"a"},"sk":{"S":"1"}})",
       "The provided starting key is outside query boundaries based on provided conditions"},
      {R"({"g":{"S":"g"},"h":{"S":"h"},"pk":{"S":"a"},"sk":{"S":"1"}})", ""},
  };
  for (const auto& [key, message] : cases) {
    EXPECT_EQ(message_of(query(by_g, "all", key)), message) << key;
  }
}

TEST_F(ReadTest, ScanRefusesAStartKeyThatCannotBeOne) {
  const std::string mismatch =
      "The provided starting key is invalid: The provided key element does not match the schema";
  EXPECT_EQ(message_of(scan({}, {}, R"({"pk":{"S":"a"}})")), mismatch);
  EXPECT_EQ(message_of(scan({}, {}, R"({"pk":{"S":"a"},"sk":{"N":"1"}})")), mismatch);
  EXPECT_EQ(message_of(scan({}, "all", R"({"pk":{"S":"a"},"sk":{"S":"1"}})")),
            "The provided starting key is invalid");
  EXPECT_EQ(message_of(scan({}, {}, R"({"pk":{"S":"a"},"sk":{"S":"1"}})")), "");
}

TEST_F(ReadTest, SegmentsTogetherReadEachItemOnce) {
  for (int i = 0; i < 100; ++i) {
    put(fmt::format(R"({{"pk":{{"S":"{}"}},"sk":{{"S":"1"}},"g":{{"S":"{}"}}}})", i, i % 7));
  }
  for (const std::string index : {"", "some"}) {
    std::set<std::string> items;
    std::size_t count = 0;
    for (std::uint32_t segment = 0; segment < 7; ++segment) {
      const auto page = scan({}, index, {}, 0, {}, segment, 7).value();
      items.insert(page.items.begin(), page.items.end());
      count += page.items.size();
    }
    EXPECT_EQ(count, 100U);
    EXPECT_EQ(items.size(), 100U);
  }
}

TEST_F(ReadTest, StartKeyOfAnotherSegmentIsRefused) {
  const std::string key = R"({"pk":{"S":"a"},"sk":{"S":"1"}})";
  int refused = 0;
  for (std::uint32_t segment = 0; segment < 4; ++segment) {
    const auto page = scan({}, {}, key, 0, {}, segment, 4);
    if (page) continue;
    ++refused;
    EXPECT_EQ(
        page.error().message,
        fmt::format("The provided starting key is invalid: Invalid ExclusiveStartKey. Please "
                    "use ExclusiveStartKey with correct Segment. TotalSegments: 4 Segment: {}",
                    segment));
  }
  EXPECT_EQ(refused, 3);
}

TEST_F(ReadTest, FilterMayNotNameTheKeyThatIsQueried) {
  auto expressions = pk();
  expressions.filter = "sk = :p";
  EXPECT_EQ(message_of(query(expressions)),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
            "sk");
  EXPECT_EQ(message_of(scan({.values = expressions.values, .filter = "sk = :p"})), "");
  const TestExpressions by_g = {
      .values = R"({":g":{"S":"g"}})", .key_condition = "g = :g", .filter = "pk <> :g"};
  EXPECT_EQ(message_of(query(by_g, "all")), "") << "the table's key is no key of the index";
}

TEST_F(ReadTest, FaultsOfAFilterComeBeforeTheIndexAndSelect) {
  const std::string_view nested =
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
      "IndexKey: l";
  const TestExpressions by_g = {
      .values = R"({":g":{"S":"g"}})", .key_condition = "g = :g", .filter = "l.k = :g AND y = :g"};
  EXPECT_EQ(message_of(query(by_g, "some")), nested) << "some projects neither l nor y";
  auto by_pk = pk();
  by_pk.filter = "sk = :p";
  EXPECT_EQ(message_of(query(by_pk, {}, {}, 0, true, Select::kAllProjectedAttributes)),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
            "sk");
}

TEST_F(ReadTest, IndexesGiveWhatTheyProject) {
  put(R"({"pk":{"S":"a"},"sk":{"S":"1"},"g":{"S":"g"},"l":{"N":"1"},"x":{"S":"x"},"y":{"S":"y"}})");
  const TestExpressions by_g = {.values = R"({":g":{"S":"g"}})", .key_condition = "g = :g"};
  EXPECT_THAT(query(by_g, "some").value().items,
              ElementsAre(R"({"g":{"S":"g"},"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":"x"}})"));
  EXPECT_THAT(query(pk(), "lsi").value().items,
              ElementsAre(R"({"l":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"1"}})"));
  EXPECT_THAT(query(by_g, "all").value().items, SizeIs(0)) << "sparse: no h";
}

TEST_F(ReadTest, GlobalIndexesRefuseWhatTheyDoNotProject) {
  TestExpressions by_g = {.values = R"({":g":{"S":"g"}})", .key_condition = "g = :g"};
  EXPECT_EQ(message_of(query(by_g, "some", {}, 0, true, Select::kAllAttributes)),
            "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
            "supported for global secondary index some because its projection type is not ALL");
  by_g.projection = "y, x, b.c";
  EXPECT_EQ(message_of(query(by_g, "some")),
            "One or more parameter values were invalid: Global secondary index some does not "
            "project [b, y]");
  by_g.projection = "";
  by_g.filter = "y = :g AND x = :g";
  EXPECT_EQ(message_of(query(by_g, "some")),
            "One or more parameter values were invalid: Secondary index some does not project one "
            "or more filter attributes: [y]");
  EXPECT_EQ(message_of(query({.values = R"({":g":{"S":"g"}})", .key_condition = "g = :g"}, "some",
                             {}, 0, true, {}, true)),
            "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(message_of(query(pk(), "none")), "The table does not have the specified index: none");
  EXPECT_EQ(message_of(query(pk(), {}, {}, 0, true, Select::kAllProjectedAttributes)),
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
}

TEST_F(ReadTest, LocalIndexesFetchWhatTheyDoNotProject) {
  const std::string item =
      R"({"l":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":"x"},"y":{"S":"y"}})";
  put(item);
  const auto page = query(pk(), "lsi", {}, 0, true, Select::kAllAttributes, true).value();
  EXPECT_THAT(page.items, ElementsAre(item));
  EXPECT_EQ(page.outcome.capacity.table, 1);
  EXPECT_EQ(page.outcome.capacity.indexes.front().units, 1);
  auto expressions = pk();
  expressions.projection = "x";
  EXPECT_THAT(query(expressions, "lsi").value().items, ElementsAre(item));
  expressions.projection = "l";
  EXPECT_EQ(query(expressions, "lsi").value().outcome.capacity.table, 0);
}

TEST_F(ReadTest, CountGivesNoItems) {
  put(R"({"pk":{"S":"a"},"sk":{"S":"1"}})");
  const auto page = query(pk(), {}, {}, 0, true, Select::kCount).value();
  EXPECT_EQ(page.outcome.count, 1U);
  EXPECT_THAT(page.items, SizeIs(0));
}

TEST_F(ReadTest, EmptyPageCostsHalfAUnit) {
  EXPECT_EQ(query(pk()).value().outcome.capacity.total(), 0.5);
  EXPECT_EQ(scan().value().outcome.capacity.total(), 0.5);
}

TEST(MultiAttributeKeys, OrderAndNarrowFromLeftToRight) {
  TestDatabase database;
  auto table = test_table("t", "pk:S");
  add_index(table, IndexKind::kGlobal, "idx", "h:S,i:N|a:S,b:N");
  database->create_table(table).value();
  int next = 0;
  const auto put = [&](std::string_view a, std::string_view b) {
    database
        .put("t", fmt::format(R"({{"pk":{{"S":"{}"}},"h":{{"S":"h"}},"i":{{"N":"1"}},{}{}}})",
                              next++, a.empty() ? "" : fmt::format(R"("a":{{"S":"{}"}},)", a),
                              fmt::format(R"("b":{{"N":"{}"}})", b)))
        .value();
  };
  put("y", "1");
  put("x", "10");
  put("x", "-2");
  put("x", "9");
  put("", "9");  // without a: not in the index
  put("xx", "0");
  const auto found = [&](std::string condition) {
    JsonSink sink;
    const TestExpressions expressions = {
        .values = R"({":h":{"S":"h"},":i":{"N":"1"},":a":{"S":"x"},":b":{"N":"9"}})",
        .key_condition = "h = :h AND i = :i" + condition};
    Query request{database.page_request("t", expressions), database.key_condition(expressions),
                  true};
    request.page.index = "idx";
    const auto outcome = database->query(request, sink);
    if (!outcome) return outcome.error().message;
    std::string keys;
    for (const auto& item : sink.items) keys += item.substr(item.find(R"("pk":{"S":")") + 11, 1);
    return keys;
  };
  EXPECT_EQ(found(""), "23150");
  EXPECT_EQ(found(" AND a = :a"), "231");
  EXPECT_EQ(found(" AND a = :a AND b >= :b"), "31");
  EXPECT_EQ(found(" AND a = :a AND b < :b"), "2");
  EXPECT_EQ(found(" AND begins_with(a, :a)"), "2315");
  EXPECT_EQ(found(" AND a > :a"), "50");
}

}  // namespace
}  // namespace parley::engine
