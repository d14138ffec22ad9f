// CreateTable, UpdateTable, DeleteTable, backfill, and what a restart finds.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/backfill.h"
#include "engine/consistency_check.h"
#include "engine/table_record.h"
#include "engine/test_database.h"
#include "storage/key_value_store.h"

namespace parley::engine {
namespace {

using model::IndexKind;
using testing::ElementsAre;

GlobalIndexUpdate create(std::string_view name, std::string_view key,
                         std::string_view projection = "ALL") {
  return {GlobalIndexUpdate::Kind::kCreate, test_index(IndexKind::kGlobal, name, key, projection)};
}

GlobalIndexUpdate change(GlobalIndexUpdate::Kind kind, std::string_view name,
                         std::int64_t units = 0) {
  GlobalIndexUpdate update{kind, {}};
  update.index.name = name;
  update.index.throughput = {units, units};
  return update;
}

TableUpdate update_of(std::vector<GlobalIndexUpdate> changes,
                      std::vector<model::AttributeDefinition> attributes = {}) {
  TableUpdate update;
  update.table = "t";
  update.attributes = std::move(attributes);
  update.index_updates = std::move(changes);
  return update;
}

const model::AttributeDefinition kG{"g", model::AttributeType::kString};

/// Everything the store holds of tables and indexes.
int stored_entries(TestDatabase& database) {
  const storage::KeyRange range{std::string("\0\0\0\x02", 4), ""};
  const auto entries = database.store().scan(range, storage::Direction::kForward);
  int count = 0;
  for (; entries->valid(); entries->next()) ++count;
  return count;
}

TEST(Tables, CreatedTableIsActiveAtOnceAndSaysCreating) {
  TestDatabase database;
  auto table = test_table("t", "pk:S");
  table.stream = model::StreamSetting{};
  const auto reply = database->create_table(table).value();
  EXPECT_EQ(reply.table->status, model::TableStatus::kCreating);
  const auto described = database->describe_table("t").value();
  EXPECT_EQ(described.table->status, model::TableStatus::kActive);
  EXPECT_EQ(described.table->id.size(), 36U);
  EXPECT_EQ(described.table->created_at, database.clock().now());
  EXPECT_EQ(described.table->stream->label, "2023-11-14T22:13:20.000");
  const auto again = database->create_table(table);
  EXPECT_EQ(again.error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(again.error().message, "Table already exists: t");
}

TEST(Tables, ListsNamesAfterOneThatNeedNotExist) {
  TestDatabase database;
  for (const auto* name : {"b", "a", "d", "c"}) {
    database->create_table(test_table(name, "pk:S")).value();
  }
  EXPECT_THAT(database->list_tables("", 10), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(database->list_tables("aa", 2), ElementsAre("b", "c"));
  EXPECT_THAT(database->list_tables("d", 2), ElementsAre());
}

TEST(Tables, RecordKeepsEverySetting) {
  auto table = test_table("t", "pk:S,sk:N");
  add_index(table, IndexKind::kLocal, "l", "pk:S,x:B", "a,b");
  add_index(table, IndexKind::kGlobal, "g", "a:S,b:N|c:B,d:S", "KEYS_ONLY");
  table.id = "id";
  table.created_at = 1'700'000'000'123'456;
  table.storage_id = 16;
  table.local_indexes[0].storage_id = 17;
  auto& index = table.global_indexes[0];
  index.storage_id = 4'000'000'000;
  index.status = model::IndexStatus::kCreating;
  index.backfilling = true;
  index.throughput = {1, 2, 3, 4, 5};
  index.on_demand = model::OnDemandThroughput{6, {}};
  index.warm = model::WarmThroughput{{}, 7};
  table.billing_mode_changed_at = 8;
  table.throughput = {9, 10, {}, 11, 12};
  table.stream = model::StreamSetting{model::StreamViewType::kOldImage, "label"};
  table.latest_stream_label = "label";
  table.deletion_protected = true;
  table.table_class = "STANDARD";
  table.kms_key = "key";
  table.tags = {{"k", "v"}, {"l", ""}};
  const auto record = make_table_record(table);
  const auto read = read_table_record(record.view()).value();
  EXPECT_EQ(make_table_record(read), record);
  EXPECT_EQ(read.global_indexes[0].storage_id, 4'000'000'000U);
  EXPECT_EQ(read.global_indexes[0].key.range[1].name, "d");
  EXPECT_EQ(read.local_indexes[0].projection.non_key_attributes,
            (std::vector<std::string>{"a", "b"}));
}

TEST(Tables, DamagedRecordIsAnError) {
  auto table = test_table("t", "pk:S");  // without a storage id
  EXPECT_EQ(read_table_record(make_table_record(table).view()).error().code,
            ErrorCode::kCorruption);
  EXPECT_EQ(read_table_record(item_of(R"({"name":{"N":"1"}})").view()).error().code,
            ErrorCode::kCorruption);
}

TEST(Tables, RestartFindsTablesItemsAndFigures) {
  TestDatabase database;
  auto table = test_table("t", "pk:S");
  add_index(table, IndexKind::kGlobal, "idx", "g:S");
  database->create_table(table).value();
  database.put("t", R"({"pk":{"S":"a"},"g":{"S":"g"}})").value();
  database.reopen();
  const auto described = database->describe_table("t").value();
  EXPECT_EQ(described.figures.item_count, 1U);
  EXPECT_EQ(described.figures.size_bytes, 5U);
  EXPECT_EQ(described.figures.global_indexes[0].item_count, 1U);
  EXPECT_EQ(database.get("t", R"({"pk":{"S":"a"}})").value(), R"({"g":{"S":"g"},"pk":{"S":"a"}})");
  EXPECT_TRUE(verify_indexes(*database));
}

TEST(Tables, DeletedTableLeavesNothingAndItsIdsAreNotUsedAgain) {
  TestDatabase database;
  auto table = test_table("t", "pk:S,sk:S");
  add_index(table, IndexKind::kLocal, "l", "pk:S,x:S");
  add_index(table, IndexKind::kGlobal, "g", "x:S");
  const auto first = database->create_table(table).value();
  database.put("t", R"({"pk":{"S":"a"},"sk":{"S":"a"},"x":{"S":"g"}})").value();
  EXPECT_GT(stored_entries(database), 0);
  const auto deleted = database->delete_table("t").value();
  EXPECT_EQ(deleted.table->status, model::TableStatus::kDeleting);
  EXPECT_EQ(deleted.figures.item_count, 1U);
  EXPECT_EQ(stored_entries(database), 0);
  const auto again = database->delete_table("t");
  EXPECT_EQ(again.error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(again.error().message, "Requested resource not found: Table: t not found");
  EXPECT_EQ(message_of(database->describe_table("t")), again.error().message);
  database.reopen();
  const auto second = database->create_table(table).value();
  EXPECT_GT(second.table->storage_id, first.table->global_indexes[0].storage_id);
  EXPECT_EQ(second.figures.item_count, 0U);
}

TEST(Tables, ProtectedTableIsNotDeleted) {
  TestDatabase database;
  auto table = test_table("t", "pk:S");
  table.deletion_protected = true;
  database->create_table(table).value();
  EXPECT_EQ(message_of(database->delete_table("t")),
            "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection first.");
  TableUpdate update;
  update.table = "t";
  update.deletion_protected = false;
  database->update_table(update).value();
  EXPECT_TRUE(database->delete_table("t"));
}

class UpdateTableTest : public testing::Test {
 protected:
  UpdateTableTest() { database->create_table(test_table("t", "pk:S")).value(); }
  std::vector<std::string> scan(std::string_view index) {
    JsonSink sink;
    Scan request;
    request.page.table = "t";
    request.page.index = index;
    EXPECT_EQ(message_of(database->scan(request, sink)), "");
    return sink.items;
  }
  TestDatabase database;
};

TEST_F(UpdateTableTest, NewIndexHoldsTheItemsThatWereThere) {
  database.put("t", R"({"pk":{"S":"a"},"g":{"S":"g"},"v":{"N":"1"}})").value();
  database.put("t", R"({"pk":{"S":"b"}})").value();
  const auto reply = database->update_table(update_of({create("idx", "g:S", "v")}, {kG})).value();
  EXPECT_EQ(reply.table->status, model::TableStatus::kUpdating);
  EXPECT_EQ(reply.table->global_indexes[0].status, model::IndexStatus::kCreating);
  const auto described = database->describe_table("t").value();
  EXPECT_EQ(described.table->global_indexes[0].status, model::IndexStatus::kActive);
  EXPECT_EQ(described.table->attributes.size(), 2U);
  EXPECT_EQ(described.figures.global_indexes[0].item_count, 1U);
  EXPECT_THAT(scan("idx"), ElementsAre(R"({"g":{"S":"g"},"pk":{"S":"a"},"v":{"N":"1"}})"));
  EXPECT_TRUE(verify_indexes(*database));
}

TEST_F(UpdateTableTest, BackfillSkipsItemsThatDoNotFit) {
  for (const auto* value : {R"({"N":"1"})", R"({"S":""})", R"({"NULL":true})", R"({"S":"fit"})"}) {
    database
        .put("t",
             fmt::format(R"({{"pk":{{"S":"{}"}},"g":{}}})", std::hash<std::string>{}(value), value))
        .value();
  }
  database.put("t", R"({"pk":{"S":"long"},"g":{"S":")" + std::string(2049, 'g') + R"("}})").value();
  database->update_table(update_of({create("idx", "g:S")}, {kG})).value();
  EXPECT_EQ(scan("idx").size(), 1U);
  EXPECT_TRUE(verify_indexes(*database));
  // A misfit may be written to as long as the misfit itself is left alone, and mended.
  const std::string key = R"({"pk":{"S":"long"}})";
  const auto update = [&](std::string value) {
    return message_of(
        database.update("t", key, {.values = std::move(value), .update = "SET g = :v"}));
  };
  EXPECT_EQ(message_of(database.update("t", key,
                                       {.values = R"({":v":{"N":"1"}})", .update = "SET v = :v"})),
            "");
  EXPECT_NE(update(R"({":v":{"N":"1"}})"), "");
  EXPECT_EQ(update(R"({":v":{"S":"short"}})"), "");
  EXPECT_EQ(scan("idx").size(), 2U);
  EXPECT_TRUE(verify_indexes(*database));
}

TEST_F(UpdateTableTest, DeletedIndexLeavesNothing) {
  database.put("t", R"({"pk":{"S":"a"},"g":{"S":"g"}})").value();
  const auto before = stored_entries(database);
  database->update_table(update_of({create("idx", "g:S")}, {kG})).value();
  EXPECT_EQ(stored_entries(database), before + 3) << "an entry and two counters";
  const auto reply =
      database->update_table(update_of({change(GlobalIndexUpdate::Kind::kDelete, "idx")})).value();
  EXPECT_EQ(reply.table->global_indexes[0].status, model::IndexStatus::kDeleting);
  EXPECT_EQ(stored_entries(database), before);
  const auto described = database->describe_table("t").value();
  EXPECT_TRUE(described.table->global_indexes.empty());
  EXPECT_EQ(described.table->attributes.size(), 1U) << "g is no key attribute any more";
  database.put("t", R"({"pk":{"S":"b"},"g":{"N":"1"}})").value();
}

TEST_F(UpdateTableTest, RefusesIndexChangesThatMakeNoSense) {
  const auto refusal = [&](TableUpdate update) { return database->update_table(update).error(); };
  using Kind = GlobalIndexUpdate::Kind;
  EXPECT_EQ(refusal(update_of({create("idx", "g:S")})).message,
            "One or more parameter values were invalid: Some index key attributes are not defined "
            "in AttributeDefinitions. Keys: [g], AttributeDefinitions: [pk]");
  EXPECT_EQ(refusal(update_of({create("a", "g:S"), create("b", "g:S")}, {kG})).code,
            ErrorCode::kLimitExceeded);
  const auto missing = refusal(update_of({change(Kind::kDelete, "none")}));
  EXPECT_EQ(missing.code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(missing.message, "Requested resource not found");
  database->update_table(update_of({create("idx", "g:S")}, {kG})).value();
  EXPECT_EQ(refusal(update_of({create("idx", "g:S")}, {kG})).message,
            "Attempting to create an index which already exists");
  EXPECT_EQ(refusal(update_of({change(Kind::kUpdate, "idx", 5)})).message,
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
            "WriteCapacityUnits can be specified for index: idx when BillingMode is "
            "PAY_PER_REQUEST");
  auto elsewhere = update_of({});
  elsewhere.table = "none";
  EXPECT_EQ(refusal(elsewhere).message, "Requested resource not found: Table: none not found");
}

TEST_F(UpdateTableTest, ThroughputFollowsTheBillingMode) {
  database->update_table(update_of({create("idx", "g:S")}, {kG})).value();
  TableUpdate update;
  update.table = "t";
  update.billing_mode = model::BillingMode::kProvisioned;
  EXPECT_EQ(message_of(database->update_table(update)),
            "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits "
            "must both be specified when BillingMode is PROVISIONED");
  update.throughput = model::Throughput{1, 1};
  EXPECT_EQ(message_of(database->update_table(update)),
            "One or more parameter values were invalid: ProvisionedThroughput must be specified "
            "for index: idx");
  update.index_updates = {change(GlobalIndexUpdate::Kind::kUpdate, "idx", 5)};
  database->update_table(update).value();
  EXPECT_EQ(database->find_table("t").value()->global_indexes[0].throughput.read_units, 5);
  update.index_updates.clear();
  EXPECT_THAT(message_of(database->update_table(update)),
              testing::StartsWith("The provisioned throughput for the table will not change."));
  update.throughput = model::Throughput{2, 1};
  database->update_table(update).value();
  EXPECT_EQ(database->find_table("t").value()->throughput.last_increase, database.clock().now());
  update.billing_mode = model::BillingMode::kPayPerRequest;
  EXPECT_EQ(message_of(database->update_table(update)),
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
            "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  update.throughput.reset();
  database->update_table(update).value();
  EXPECT_EQ(database->find_table("t").value()->throughput.read_units, 0);
}

TEST_F(UpdateTableTest, StreamIsSwitchedOnAndOffOnce) {
  TableUpdate update;
  update.table = "t";
  update.stream_enabled = false;
  EXPECT_EQ(message_of(database->update_table(update)),
            "Table has no stream to disable: TableName: t");
  update.stream_enabled = true;
  update.stream_view_type = model::StreamViewType::kNewImage;
  database->update_table(update).value();
  EXPECT_EQ(message_of(database->update_table(update)),
            "Table already has an enabled stream: TableName: t");
  const auto label = database->find_table("t").value()->stream->label;
  update.stream_enabled = false;
  database->update_table(update).value();
  EXPECT_FALSE(database->find_table("t").value()->stream);
  EXPECT_EQ(database->find_table("t").value()->latest_stream_label, label);
}

TEST_F(UpdateTableTest, TagsAreSetAndRemoved) {
  TableUpdate update;
  update.table = "t";
  update.tags_to_set = {{"a", "1"}, {"b", "2"}};
  database->update_table(update).value();
  update.tags_to_set = {{"b", "3"}};
  update.tag_keys_to_remove = {"a", "none"};
  database->update_table(update).value();
  const auto tags = database->find_table("t").value()->tags;
  ASSERT_EQ(tags.size(), 1U);
  EXPECT_EQ(tags[0].value, "3");
}

/// Waits without sleeping until the index is active.
void await_active(Database& database) {
  while (database.find_table("t").value()->global_indexes[0].status !=
         model::IndexStatus::kActive) {
    std::this_thread::yield();
  }
}

TEST_F(UpdateTableTest, LargeTableIsBackfilledWhileItIsWrittenAndAfterARestart) {
  constexpr int kItems = static_cast<int>(kInlineBackfillItemsMax) + 1;
  storage::CommitTicket ticket = 0;
  const auto item = [](int i, int v) {
    return fmt::format(R"({{"pk":{{"S":"{}"}},"g":{{"S":"g{}"}},"v":{{"N":"{}"}}}})", i, i % 10, v);
  };
  for (int i = 0; i < kItems; ++i) {
    ticket = database->put_item(database.put_request("t", item(i, 0))).value().ticket;
  }
  ASSERT_TRUE(database->commits().wait(ticket));
  database->update_table(update_of({create("idx", "g:S")}, {kG})).value();
  Scan request;
  request.page.table = "t";
  request.page.index = "idx";
  JsonSink sink;
  const auto early = database->scan(request, sink);
  if (!early) {
    EXPECT_EQ(early.error().message, "Cannot read from backfilling global secondary index: idx");
    EXPECT_EQ(message_of(database->update_table(update_of({create("other", "g:S")}, {kG}))),
              "Attempt to change a resource which is still in use: Table is being updated: t");
  }
  for (int i = 0; i < kItems; i += 3) {  // moved, changed and deleted on the way
    if (i % 2 == 0) {
      database->put_item(database.put_request("t", item(i + i % 4, i % 5))).value();
    } else {
      database
          ->delete_item(database.delete_request("t", fmt::format(R"({{"pk":{{"S":"{}"}}}})", i)))
          .value();
    }
    if (i == kItems / 2) database.reopen();
  }
  await_active(*database);
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
}

TEST_F(UpdateTableTest, CreationOfAnIndexMayBeCalledOff) {
  for (int i = 0; i <= static_cast<int>(kInlineBackfillItemsMax); ++i) {
    database
        ->put_item(
            database.put_request("t", fmt::format(R"({{"pk":{{"S":"{}"}},"g":{{"S":"g"}}}})", i)))
        .value();
  }
  database.reopen();
  const auto before = stored_entries(database);
  database->update_table(update_of({create("idx", "g:S")}, {kG})).value();
  database->update_table(update_of({change(GlobalIndexUpdate::Kind::kDelete, "idx")})).value();
  database.reopen();
  EXPECT_TRUE(database->find_table("t").value()->global_indexes.empty());
  EXPECT_EQ(stored_entries(database), before);
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
}

}  // namespace
}  // namespace parley::engine
