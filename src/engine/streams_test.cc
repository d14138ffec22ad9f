// Stream records of every kind of write; the life of a stream beside its table's; and that a stream
// replayed is the table.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/test_database.h"
#include "model/item_key.h"

namespace parley::engine {
namespace {

using stream::EventName;
using stream::Record;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using ViewType = model::StreamViewType;

model::Table streaming_table(std::string_view name, ViewType view_type = ViewType::kNewAndOldImages,
                             model::BillingMode mode = model::BillingMode::kProvisioned) {
  auto table = test_table(name, "pk:S,sk:N");
  table.billing_mode = mode;
  table.stream = model::StreamSetting{view_type};
  return table;
}

/// An UpdateTable that switches the stream on, or off without a view type.
TableUpdate switched(std::string_view table, std::optional<ViewType> view_type) {
  TableUpdate update;
  update.table = table;
  update.stream_enabled = view_type.has_value();
  update.stream_view_type = view_type;
  return update;
}

std::string arn_of(TestDatabase& database, std::string_view table) {
  const auto found = database->find_table(table).value();
  return model::stream_arn(database->realm(), found->name, *found->latest_stream_label);
}

/// All records of a stream, shard by shard.
std::vector<Record> records_of(TestDatabase& database, const std::string& arn) {
  const auto stream = database->streams().find(arn).value();
  std::vector<Record> records;
  for (std::size_t shard = 0; shard < stream->shards.size(); ++shard) {
    auto page = database->streams().read(*stream, shard, 0, {.records_max = SIZE_MAX}).value();
    for (auto& record : page.records) records.push_back(std::move(record));
  }
  return records;
}

/// "MODIFY old -> new", the images as JSON.
std::string text_of(const Record& record) {
  constexpr std::string_view kNames[] = {"INSERT", "MODIFY", "REMOVE"};
  return fmt::format("{} {} -> {}", kNames[static_cast<int>(record.event)],
                     record.old_image ? json_of(record.old_image->view()) : "",
                     record.new_image ? json_of(record.new_image->view()) : "");
}

std::vector<std::string> changes_of(TestDatabase& database, std::string_view table) {
  std::vector<std::string> changes;
  for (const auto& record : records_of(database, arn_of(database, table))) {
    changes.push_back(text_of(record));
  }
  return changes;
}

constexpr auto kKey = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
constexpr auto kOne = R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"N":"1"}})";
constexpr auto kTwo = R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"N":"2"}})";

TEST(StreamRecords, OfPutUpdateAndDelete) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  database.put("t", kOne).value();
  database.update("t", kKey, {.values = R"({":v":{"N":"2"}})", .update = "SET v = :v"}).value();
  database.put("t", kOne).value();
  database.erase("t", kKey).value();
  EXPECT_THAT(
      changes_of(database, "t"),
      ElementsAre(fmt::format("INSERT  -> {}", kOne), fmt::format("MODIFY {} -> {}", kOne, kTwo),
                  fmt::format("MODIFY {} -> {}", kTwo, kOne), fmt::format("REMOVE {} -> ", kOne)));
}

TEST(StreamRecords, NoneForAWriteThatChangesNothing) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  database.erase("t", kKey).value();
  database.update("t", kKey, {.update = "REMOVE v"}).value();
  EXPECT_THAT(changes_of(database, "t"), IsEmpty());
  constexpr auto kMap =
      R"({"pk":{"S":"a"},"sk":{"N":"1"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}}})";
  constexpr auto kSame =
      R"({"sk":{"N":"1.0"},"m":{"M":{"y":{"N":"2"},"x":{"N":"01"}}},"pk":{"S":"a"}})";
  database.put("t", kMap).value();
  database.put("t", kSame).value();
  database.update("t", kKey).value();
  database.update("t", kKey, {.values = R"({":x":{"N":"1"}})", .update = "SET m.x = :x"}).value();
  EXPECT_THAT(changes_of(database, "t"), SizeIs(1));
}

TEST(StreamRecords, NoneForAConditionThatFails) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  EXPECT_FALSE(database.put("t", kOne, {.condition = "attribute_exists(pk)"}));
  EXPECT_THAT(changes_of(database, "t"), IsEmpty());
}

TEST(StreamRecords, OfABatch) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  database.put("t", kOne).value();
  std::vector<std::variant<PutItem, DeleteItem>> batch;
  batch.emplace_back(database.put_request("t", R"({"pk":{"S":"b"},"sk":{"N":"1"}})"));
  batch.emplace_back(database.delete_request("t", kKey));
  const auto outcomes = database->batch_write(batch).value();
  database->commits().wait(outcomes.back().ticket).value();
  EXPECT_THAT(changes_of(database, "t"), SizeIs(3));
}

