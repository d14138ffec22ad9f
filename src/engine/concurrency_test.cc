// Many threads on few items: nothing is lost, nothing is seen half done.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/consistency_check.h"
#include "engine/test_database.h"

namespace parley::engine {
namespace {

constexpr int kThreads = 8;

/// Runs `work(thread)` on all threads and waits for them.
template <class Work>
void on_threads(Work work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&work, i] { work(i); });
  for (auto& thread : threads) thread.join();
}

std::int64_t number_in(const model::ItemView& item, std::string_view name) {
  const auto text = item.find(name)->number().to_text();
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

model::Table indexed_table() {
  auto table = test_table("t", "pk:S,sk:N");
  add_index(table, model::IndexKind::kLocal, "local", "pk:S,v:N", "KEYS_ONLY");
  add_index(table, model::IndexKind::kGlobal, "by_v", "v:N");
  return table;
}

TEST(Concurrency, CountersAddUp) {
  constexpr int kAdditions = 500;
  TestDatabase database;
  database->create_table(indexed_table()).value();
  std::vector<UpdateItem> requests;
  for (int i = 0; i < 4; ++i) {
    requests.push_back(
        database.update_request("t", fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"N":"{}"}}}})", i),
                                {.values = R"({":one":{"N":"1"}})", .update = "ADD v :one"}));
  }
  on_threads([&](int thread) {
    for (int i = 0; i < kAdditions; ++i) {
      const auto& request = requests[static_cast<std::size_t>(thread + i) % requests.size()];
      EXPECT_EQ(message_of(database->update_item(request)), "");
    }
  });
  ASSERT_EQ(message_of(verify_indexes(*database)), "");
  std::int64_t sum = 0;
  for (const auto& request : requests) {
    const auto outcome = database->get_item({"t", request.key, true});
    sum += number_in(outcome->item->view(), "v");
  }
  EXPECT_EQ(sum, kThreads * kAdditions);
}

TEST(Concurrency, TransactionsAreSeenWhole) {
  constexpr int kAccounts = 6;
  constexpr int kTransfers = 150;
  TestDatabase database;
  database->create_table(indexed_table()).value();
  const auto key = [](int account) {
    return fmt::format(R"({{"pk":{{"S":"a{}"}},"sk":{{"N":"1"}}}})", account);
  };
  std::vector<GetItem> all;
  for (int account = 0; account < kAccounts; ++account) {
    const auto item = key(account);
    database.put("t", item.substr(0, item.size() - 1) + R"(,"v":{"N":"100"}})").value();
    all.push_back({"t", item_of(item), true});
  }
  std::vector<TransactWrite> transfers;  // from each account to each other one, if it has anything
  for (int from = 0; from < kAccounts; ++from) {
    for (int to = 0; to < kAccounts; ++to) {
      if (from == to) continue;
      TransactWrite transfer;
      transfer.items.emplace_back(database.update_request(
          "t", key(from),
          {.values = R"({":d":{"N":"7"}})", .condition = "v >= :d", .update = "SET v = v - :d"}));
      transfer.items.emplace_back(database.update_request(
          "t", key(to), {.values = R"({":d":{"N":"7"}})", .update = "SET v = v + :d"}));
      transfers.push_back(std::move(transfer));
    }
  }
  std::atomic<int> committed = 0;
  on_threads([&](int thread) {
    std::mt19937 random(static_cast<std::uint32_t>(thread));
    for (int i = 0; i < kTransfers; ++i) {
      if (thread % 4 == 3) {
        std::int64_t sum = 0;
        const auto outcomes = database->transact_get(all);
        if (!outcomes) {  // a transfer is under way
          EXPECT_EQ(outcomes.error().code, ErrorCode::kTransactionCanceled);
          continue;
        }
        for (const auto& outcome : *outcomes) {
          const auto value = number_in(outcome.item->view(), "v");
          EXPECT_GE(value, 0);
          sum += value;
        }
        EXPECT_EQ(sum, kAccounts * 100);
        continue;
      }
      const auto outcome = database->transact_write(transfers[random() % transfers.size()]);
      if (outcome) {
        ++committed;
        EXPECT_EQ(message_of(database->commits().wait(outcome->ticket)), "");
      } else {
        EXPECT_EQ(outcome.error().code, ErrorCode::kTransactionCanceled);
      }
    }
  });
  EXPECT_GT(committed, 0);
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
}

TEST(Concurrency, OneTokenIsDoneOnce) {
  TestDatabase database;
  database->create_table(indexed_table()).value();
  std::vector<TransactWrite> requests;
  for (int i = 0; i < 50; ++i) {
    TransactWrite request;
    request.items.emplace_back(
        database.update_request("t", R"({"pk":{"S":"a"},"sk":{"N":"1"}})",
                                {.values = R"({":one":{"N":"1"}})", .update = "ADD v :one"}));
    request.client_request_token = fmt::format("token{}", i);
    requests.push_back(std::move(request));
  }
  on_threads([&](int) {
    for (const auto& request : requests) {
      auto outcome = database->transact_write(request);
      while (!outcome && outcome.error().code == ErrorCode::kTransactionCanceled) {  // a conflict
        EXPECT_TRUE(database->commits().wait(database->commits().last_submitted()));
        outcome = database->transact_write(request);
      }
      EXPECT_EQ(message_of(outcome), "");
    }
  });
  ASSERT_EQ(message_of(verify_indexes(*database)), "");
  EXPECT_EQ(database.get("t", R"({"pk":{"S":"a"},"sk":{"N":"1"}})").value(),
            R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"N":"50"}})");
}

TEST(Concurrency, TablesAndIndexesChangeWhileItemsAreWritten) {
  constexpr int kRounds = 300;
  TestDatabase database;
  database->create_table(indexed_table()).value();
  std::vector<PutItem> puts;
  std::vector<DeleteItem> deletes;
  for (int i = 0; i < 40; ++i) {
    const auto key = fmt::format(R"("pk":{{"S":"{}"}},"sk":{{"N":"{}"}})", i % 3, i % 7);
    puts.push_back(database.put_request(
        "t", fmt::format(R"({{{},"v":{{"N":"{}"}},"w":{{"S":"{}"}}}})", key, i % 5, i % 4)));
    deletes.push_back(database.delete_request("t", "{" + key + "}"));
  }
  TableUpdate create;
  create.table = "t";
  create.attributes = {{"w", model::AttributeType::kString}};
  create.index_updates.push_back({GlobalIndexUpdate::Kind::kCreate,
                                  test_index(model::IndexKind::kGlobal, "by_w", "w:S", "ALL")});
  auto drop = create;
  drop.index_updates[0].kind = GlobalIndexUpdate::Kind::kDelete;
  on_threads([&](int thread) {
    std::mt19937 random(static_cast<std::uint32_t>(thread));
    for (int i = 0; i < kRounds; ++i) {
      if (thread == 0 && i % 50 == 0) {
        EXPECT_EQ(message_of(database->update_table(create)), "");
        if (i % 100 == 0) {
          EXPECT_EQ(message_of(database->update_table(drop)), "");
        } else {
          EXPECT_EQ(message_of(database->delete_table("t")), "");
          EXPECT_EQ(message_of(database->create_table(indexed_table())), "");
        }
      }
      const auto outcome = random() % 3 == 0
                               ? database->delete_item(deletes[random() % deletes.size()])
                               : database->put_item(puts[random() % puts.size()]);
      EXPECT_TRUE(outcome || outcome.error().code == ErrorCode::kResourceNotFound);
    }
  });
  EXPECT_EQ(message_of(verify_indexes(*database)), "");
}

}  // namespace
}  // namespace parley::engine
