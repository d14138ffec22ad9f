// Facts about table descriptions and type names.
#include "model/table.h"

#include <gtest/gtest.h>

namespace parley::model {
namespace {

TEST(AttributeType, WireNamesAndTypesAreEachOthersInverse) {
  for (int i = 0; i < 10; ++i) {
    const auto type = static_cast<AttributeType>(i);
    EXPECT_EQ(parse_attribute_type(wire_name(type)), type);
  }
  EXPECT_EQ(wire_name(AttributeType::kNumberSet), "NS");
  EXPECT_EQ(wire_name(AttributeType::kBool), "BOOL");
  EXPECT_EQ(parse_attribute_type("s"), std::nullopt);
  EXPECT_EQ(parse_attribute_type(""), std::nullopt);
  EXPECT_EQ(parse_attribute_type("SSS"), std::nullopt);
}

TEST(Table, IndexesAreFoundByNameWhetherLocalOrGlobal) {
  Table table;
  table.local_indexes.push_back({.name = "by-date", .kind = IndexKind::kLocal});
  table.global_indexes.push_back({.name = "by-group", .kind = IndexKind::kGlobal});
  EXPECT_EQ(table.find_index("by-date"), &table.local_indexes[0]);
  EXPECT_EQ(table.find_index("by-group"), &table.global_indexes[0]);
  EXPECT_EQ(table.find_index("By-Group"), nullptr);
}

TEST(KeySchema, ContainsItsHashAndRangeAttributesOnly) {
  const KeySchema key{.hash = {{"pk", AttributeType::kString}}, .range = {{"sk"}}};
  EXPECT_TRUE(key.contains("pk"));
  EXPECT_TRUE(key.contains("sk"));
  EXPECT_FALSE(key.contains("p"));
}

TEST(Arn, NamesRegionAccountAndResource) {
  const Realm realm{.region = "ca-central-1", .account = "000000000001"};
  EXPECT_EQ(table_arn(realm, "Music"), "arn:aws:dynamodb:ca-central-1:000000000001:table/Music");
  EXPECT_EQ(index_arn(realm, "Music", "i"),
            "arn:aws:dynamodb:ca-central-1:000000000001:table/Music/index/i");
  EXPECT_EQ(
      stream_arn(realm, "Music", "2026-01-01T00:00:00.000"),
      "arn:aws:dynamodb:ca-central-1:000000000001:table/Music/stream/2026-01-01T00:00:00.000");
}

}  // namespace
}  // namespace parley::model