TEST(StreamRecords, OfATransactionAppearTogetherInEveryTableAndShard) {
  TestDatabase database;
  database
      ->create_table(streaming_table("t", ViewType::kKeysOnly, model::BillingMode::kPayPerRequest))
      .value();
  database->create_table(streaming_table("u")).value();
  database->create_table(test_table("quiet", "pk:S,sk:N")).value();
  std::vector<TransactWriteItem> items;
  for (int i = 0; i < 20; ++i) {
    const auto item = fmt::format(R"({{"pk":{{"S":"k{}"}},"sk":{{"N":"1"}}}})", i);
    for (const auto* table : {"t", "u", "quiet"})
      items.push_back(database.put_request(table, item));
  }
  database.transact(std::move(items)).value();
  EXPECT_THAT(changes_of(database, "t"), SizeIs(20));
  EXPECT_THAT(changes_of(database, "u"), SizeIs(20));
  EXPECT_FALSE(database->find_table("quiet").value()->latest_stream_label);
}

TEST(StreamRecords, NoneForACancelledTransaction) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  std::vector<TransactWriteItem> items;
  items.push_back(database.put_request("t", kOne));
  items.push_back(database.check_request("t", R"({"pk":{"S":"b"},"sk":{"N":"1"}})",
                                         {.condition = "attribute_exists(pk)"}));
  EXPECT_FALSE(database.transact(std::move(items)));
  EXPECT_THAT(changes_of(database, "t"), IsEmpty());
}

TEST(StreamOfATable, AnOnDemandTableHasFourShardsAndKeepsEachCollectionInOne) {
  TestDatabase database;
  database
      ->create_table(streaming_table("t", ViewType::kKeysOnly, model::BillingMode::kPayPerRequest))
      .value();
  for (int pk = 0; pk < 40; ++pk) {
    for (int sk = 0; sk < 3; ++sk) {
      database.put("t", fmt::format(R"({{"pk":{{"S":"{}"}},"sk":{{"N":"{}"}}}})", pk, sk)).value();
    }
  }
  const auto stream = database->streams().find(arn_of(database, "t")).value();
  ASSERT_THAT(stream->shards, SizeIs(4));
  std::map<std::string, std::size_t> shard_of;
  for (std::size_t shard = 0; shard < 4; ++shard) {
    const auto page = database->streams().read(*stream, shard, 0, {}).value();
    EXPECT_FALSE(page.records.empty()) << shard;
    for (const auto& record : page.records) {
      const std::string pk(record.keys.view().find("pk")->scalar_bytes());
      EXPECT_EQ(shard_of.emplace(pk, shard).first->second, shard);
    }
  }
  EXPECT_THAT(shard_of, SizeIs(40));
}

TEST(StreamOfATable, SwitchedOffAndOnIsAnotherStream) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  const auto first = arn_of(database, "t");
  database.put("t", kOne).value();
  const auto off = database->update_table(switched("t", {})).value();
  EXPECT_FALSE(off.table->stream);
  EXPECT_EQ(arn_of(database, "t"), first) << "the latest stream is still told";
  database.put("t", kTwo).value();
  database->update_table(switched("t", ViewType::kKeysOnly)).value();
  const auto second = arn_of(database, "t");
  EXPECT_NE(second, first) << "although the clock stands still";
  database.erase("t", kKey).value();
  EXPECT_THAT(records_of(database, first), SizeIs(1));
  ASSERT_THAT(records_of(database, second), SizeIs(1));
  EXPECT_EQ(records_of(database, second)[0].event, EventName::kRemove);
  EXPECT_EQ(database->streams().find(first).value()->status, stream::StreamStatus::kDisabled);
}

TEST(StreamOfATable, RefusesToBeSwitchedTwice) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  EXPECT_EQ(message_of(database->update_table(switched("t", ViewType::kKeysOnly))),
            "Table already has an enabled stream: TableName: t");
  database->update_table(switched("t", {})).value();
  EXPECT_EQ(message_of(database->update_table(switched("t", {}))),
            "Table has no stream to disable: TableName: t");
}

TEST(StreamOfATable, OutlivesItsTable) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  const auto first = arn_of(database, "t");
  database.put("t", kOne).value();
  database->delete_table("t").value();
  EXPECT_THAT(records_of(database, first), SizeIs(1));
  EXPECT_EQ(database->streams().find(first).value()->status, stream::StreamStatus::kDisabled);
  database->create_table(streaming_table("t")).value();
  EXPECT_NE(arn_of(database, "t"), first);
  EXPECT_THAT(records_of(database, arn_of(database, "t")), IsEmpty());
  database.reopen();
  EXPECT_THAT(records_of(database, first), SizeIs(1));
}

TEST(StreamOfATable, GoesOnAfterARestart) {
  TestDatabase database;
  database->create_table(streaming_table("t")).value();
  database.put("t", kOne).value();
  database.reopen();
  database.put("t", kTwo).value();
  const auto records = records_of(database, arn_of(database, "t"));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_LT(records[0].number, records[1].number);
}

/// Replays a stream with both images into a table of JSON texts; each old image must be what the
/// replay holds.
std::map<std::string, std::string> replay(const std::vector<Record>& records) {
  std::map<std::string, std::string> items;
  for (const auto& record : records) {
    const auto key = json_of(record.keys.view());
    const auto old_image = record.old_image ? json_of(record.old_image->view()) : "";
    EXPECT_EQ(items[key], old_image) << key;
    items[key] = record.new_image ? json_of(record.new_image->view()) : "";
  }
  std::erase_if(items, [](const auto& item) { return item.second.empty(); });
  return items;
}

