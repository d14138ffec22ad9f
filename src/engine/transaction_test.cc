// TransactWriteItems and TransactGetItems: all or nothing, reasons, tokens, capacity.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/consistency_check.h"
#include "engine/test_database.h"
#include "storage/key_value_store.h"

namespace parley::engine {
namespace {

class TransactionTest : public testing::Test {
 protected:
  TransactionTest() {
    auto table = test_table("t", "pk:S");
    add_index(table, model::IndexKind::kGlobal, "idx", "g:S");
    database->create_table(table).value();
  }

  template <class... Items>
  Result<TransactWriteOutcome> transact(Items... items) {
    std::vector<TransactWriteItem> list;
    (list.push_back(std::move(items)), ...);
    return database.transact(std::move(list));
  }

  PutItem put(std::string_view item, const TestExpressions& expressions = {}) {
    return database.put_request("t", item, expressions);
  }
  UpdateItem update(std::string_view key, std::string expression, std::string values = "{}") {
    return database.update_request("t", key,
                                   {.values = std::move(values), .update = std::move(expression)});
  }

  /// "ok", the message of a refusal, or the reasons: "-" for none, else the message.
  static std::string outcome_of(const Result<TransactWriteOutcome>& outcome) {
    if (outcome) return "ok";
    const auto* const detail =
        dynamic_cast<const CancellationDetail*>(outcome.error().detail.get());
    if (detail == nullptr) return outcome.error().message;
    EXPECT_EQ(outcome.error().code, ErrorCode::kTransactionCanceled);
    std::string text;
    for (const auto& reason : detail->reasons) {
      text += "[" + (reason.none ? std::string("-") : reason.message) + "]";
    }
    return text;
  }

  std::uint64_t item_count() { return database->describe_table("t")->figures.item_count; }

