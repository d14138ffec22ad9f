// TestMessagingTable: a messaging table with nothing in it and a Domain on it, for tests that run
// on several databases; with a database that fails where it is told to, and a trigger that is given
// what happened to messages when the test says so.
//
//   class Sending : public testing::TestWithParam<TestDatabase> {
//    protected:
//     TestMessagingTable table_{GetParam()};
//   };
//   INSTANTIATE_TEST_SUITE_P(On, Sending, testing::ValuesIn(test_databases()), test_database_name);
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cache/cache.h"
#include "client/database.h"
#include "messaging/cached_reads.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

/// A database that misbehaves when told to. Thread-safe, but for `instead`. Borrows the real one.
class FaultyDatabase final : public client::Database {
 public:
  /// The fault comes before the call is done (nothing has happened) or after it (it has, and nobody
  /// was told).
  enum class When : std::uint8_t { kBefore, kAfter };

  explicit FaultyDatabase(client::Database& real) : real_(real) {}

  [[nodiscard]] Result<std::string> call(std::string_view operation,
                                         std::string_view input) override;

  /// The process dies at the n-th call from now (1 is the next one): that call and every later one
  /// is answered with kIo, until mend().
  void kill_at(int call, When when) { arm(call, when, true); }
  /// The n-th call from now is answered with kIo, the others as usual.
  void lose_at(int call, When when) { arm(call, when, false); }
  /// No faults from now on. Returns whether one had happened: a loop over all n ends when none has.
  bool mend();
  /// Calls that came since kill_at, lose_at or mend, whatever became of them.
  [[nodiscard]] int calls() const;
  /// TransactWriteItems is an unknown operation from now on.
  void take_transactions_away();

  /// Asked before each call: an answer is the call's outcome, and nothing is done. May use real().
  /// Set it while nothing calls.
  std::function<std::optional<Result<std::string>>(std::string_view operation,
                                                   std::string_view input)>
      instead = {};
  [[nodiscard]] client::Database& real() { return real_; }

 private:
  void arm(int call, When when, bool for_ever);
  [[nodiscard]] std::optional<When> fault_of_this_call();

  client::Database& real_;
  mutable std::mutex mutex_;  // guards what follows
  int calls_ = 0;
  int failing_ = 0;  // 0: none
  When when_ = When::kBefore;
  bool for_ever_ = false;
  bool struck_ = false;
  bool without_transactions_ = false;
};

enum class TestDatabase : std::uint8_t { kEmbedded, kEndpoint };

/// The embedded database, and the one whose URL is in PARLEY_TEST_DYNAMODB_ENDPOINT if that is set.
[[nodiscard]] std::vector<TestDatabase> test_databases();

/// For INSTANTIATE_TEST_SUITE_P: takes a testing::TestParamInfo<TestDatabase>.
inline constexpr auto test_database_name = [](const auto& info) -> std::string {
  return info.param == TestDatabase::kEmbedded ? "Embedded" : "Endpoint";
};
void PrintTo(TestDatabase where, std::ostream* out);

enum class TestReads : std::uint8_t { kUncached, kCached };

/// A table of a random name, with the index and no items; deleted in the end. A database that
/// cannot make it ends the test program.
class TestMessagingTable {
 public:
  /// Cached: through a cache in memory, which is told of what a trigger did when it has done it.
  explicit TestMessagingTable(TestDatabase where, TestReads reads = TestReads::kUncached);
  ~TestMessagingTable();
  TestMessagingTable(const TestMessagingTable&) = delete;
  TestMessagingTable& operator=(const TestMessagingTable&) = delete;

  /// Its database is faults(); its clock stands still until told otherwise; it does not pause.
  [[nodiscard]] Domain& domain() { return domain_; }
  [[nodiscard]] FaultyDatabase& faults() { return faults_; }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // What follows goes past the faults.

  /// Writes an item of DynamoDB's JSON.
  void put(std::string_view item);
  void erase(std::string_view pk, std::string_view sk);
  /// The item as JSON; empty if there is none.
  [[nodiscard]] std::string item(std::string_view pk, std::string_view sk);
  /// The items of a collection as JSON, in the order of their sort keys.
  [[nodiscard]] std::vector<std::string> items(std::string_view pk);
  /// Writes a profile and handle: `id` is the user's id and handle, "Name of ID" the display name.
  void add_person(std::string_view id);

  /// The stream's records (JSON) of what has become of messages since the last call, in the order
  /// of their keys: INSERT and MODIFY with the new image, REMOVE without one.
  [[nodiscard]] std::vector<std::string> changes();
  /// Gives these records to a conversation trigger that has just started, on faults().
  [[nodiscard]] Status deliver(const std::vector<std::string>& records);
  [[nodiscard]] Status deliver() { return deliver(changes()); }

 private:
  std::string call(std::string_view operation, const std::string& input);

  ManualClock clock_{1'767'323'045'678'000};
  SystemClock system_clock_;
  SeededRandom random_{42};
  SystemRandom system_random_;
  const std::string name_;
  std::unique_ptr<client::Database> real_;
  FaultyDatabase faults_;
  cache::MemoryStore store_{clock_};
  cache::CollectionCache cache_{store_};
  UncachedReads uncached_{faults_};
  CachedReads cached_{faults_, cache_};
  MessageTimes times_{clock_};
  Domain domain_;
  std::map<std::string, std::map<std::string, std::string>> seen_;  // messages: key, attributes
};

}  // namespace parley::messaging