std::map<std::string, std::string> scan(TestDatabase& database, std::string_view table) {
  Scan request;
  request.page.table = table;
  JsonSink sink;
  database->scan(request, sink).value();
  const auto description = database->find_table(table).value();
  std::map<std::string, std::string> items;
  for (const auto& item : sink.items) {
    const auto stored = item_of(item);
    items[json_of(model::extract_key(description->key, stored.view()).view())] = item;
  }
  return items;
}

/// Random writes of one thread; requests are made before the threads start.
class RandomWriter {
 public:
  RandomWriter(TestDatabase& database, std::uint32_t seed, int steps) : database_(database) {
    std::mt19937 random(seed);
    const auto pick = [&](unsigned below) { return static_cast<int>(random() % below); };
    for (int step = 0; step < steps; ++step) {
      const auto key = fmt::format(R"("pk":{{"S":"p{}"}},"sk":{{"N":"{}"}})", pick(6), pick(4));
      const auto item = fmt::format(R"({{{},"v":{{"N":"{}"}}}})", key, pick(3));
      switch (pick(5)) {
        case 0:
          writes_.emplace_back(database.put_request("t", item));
          break;
        case 1:
          writes_.emplace_back(database.delete_request("t", "{" + key + "}"));
          break;
        case 2:
          writes_.emplace_back(database.update_request(
              "t", "{" + key + "}", {.values = R"({":one":{"N":"1"}})", .update = "ADD n :one"}));
          break;
        case 3:
          writes_.emplace_back(
              database.put_request("t", item, {.condition = "attribute_not_exists(pk)"}));
          break;
        default:
          TransactWrite transaction;
          for (int i = 0; i < 4; ++i) {
            transaction.items.emplace_back(database.put_request(
                "t", fmt::format(R"({{"pk":{{"S":"p{}"}},"sk":{{"N":"{}"}},"v":{{"N":"{}"}}}})",
                                 (step + i) % 6, pick(4), step)));
          }
          writes_.emplace_back(std::move(transaction));
      }
    }
  }

  void run() {
    for (const auto& write : writes_) {
      std::visit([&](const auto& request) { run(request); }, write);
    }
  }

 private:
  void run(const PutItem& request) { check(database_->put_item(request)); }
  void run(const DeleteItem& request) { check(database_->delete_item(request)); }
  void run(const UpdateItem& request) { check(database_->update_item(request)); }
  void run(const TransactWrite& request) { check(database_->transact_write(request)); }

  /// A write may fail by its condition, or meet another thread's transaction.
  template <class Outcome>
  static void check(const Result<Outcome>& outcome) {
    if (outcome) return;
    EXPECT_THAT(outcome.error().code,
                testing::AnyOf(ErrorCode::kConditionalCheckFailed, ErrorCode::kTransactionConflict,
                               ErrorCode::kTransactionCanceled));
  }

  TestDatabase& database_;
  std::vector<std::variant<PutItem, DeleteItem, UpdateItem, TransactWrite>> writes_;
};

TEST(StreamReplay, RebuildsTheTableThatManyThreadsWrote) {
  constexpr int kThreads = 4;
  TestDatabase database;
  database
      ->create_table(
          streaming_table("t", ViewType::kNewAndOldImages, model::BillingMode::kPayPerRequest))
      .value();
  const auto stream = database->streams().find(arn_of(database, "t")).value();
  std::vector<RandomWriter> writers;
  for (std::uint32_t i = 0; i < kThreads; ++i) writers.emplace_back(database, i + 1, 500);

  std::atomic<bool> writing = true;
  std::vector<Record> tailed;  // by a reader that runs while the writers commit
  std::thread reader([&] {
    std::vector<stream::SequenceNumber> after(stream->shards.size(), 0);
    for (bool more = true; more;) {
      more = writing;
      for (std::size_t shard = 0; shard < after.size(); ++shard) {
        auto page = database->streams().read(*stream, shard, after[shard], {}).value();
        after[shard] = page.last;
        more = more || !page.records.empty();
        for (auto& record : page.records) tailed.push_back(std::move(record));
      }
    }
  });
  std::vector<std::thread> threads;
  for (auto& writer : writers) threads.emplace_back([&] { writer.run(); });
  for (auto& thread : threads) thread.join();
  database->commits().wait(database->commits().last_submitted()).value();
  writing = false;
  reader.join();

  const auto table = scan(database, "t");
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(replay(tailed), table);
  const auto records = records_of(database, stream->arn);
  EXPECT_EQ(replay(records), table);
  EXPECT_EQ(tailed.size(), records.size());
  database.reopen();
  EXPECT_EQ(replay(records_of(database, stream->arn)), scan(database, "t"));
}

}  // namespace
}  // namespace parley::engine
