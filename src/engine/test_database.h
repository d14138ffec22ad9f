// For tests: a database in memory with a fixed clock and seed, and requests written as JSON text.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "engine/engine.h"
#include "model/item.h"
#include "storage/key_value_store.h"

namespace parley::engine {

/// A store that outlives the databases opened on it one after the other.
class SharedStore final : public storage::KeyValueStore {
 public:
  explicit SharedStore(std::shared_ptr<storage::KeyValueStore> store) : store_(std::move(store)) {}
  [[nodiscard]] Status write(const storage::WriteBatch& batch, storage::Sync sync) override;
  [[nodiscard]] Result<bool> get(std::string_view key, std::string& value,
                                 const storage::Snapshot* snapshot) const override;
  [[nodiscard]] std::unique_ptr<storage::Iterator> scan(
      const storage::KeyRange& range, storage::Direction direction,
      const storage::Snapshot* snapshot) const override;
  [[nodiscard]] std::unique_ptr<storage::Snapshot> snapshot() const override;
  [[nodiscard]] Status flush() override;

 private:
  std::shared_ptr<storage::KeyValueStore> store_;
};

/// Items as JSON, sorted by attribute name as they are stored.
class JsonSink final : public ItemSink {
 public:
  void item(const model::ItemView& item) override;
  std::vector<std::string> items;
};

struct TestPage {
  std::vector<std::string> items;
  PageOutcome outcome;
};

/// What one request's expressions refer to, and the texts of the expressions.
struct TestExpressions {
  std::string values = "{}";  // {":v":{"S":"…"}}
  std::string condition = {};
  std::string update = {};
  std::string key_condition = {};
  std::string filter = {};
  std::string projection = {};
  std::map<std::string, std::string> names = {};
};

class TestDatabase {
 public:
  TestDatabase();
  /// Closes the database and opens it again on the same store.
  void reopen();
  [[nodiscard]] Database& operator*() { return *database_; }
  [[nodiscard]] Database* operator->() { return database_.get(); }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] storage::KeyValueStore& store() { return *store_; }

  // Requests. What they borrow lives as long as this object. Writes are committed when they return.
  [[nodiscard]] PutItem put_request(std::string_view table, std::string_view item,
                                    const TestExpressions& expressions = {});
  [[nodiscard]] UpdateItem update_request(std::string_view table, std::string_view key,
                                          const TestExpressions& expressions = {});
  [[nodiscard]] DeleteItem delete_request(std::string_view table, std::string_view key,
                                          const TestExpressions& expressions = {});
  [[nodiscard]] ConditionCheck check_request(std::string_view table, std::string_view key,
                                             const TestExpressions& expressions);
  [[nodiscard]] ReadPage page_request(std::string_view table, const TestExpressions& expressions);
  [[nodiscard]] expr::KeyCondition key_condition(const TestExpressions& expressions);

  Result<WriteOutcome> put(std::string_view table, std::string_view item,
                           const TestExpressions& expressions = {});
  Result<WriteOutcome> update(std::string_view table, std::string_view key,
                              const TestExpressions& expressions = {});
  Result<WriteOutcome> erase(std::string_view table, std::string_view key,
                             const TestExpressions& expressions = {});
  Result<TransactWriteOutcome> transact(std::vector<TransactWriteItem> items,
                                        std::string token = {}, std::uint64_t fingerprint = 0);
  /// The item as JSON, or "" if there is none.
  Result<std::string> get(std::string_view table, std::string_view key);

 private:
  [[nodiscard]] expr::Substitutions& substitutions(const TestExpressions& expressions);
  Result<WriteOutcome> committed(Result<WriteOutcome> outcome);

  struct Bindings {
    std::map<std::string, std::string> names;
    model::Item values;
    expr::Substitutions substitutions;
  };
  ManualClock clock_{1'700'000'000'000'000};
  SeededRandom random_{42};
  std::shared_ptr<storage::KeyValueStore> store_;
  std::deque<Bindings> bindings_;
  std::unique_ptr<Database> database_;
};

[[nodiscard]] model::Item item_of(std::string_view json);
[[nodiscard]] std::string json_of(const model::MapView& item);

/// "" for a success, else the message.
template <class T>
[[nodiscard]] std::string message_of(const Result<T>& result) {
  return result ? std::string() : result.error().message;
}

/// A table written as "pk:S,sk:N"; `name` as given.
[[nodiscard]] model::Table test_table(std::string_view name, std::string_view key);
/// An index written as "g:S,h:S" (one HASH, then RANGE) or "a:S,b:S|c:N" (HASH|RANGE); `projection`
/// "ALL", "KEYS_ONLY" or "x,y" (INCLUDE). Adds the definitions of its attributes to `table`.
void add_index(model::Table& table, model::IndexKind kind, std::string_view name,
               std::string_view key, std::string_view projection = "ALL");
[[nodiscard]] model::SecondaryIndex test_index(model::IndexKind kind, std::string_view name,
                                               std::string_view key, std::string_view projection);

}  // namespace parley::engine
