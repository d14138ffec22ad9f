// No reply tells of a write before that write is durable: neither its own, nor a failed condition
// that rests on it. And as long as a transaction is not durable, its items are in conflict.
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "api/local_call.h"
#include "base/clock.h"
#include "base/random.h"
#include "storage/memory/memory_store.h"

namespace parley::api {
namespace {

/// A memory store whose writes wait while its gate is shut, or fail as on a broken disk.
class GatedStore final : public storage::KeyValueStore {
 public:
  enum class Gate { kOpen, kShut, kBroken };

  void set(Gate gate) {
    {
      const std::scoped_lock lock(mutex_);
      gate_ = gate;
    }
    changed_.notify_all();
  }
  Status write(const storage::WriteBatch& batch, storage::Sync sync) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return gate_ != Gate::kShut; });
    if (gate_ == Gate::kBroken) return fail(ErrorCode::kIo, "The disk is gone");
    return inner_->write(batch, sync);
  }
  Result<bool> get(std::string_view key, std::string& value,
                   const storage::Snapshot* snapshot) const override {
    return inner_->get(key, value, snapshot);
  }
  std::unique_ptr<storage::Iterator> scan(const storage::KeyRange& range,
                                          storage::Direction direction,
                                          const storage::Snapshot* snapshot) const override {
    return inner_->scan(range, direction, snapshot);
  }
  [[nodiscard]] std::unique_ptr<storage::Snapshot> snapshot() const override {
    return inner_->snapshot();
  }
  Status flush() override { return inner_->flush(); }

 private:
  std::unique_ptr<storage::KeyValueStore> inner_ = storage::make_memory_store();
  std::mutex mutex_;
  std::condition_variable changed_;
  Gate gate_ = Gate::kOpen;
};

constexpr std::string_view kConditionalPut =
    R"json({"TableName":"Locks","Item":{"Id":{"S":"a"}},
            "ConditionExpression":"attribute_not_exists(Id)"})json";

class DurableReply : public testing::Test {
 protected:
  DurableReply() {
    auto store = std::make_unique<GatedStore>();
    store_ = store.get();
    database_ = engine::Database::open(std::move(store), {}, clock_, random_).value();
    service_ =
        std::make_unique<Service>(*database_, [](std::move_only_function<void()> task) { task(); });
    EXPECT_EQ(send("CreateTable",
                   R"({"TableName":"Locks","BillingMode":"PAY_PER_REQUEST",
                       "KeySchema":[{"AttributeName":"Id","KeyType":"HASH"}],
                       "AttributeDefinitions":[{"AttributeName":"Id","AttributeType":"S"}]})")
                  .get()
                  .status,
              200);
  }
  ~DurableReply() override { store_->set(GatedStore::Gate::kOpen); }

  std::future<Reply> send(std::string_view operation, std::string_view input) {
    return call(*service_, operation, input);
  }

  static bool is_answered(const std::future<Reply>& reply) {
    return reply.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  ManualClock clock_{1'767'323'045'678'000};
  SeededRandom random_{42};
  GatedStore* store_ = nullptr;  // owned by database_
  std::unique_ptr<engine::Database> database_;
  std::unique_ptr<Service> service_;
};

TEST_F(DurableReply, AFailedConditionWaitsForTheWriteItRestsOn) {
  store_->set(GatedStore::Gate::kShut);
  auto first = send("PutItem", kConditionalPut);
  auto second = send("PutItem", kConditionalPut);
  EXPECT_FALSE(is_answered(first));
  EXPECT_FALSE(is_answered(second));
  store_->set(GatedStore::Gate::kOpen);
  EXPECT_EQ(first.get().status, 200);
  EXPECT_NE(second.get().body.find("ConditionalCheckFailedException"), std::string::npos);
}

TEST_F(DurableReply, AConditionThatFailedOnALostWriteIsAnErrorOfTheServer) {
  store_->set(GatedStore::Gate::kShut);
  auto first = send("PutItem", kConditionalPut);
  auto second = send("PutItem", kConditionalPut);
  store_->set(GatedStore::Gate::kBroken);
  EXPECT_EQ(first.get().status, 500);
  EXPECT_EQ(second.get().status, 500);
}

constexpr std::string_view kTransaction = R"json({"TransactItems":[
    {"Put":{"TableName":"Locks","Item":{"Id":{"S":"a"}}}},
    {"ConditionCheck":{"TableName":"Locks","Key":{"Id":{"S":"b"}},
                       "ConditionExpression":"attribute_not_exists(Id)"}}]})json";

