// Single writes and reads: keys, index keys, sizes, conditions, capacity.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/consistency_check.h"
#include "engine/test_database.h"

namespace parley::engine {
namespace {

using model::IndexKind;

std::string text(char letter, std::size_t size) {
  return std::string(size, letter);
}

model::Table music_table() {
  auto table = test_table("music", "pk:S,sk:N");
  add_index(table, IndexKind::kLocal, "local", "pk:S,l:S", "KEYS_ONLY");
  add_index(table, IndexKind::kGlobal, "idx", "g:S,h:N");
  add_index(table, IndexKind::kGlobal, "some", "i:B", "x,y");
  return table;
}

class MusicTable : public testing::Test {
 protected:
  MusicTable() { database->create_table(music_table()).value(); }
  TestDatabase database;
};

struct Refusal {
  std::string item;
  std::string message;
};

TEST_F(MusicTable, UpdateItemIsChargedForWhatItWritesAndEachAction) {
  // 3 bytes for the update, 19 for a SET, 2 for a REMOVE; the key (5 bytes here) is not written.
  constexpr std::size_t kRoom = 409'600 - 3 - 19 - 1;
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  auto update = [&](const std::string& expression, std::size_t size) {
    const std::string value = R"({":v":{"S":")" + text('x', size) + R"("}})";
    return message_of(database.update("music", key, {.values = value, .update = expression}));
  };
  const std::string too_large = "Item size to update has exceeded the maximum allowed size";
  EXPECT_EQ(update("SET v = :v", kRoom), "");
  EXPECT_EQ(update("SET v = :v", kRoom + 1), too_large);
  EXPECT_EQ(update("SET v = :v REMOVE w", kRoom - 2), "");
  EXPECT_EQ(update("SET v = :v REMOVE w", kRoom - 1), too_large);
}

TEST_F(MusicTable, PutRefusesAnItemWithoutAFitKey) {
  const std::string not_empty =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an empty string value. Key: pk";
  const std::vector<Refusal> refusals = {
      {R"({"pk":{"S":"a"}})",
       "One or more parameter values were invalid: Missing the key sk in the item"},
      {R"({"sk":{"N":"1"}})",
       "One or more parameter values were invalid: Missing the key pk in the item"},
      {R"({"pk":{"N":"1"},"sk":{"N":"1"}})",
       "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"},
      {R"({"pk":{"S":"a"},"sk":{"NULL":true}})",
       "One or more parameter values were invalid: Type mismatch for key sk expected: N actual: "
       "NULL"},
      {R"({"pk":{"S":""},"sk":{"N":"1"}})", not_empty},
      {R"({"pk":{"S":")" + text('a', 2049) + R"("},"sk":{"N":"1"}})",
       "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
       "limit of2048 bytes"},
  };
  for (const auto& [item, message] : refusals) {
    const auto outcome = database.put("music", item);
    EXPECT_EQ(message_of(outcome), message) << item.substr(0, 80);
    EXPECT_EQ(outcome.error().code, ErrorCode::kValidation);
  }
}

TEST_F(MusicTable, PutRefusesAnUnfitIndexKey) {
  const auto with = [](std::string_view attributes) {
    return R"({"pk":{"S":"a"},"sk":{"N":"1"},)" + std::string(attributes) + "}";
  };
  const std::vector<Refusal> refusals = {
      {with(R"("g":{"N":"1"})"),
       "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
       "Actual: N IndexName: idx"},
      {with(R"("h":{"S":"x"})"),
       "One or more parameter values were invalid: Type mismatch for Index Key h Expected: N "
       "Actual: S IndexName: idx"},
      {with(R"("l":{"NULL":true})"),
       "One or more parameter values were invalid: Type mismatch for Index Key l Expected: S "
       "Actual: NULL IndexName: local"},
      {with(R"("g":{"S":""})"),
       "One or more parameter values are not valid. A value specified for a secondary index key is "
       "not supported. The AttributeValue for a key attribute cannot contain an empty string "
       "value. IndexName: idx, IndexKey: g"},
      {with(R"("i":{"B":""})"),
       "One or more parameter values are not valid. A value specified for a secondary index key is "
       "not supported. The AttributeValue for a key attribute cannot contain an empty binary "
       "value. IndexName: some, IndexKey: i"},
      {with(R"("g":{"S":")" + text('g', 2049) + R"("})"),
       "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
       "limit of2048 bytes"},
      {with(R"("l":{"S":")" + text('l', 1025) + R"("})"),
       "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
       "the size limit of 1024 bytes"},
  };
  for (const auto& [item, message] : refusals) {
    EXPECT_EQ(message_of(database.put("music", item)), message) << item.substr(0, 80);
  }
  EXPECT_EQ(database->describe_table("music")->figures.item_count, 0U);
}

TEST_F(MusicTable, LookupRefusesAKeyThatIsNotTheSchemas) {
  const std::string mismatch = "The provided key element does not match the schema";
  const std::vector<Refusal> refusals = {
      {R"({"pk":{"S":"a"}})", mismatch},
      {R"({"pk":{"S":"a"},"sk":{"S":"1"}})", mismatch},
      {R"({"pk":{"S":"a"},"sk":{"N":"1"},"z":{"N":"1"}})", mismatch},
      {R"({"pk":{"S":"a"},"z":{"N":"1"}})", mismatch},
      {R"({"pk":{"S":""},"sk":{"N":"1"}})",
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
       "contain an empty string value. Key: pk"},
      {R"({"pk":{"S":")" + text('a', 2049) + R"("},"sk":{"N":"1"}})",
       "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
       "limit of2048 bytes"},
  };
  for (const auto& [key, message] : refusals) {
    EXPECT_EQ(message_of(database.get("music", key)), message) << key.substr(0, 80);
    EXPECT_EQ(message_of(database.erase("music", key)), message) << key.substr(0, 80);
    EXPECT_EQ(message_of(database.update("music", key)), message) << key.substr(0, 80);
  }
}

TEST_F(MusicTable, KeysOfExactlyTheLimitAreAccepted) {
  const std::string item = R"({"pk":{"S":")" + text('a', 2048) + R"("},"sk":{"N":"1"},"l":{"S":")" +
                           text('l', 1024) + R"("}})";
  EXPECT_EQ(message_of(database.put("music", item)), "");
  EXPECT_TRUE(verify_indexes(*database));
}