  TestDatabase database;
};

TEST_F(TransactionTest, WritesAllOrNothing) {
  EXPECT_EQ(outcome_of(transact(put(R"({"pk":{"S":"a"},"v":{"N":"1"}})"),
                                put(R"({"pk":{"S":"b"},"g":{"S":"g"}})"))),
            "ok");
  EXPECT_EQ(outcome_of(
                transact(update(R"({"pk":{"S":"a"}})", "SET v = v + :one", R"({":one":{"N":"1"}})"),
                         put(R"({"pk":{"S":"b"}})", {.condition = "attribute_not_exists(pk)"}),
                         database.check_request("t", R"({"pk":{"S":"c"}})",
                                                {.condition = "attribute_not_exists(v)"}))),
            "[-][The conditional request failed][-]");
  EXPECT_EQ(database.get("t", R"({"pk":{"S":"a"}})").value(), R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  EXPECT_EQ(outcome_of(
                transact(update(R"({"pk":{"S":"a"}})", "SET v = v + :one", R"({":one":{"N":"1"}})"),
                         database.delete_request("t", R"({"pk":{"S":"b"}})"))),
            "ok");
  EXPECT_EQ(database.get("t", R"({"pk":{"S":"a"}})").value(), R"({"pk":{"S":"a"},"v":{"N":"2"}})");
  EXPECT_EQ(item_count(), 1U);
  EXPECT_TRUE(verify_indexes(*database));
}

TEST_F(TransactionTest, FailedConditionCarriesTheOldItemInItsReason) {
  transact(put(R"({"pk":{"S":"a"},"v":{"N":"1"}})")).value();
  const auto outcome =
      transact(put(R"({"pk":{"S":"a"}})", {.condition = "attribute_not_exists(pk)"}));
  const auto* const detail = dynamic_cast<const CancellationDetail*>(outcome.error().detail.get());
  ASSERT_NE(detail, nullptr);
  EXPECT_EQ(detail->reasons[0].code, ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(json_of(detail->reasons[0].item->view()), R"({"pk":{"S":"a"},"v":{"N":"1"}})");
}

TEST_F(TransactionTest, WhatIsWrongWithOneItemCancels) {
  const auto fine = [&] { return put(R"({"pk":{"S":"fine"}})"); };
  const std::string mismatch = "The provided key element does not match the schema";
  const std::string index_type =
      "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
      "Actual: N IndexName: idx";
  EXPECT_EQ(outcome_of(transact(fine(), put(R"({"pk":{"N":"5"}})"))),
            "[-][One or more parameter values were invalid: Type mismatch for key pk expected: S "
            "actual: N]");
  EXPECT_EQ(outcome_of(transact(put(R"({"pk":{"S":"a"},"g":{"N":"5"}})"), fine())),
            "[" + index_type + "][-]");
  EXPECT_EQ(outcome_of(transact(update(R"({"pk":{"S":"a"}})", "SET g = :v", R"({":v":{"N":"5"}})"),
                                fine())),
            "[" + index_type + "][-]");
  EXPECT_EQ(outcome_of(transact(update(R"({"pk":{"N":"5"}})", "REMOVE v"), fine())),
            "[" + mismatch + "][-]");
  EXPECT_EQ(outcome_of(transact(database.delete_request("t", R"({"pk":{"L":[]}})"), fine())),
            "[" + mismatch + "][-]");
  EXPECT_EQ(
      outcome_of(
          transact(update(R"({"pk":{"S":"a"}})", "SET pk = :v", R"({":v":{"S":"b"}})"), fine())),
      "[One or more parameter values were invalid: Cannot update attribute pk. This attribute "
      "is part of the key][-]");
  EXPECT_EQ(outcome_of(transact(update(R"({"pk":{"S":"a"}})", "SET v = :v",
                                       R"({":v":{"S":")" + std::string(409'600, 'v') + R"("}})"),
                                fine())),
            "[Item size to update has exceeded the maximum allowed size][-]");
  EXPECT_EQ(item_count(), 0U);
}

TEST_F(TransactionTest, OnlyTheFirstUnfitItemHasAReason) {
  EXPECT_EQ(outcome_of(transact(put(R"({"pk":{"S":"a"}})", {.condition = "attribute_exists(pk)"}),
                                put(R"({"pk":{"N":"7"}})"), put(R"({"pk":{"N":"8"}})"))),
            "[-][One or more parameter values were invalid: Type mismatch for key pk expected: S "
            "actual: N][-]");
}

TEST_F(TransactionTest, WhatTheRequestAloneShowsRefusesItWhole) {
  const auto fine = [&] { return put(R"({"pk":{"S":"fine"}})"); };
  const std::string empty_key =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an empty string value. Key: pk";
  EXPECT_EQ(outcome_of(transact(fine(), put(R"({"pk":{"S":""}})"))), empty_key);
  EXPECT_EQ(outcome_of(transact(fine(), update(R"({"pk":{"S":""}})", "REMOVE v"))), empty_key);
  EXPECT_EQ(outcome_of(transact(fine(), put(R"({"pk":{"S":"a"},"g":{"S":""}})"))),
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "string value. IndexName: idx, IndexKey: g");
  EXPECT_EQ(outcome_of(transact(fine(),
                                update(R"({"pk":{"S":"a"}})", "SET g = :v", R"({":v":{"S":""}})"))),
            "One or more parameter values are not valid. The update expression attempted to update "
            "a secondary index key to a value that is not supported. The AttributeValue for a key "
            "attribute cannot contain an empty string value.");
  EXPECT_EQ(outcome_of(transact(fine(), put(R"({"pk":{"S":"a"},"v":{"S":")" +
                                            std::string(409'600, 'v') + R"("}})"))),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(outcome_of(transact(fine(), update(R"({"pk":{"S":"fine"}})", "REMOVE v"))),
            "Transaction request cannot include multiple operations on one item");
  auto elsewhere = fine();
  elsewhere.table = "none";
  EXPECT_EQ(outcome_of(transact(fine(), std::move(elsewhere))), "Requested resource not found");
  EXPECT_EQ(item_count(), 0U);
}

TEST_F(TransactionTest, PayloadIsLimitedTo4MiB) {
  std::vector<TransactWriteItem> items;
  for (int i = 0; i < 11; ++i) {
    items.push_back(put(R"({"pk":{"S":")" + std::to_string(i) + R"("},"v":{"S":")" +
                        std::string(400'000, 'v') + R"("}})"));
  }
  EXPECT_EQ(outcome_of(database.transact(std::move(items))),
            "Transaction payload size cannot exceed 4MB. Payload Size: 4400045");
}

TEST_F(TransactionTest, TableWritesCostDoubleAndIndexWritesOnce) {
  const auto outcome = transact(put(R"({"pk":{"S":"a"},"g":{"S":"g"}})"),
                                database.check_request("t", R"({"pk":{"S":"b"}})",
                                                       {.condition = "attribute_not_exists(pk)"}))
                           .value();
  EXPECT_EQ(outcome.items[0].capacity.table, 2);
  EXPECT_EQ(outcome.items[0].capacity.indexes.front().units, 1);
  EXPECT_EQ(outcome.items[1].capacity.table, 2);
  std::vector<GetItem> gets;
  gets.push_back({"t", item_of(R"({"pk":{"S":"a"}})"), false});
  gets.push_back({"t", item_of(R"({"pk":{"S":"b"}})"), false});
  const auto got = database->transact_get(gets).value();
  EXPECT_TRUE(got[0].item);
  EXPECT_FALSE(got[1].item);
  EXPECT_EQ(got[0].capacity.table, 2);
  EXPECT_EQ(got[1].capacity.table, 2);
}

TEST_F(TransactionTest, GetRefusesDuplicatesAndCancelsForUnfitKeys) {
  std::vector<GetItem> gets;
  gets.push_back({"t", item_of(R"({"pk":{"S":"a"}})"), false});
  gets.push_back({"t", item_of(R"({"pk":{"S":"a"}})"), false});
  EXPECT_EQ(message_of(database->transact_get(gets)),
            "Transaction request cannot include multiple operations on one item");
  gets[1].key = model::Item();
  const auto outcome = database->transact_get(gets);
  const auto* const detail = dynamic_cast<const CancellationDetail*>(outcome.error().detail.get());
  ASSERT_NE(detail, nullptr);
  EXPECT_TRUE(detail->reasons[0].none);
  EXPECT_EQ(detail->reasons[1].message, "The provided key element does not match the schema");
}

class TokenTest : public TransactionTest {
 protected:
  Result<TransactWriteOutcome> add_one(std::uint64_t fingerprint, std::string token = "token") {
    std::vector<TransactWriteItem> items;
    items.push_back(update(R"({"pk":{"S":"a"}})", "ADD v :one", R"({":one":{"N":"1"}})"));
    return database.transact(std::move(items), std::move(token), fingerprint);
  }
  std::string value() { return database.get("t", R"({"pk":{"S":"a"}})").value(); }
  static std::string with(int v) {
    return R"({"pk":{"S":"a"},"v":{"N":")" + std::to_string(v) + R"("}})";
  }
};

TEST_F(TokenTest, RepeatedTokenDoesNothingAndIsChargedAsARead) {
  EXPECT_FALSE(add_one(1).value().replayed);
  const auto again = add_one(1).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_FALSE(again.items[0].capacity.write);
  EXPECT_EQ(again.items[0].capacity.table, 2);
  EXPECT_EQ(value(), with(1));
}

TEST_F(TokenTest, TokenOfAnotherRequestIsRefused) {
  add_one(1).value();
  const auto outcome = add_one(2);
  EXPECT_EQ(outcome.error().code, ErrorCode::kIdempotentParameterMismatch);
  EXPECT_EQ(value(), with(1));
}

TEST_F(TokenTest, TokenSurvivesARestartAndExpiresAfterTenMinutes) {
  add_one(1).value();
  database.reopen();
  EXPECT_TRUE(add_one(1).value().replayed);
  database.clock().advance(std::chrono::minutes(10) - std::chrono::microseconds(1));
  EXPECT_TRUE(add_one(1).value().replayed);
  database.clock().advance(std::chrono::microseconds(1));
  EXPECT_FALSE(add_one(2).value().replayed);
  EXPECT_EQ(value(), with(2));
}

TEST_F(TokenTest, ExpiredTokensAreErased) {
  for (int i = 0; i < 20; ++i) add_one(1, "token" + std::to_string(i)).value();
  database.clock().advance(std::chrono::minutes(11));
  for (int i = 0; i < 4; ++i) {
    add_one(1, "later" + std::to_string(i)).value();
    // What is not yet erased for good is looked at again, in the place of another.
    EXPECT_TRUE(database->commits().wait(database->commits().last_submitted()));
  }
  int tokens = 0;
  const storage::KeyRange records{std::string("\0\0\0\4", 4), std::string("\0\0\0\5", 4)};
  const auto stored = database.store().scan(records, storage::Direction::kForward);
  for (; stored->valid(); stored->next()) ++tokens;
  EXPECT_EQ(tokens, 4);
}

TEST_F(TokenTest, CancelledTransactionLeavesNoToken) {
  const auto attempt = [&](std::string condition) {
    std::vector<TransactWriteItem> items;
    items.push_back(put(R"({"pk":{"S":"a"}})", {.condition = std::move(condition)}));
    return outcome_of(database.transact(std::move(items), "token", 1));
  };
  EXPECT_EQ(attempt("attribute_exists(pk)"), "[The conditional request failed]");
  EXPECT_EQ(attempt("attribute_not_exists(pk)"), "ok");
}

}  // namespace
}  // namespace parley::engine