class TransactionConflict : public DurableReply {
 protected:
  /// A transaction of the items a and b that ends when the gate opens.
  TransactionConflict() {
    store_->set(GatedStore::Gate::kShut);
    transaction_ = send("TransactWriteItems", kTransaction);
  }
  /// The reply to a request that is sent while the transaction is ongoing.
  std::string reply_after_all(std::string_view operation, std::string_view body) {
    auto reply = send(operation, body);
    store_->set(GatedStore::Gate::kOpen);
    EXPECT_EQ(transaction_.get().status, 200);
    return reply.get().body;
  }

  std::future<Reply> transaction_;
};

TEST_F(TransactionConflict, RefusesAPlainWriteOfAnItemBeingWritten) {
  const auto body =
      reply_after_all("PutItem", R"({"TableName":"Locks","Item":{"Id":{"S":"a"},"v":{"S":"w"}}})");
  EXPECT_EQ(body, R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException",)"
                  R"("message":"Transaction is ongoing for the item"})");
}

TEST_F(TransactionConflict, RefusesAPlainWriteOfAnItemBeingChecked) {
  EXPECT_NE(reply_after_all("DeleteItem", R"({"TableName":"Locks","Key":{"Id":{"S":"b"}}})")
                .find("#TransactionConflictException"),
            std::string::npos);
}

TEST_F(TransactionConflict, IsAReasonToCancelAWrite) {
  const auto body = reply_after_all("TransactWriteItems", R"json({"TransactItems":[
      {"Put":{"TableName":"Locks","Item":{"Id":{"S":"c"}}}},
      {"Delete":{"TableName":"Locks","Key":{"Id":{"S":"a"}}}}]})json");
  EXPECT_NE(body.find("specific reasons [None, TransactionConflict]"), std::string::npos) << body;
  EXPECT_NE(body.find(R"({"Code":"TransactionConflict",)"
                      R"("Message":"Transaction is ongoing for the item"})"),
            std::string::npos)
      << body;
}

TEST_F(TransactionConflict, IsAReasonToCancelARead) {
  const auto body = reply_after_all("TransactGetItems", R"json({"TransactItems":[
      {"Get":{"TableName":"Locks","Key":{"Id":{"S":"b"}}}},
      {"Get":{"TableName":"Locks","Key":{"Id":{"S":"c"}}}}]})json");
  EXPECT_NE(body.find("specific reasons [TransactionConflict, None]"), std::string::npos) << body;
}

TEST_F(TransactionConflict, LeavesOtherItemsAndReadsAndBatchesAlone) {
  auto other = send("PutItem", R"({"TableName":"Locks","Item":{"Id":{"S":"c"}}})");
  auto read = send("GetItem", R"({"TableName":"Locks","Key":{"Id":{"S":"a"}}})");
  auto batch = send("BatchWriteItem",
                    R"({"RequestItems":{"Locks":[{"DeleteRequest":{"Key":{"Id":{"S":"a"}}}}]}})");
  EXPECT_EQ(read.get().body, "{}");
  store_->set(GatedStore::Gate::kOpen);
  EXPECT_EQ(transaction_.get().status, 200);
  EXPECT_EQ(other.get().status, 200);
  EXPECT_EQ(batch.get().status, 200);
}

TEST_F(TransactionConflict, IsOverWhenTheClientIsTold) {
  store_->set(GatedStore::Gate::kOpen);
  EXPECT_EQ(transaction_.get().status, 200);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(send("TransactWriteItems", kTransaction).get().status, 200);
    EXPECT_EQ(send("DeleteItem", R"({"TableName":"Locks","Key":{"Id":{"S":"a"}}})").get().status,
              200);
  }
}

TEST_F(TransactionConflict, IsOverWhenTheTransactionFails) {
  store_->set(GatedStore::Gate::kBroken);
  EXPECT_EQ(transaction_.get().status, 500);
  EXPECT_EQ(send("DeleteItem", R"({"TableName":"Locks","Key":{"Id":{"S":"a"}}})")
                .get()
                .body.find("TransactionConflict"),
            std::string::npos);
}

}  // namespace
}  // namespace parley::api