TEST_F(MusicTable, NumbersAreOneKeyHoweverTheyAreWritten) {
  database.put("music", R"({"pk":{"S":"a"},"sk":{"N":"1000"},"v":{"N":"1"}})").value();
  EXPECT_EQ(database.get("music", R"({"pk":{"S":"a"},"sk":{"N":"1e3"}})").value(),
            R"({"pk":{"S":"a"},"sk":{"N":"1000"},"v":{"N":"1"}})");
}

TEST_F(MusicTable, TablesAreFoundByNameAndByArn) {
  database
      .put("arn:aws:dynamodb:eu-west-1:123456789012:table/music",
           R"({"pk":{"S":"a"},"sk":{"N":"1"}})")
      .value();
  EXPECT_EQ(database.get("music", R"({"pk":{"S":"a"},"sk":{"N":"1"}})").value(),
            R"({"pk":{"S":"a"},"sk":{"N":"1"}})");
  const auto missing = database.get("none", R"({"pk":{"S":"a"}})");
  EXPECT_EQ(missing.error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(missing.error().message, "Requested resource not found");
}

TEST_F(MusicTable, UpdateChecksTheItemItMakes) {
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  const auto update = [&](std::string expression, std::string values) {
    return message_of(database.update(
        "music", key, {.values = std::move(values), .update = std::move(expression)}));
  };
  EXPECT_EQ(update("SET g = :v", R"({":v":{"N":"1"}})"),
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: idx");
  EXPECT_EQ(update("SET g = :v", R"({":v":{"S":""}})"),
            "One or more parameter values are not valid. The update expression attempted to update "
            "a secondary index key to a value that is not supported. The AttributeValue for a key "
            "attribute cannot contain an empty string value.");
  EXPECT_EQ(update("SET g = :v", R"({":v":{"S":")" + text('a', 2049) + R"("}})"),
            "The update expression attempted to update the secondary index key beyond allowed size "
            "limits");
  EXPECT_EQ(update("SET big = :v", R"({":v":{"S":")" + text('a', 409'600) + R"("}})"),
            "Item size to update has exceeded the maximum allowed size");
  EXPECT_EQ(update("SET g.x = :v", R"({":v":{"S":"b"}})"),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: IndexKey: g");
  EXPECT_EQ(update("SET pk = :v", R"({":v":{"S":"b"}})"),
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute "
            "is part of the key");
  EXPECT_EQ(database.get("music", key).value(), "");
  EXPECT_EQ(update("SET remark = :v", R"({":v":{"N":"1"}})"), "");
  EXPECT_EQ(
      update("SET g = remark", "{}"),
      "The update expression attempted to update the secondary index key to unsupported type");
}

TEST_F(MusicTable, ItemOfExactlyTheLimitIsAccepted) {
  // pk 2+1, sk 2+2, v 1+n
  const std::string rest = R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"S":")";
  EXPECT_EQ(message_of(database.put("music", rest + text('v', 409'600 - 8) + R"("}})")), "");
  EXPECT_EQ(message_of(database.put("music", rest + text('v', 409'600 - 7) + R"("}})")),
            "Item size has exceeded the maximum allowed size");
}

TEST_F(MusicTable, FailedConditionCarriesTheOldItem) {
  const std::string item = R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"N":"1"}})";
  database.put("music", item).value();
  const auto outcome = database.put("music", R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"N":"2"}})",
                                    {.condition = "attribute_not_exists(pk)"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(outcome.error().message, "The conditional request failed");
  const auto* detail = dynamic_cast<const ConditionFailureDetail*>(outcome.error().detail.get());
  ASSERT_NE(detail, nullptr);
  EXPECT_EQ(json_of(detail->item->view()), item);
  EXPECT_EQ(database.get("music", R"({"pk":{"S":"a"},"sk":{"N":"1"}})").value(), item);
}

TEST_F(MusicTable, UpdateThatOnlyRemovesCreatesNothing) {
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  const auto outcome = database.update("music", key, {.update = "REMOVE v"}).value();
  EXPECT_FALSE(outcome.new_item);
  EXPECT_EQ(outcome.capacity.total(), 1);
  EXPECT_EQ(database.get("music", key).value(), "");
  EXPECT_EQ(json_of(database.update("music", key).value().new_item->view()), key);
  EXPECT_EQ(database.get("music", key).value(), key);
}

TEST_F(MusicTable, DeleteBelowAMissingItemIsAnErrorAndRemoveIsNot) {
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  EXPECT_TRUE(database.update("music", key, {.update = "REMOVE m.x"}));
  const auto outcome = database.update(
      "music", key, {.values = R"({":s":{"SS":["a"]}})", .update = "DELETE m.x :s"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message,
            "The document path provided in the update expression is invalid for update");
}

TEST_F(MusicTable, ConditionMayNotGoBelowAKeyAttribute) {
  const auto outcome = database.put("music", R"({"pk":{"S":"a"},"sk":{"N":"1"}})",
                                    {.condition = "attribute_not_exists(g[0])"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message,
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: IndexKey: g");
}

/// What a write cost: "table" or "table idx+local", each with its units.
std::string cost(const Result<WriteOutcome>& outcome) {
  std::string text = std::to_string(static_cast<int>(outcome->capacity.table));
  for (const auto& index : outcome->capacity.indexes) {
    text += " " + index.name + ":" + std::to_string(static_cast<int>(index.units));
  }
  return text;
}

TEST_F(MusicTable, WritesAreChargedByWhatTheyChange) {
  const auto put = [&](std::string_view attributes) {
    return cost(
        database.put("music", R"({"pk":{"S":"a"},"sk":{"N":"1"})" + std::string(attributes) + "}"));
  };
  EXPECT_EQ(put(""), "1");
  EXPECT_EQ(put(R"(,"g":{"S":"a"})"), "1") << "idx also wants h";
  EXPECT_EQ(put(R"(,"g":{"S":"a"},"h":{"N":"1"})"), "1 idx:1");
  EXPECT_EQ(put(R"(,"g":{"S":"a"},"h":{"N":"1"})"), "1") << "an identical item";
  EXPECT_EQ(put(R"(,"g":{"S":"a"},"h":{"N":"2"})"), "1 idx:2") << "a moved key";
  EXPECT_EQ(put(R"(,"g":{"S":"a"},"h":{"N":"2"},"v":{"S":")" + text('v', 1500) + R"("})"),
            "2 idx:2");
  EXPECT_EQ(put(R"(,"l":{"S":"a"})"), "2 local:1 idx:2") << "the larger of old and new";
  EXPECT_EQ(put(R"(,"l":{"S":"a"},"v":{"S":"v"})"), "1") << "not projected";
  EXPECT_EQ(put(R"(,"i":{"B":"YQ=="},"x":{"S":"v"})"), "1 local:1 some:1");
  EXPECT_EQ(put(R"(,"i":{"B":"YQ=="},"x":{"S":"v"},"z":{"S":"v"})"), "1");
  EXPECT_EQ(put(R"(,"i":{"B":"YQ=="},"x":{"S":"w"},"z":{"S":"v"})"), "1 some:1");
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  EXPECT_EQ(cost(database.erase("music", key)), "1 some:1");
  EXPECT_EQ(cost(database.erase("music", key)), "1");
  EXPECT_TRUE(verify_indexes(*database));
}

TEST_F(MusicTable, ReadsAreChargedByHalfUnitsOf4KiB) {
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  const auto units = [&](bool consistent) {
    return database->get_item({"music", item_of(key), consistent})->capacity.table;
  };
  EXPECT_EQ(units(false), 0.5) << "a missing item";
  EXPECT_EQ(units(true), 1);
  database
      .put("music", R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"S":")" + text('v', 4096 - 8) + R"("}})")
      .value();
  EXPECT_EQ(units(false), 0.5);
  EXPECT_EQ(units(true), 1);
  database
      .put("music", R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"S":")" + text('v', 4096 - 7) + R"("}})")
      .value();
  EXPECT_EQ(units(false), 1);
  EXPECT_EQ(units(true), 2);
}

TEST_F(MusicTable, ItemCollectionsAreSizedWithTheirLocalEntries) {
  const auto put = [&](std::string_view attributes) {
    return *database.put("music", R"({"pk":{"S":"a"},)" + std::string(attributes) + "}")
                ->item_collection_size_bytes;
  };
  EXPECT_EQ(put(R"("sk":{"N":"1"})"), 7U);
  EXPECT_EQ(put(R"("sk":{"N":"2"},"l":{"S":"b"})"), 7U + 2 * 9U);
  EXPECT_EQ(put(R"("sk":{"N":"2"})"), 14U);
}

TEST_F(MusicTable, BatchRefusesEverythingBeforeItWrites) {
  using Batch = std::vector<std::variant<PutItem, DeleteItem>>;
  const auto refusal = [&](std::string_view second) {
    Batch batch;
    batch.push_back(database.put_request("music", R"({"pk":{"S":"a"},"sk":{"N":"1"}})"));
    batch.push_back(database.put_request("music", second));
    return message_of(database->batch_write(batch));
  };
  EXPECT_EQ(refusal(R"({"pk":{"S":"a"}})"), "The provided key element does not match the schema");
  EXPECT_EQ(refusal(R"({"pk":{"S":"a"},"sk":{"N":"1.0"}})"),
            "Provided list of item keys contains duplicates");
  EXPECT_EQ(refusal(R"({"pk":{"S":"a"},"sk":{"N":"2"},"g":{"N":"1"}})"),
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: idx");
  EXPECT_EQ(database->describe_table("music")->figures.item_count, 0U);
  EXPECT_EQ(refusal(R"({"pk":{"S":"a"},"sk":{"N":"2"}})"), "");
  EXPECT_EQ(database->describe_table("music")->figures.item_count, 2U);
  std::vector<GetItem> gets;
  gets.push_back({"music", item_of(R"({"pk":{"S":"a"},"sk":{"N":"1"}})"), false});
  gets.push_back({"music", item_of(R"({"pk":{"S":"a"},"sk":{"N":"1e0"}})"), false});
  EXPECT_EQ(message_of(database->batch_get(gets)),
            "Provided list of item keys contains duplicates");
}

}  // namespace
}  // namespace parley::engine
