// TestLocalDatabase: a database in memory behind the client's interface, for tests of what is a
// client of one. Borrow it; it may be told to misbehave.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/api.h"
#include "base/clock.h"
#include "base/random.h"
#include "client/database.h"
#include "client/local_database.h"
#include "engine/engine.h"

namespace parley::client {

/// Thread-safe, but for `before_call`.
class TestLocalDatabase final : public Database {
 public:
  TestLocalDatabase();
  ~TestLocalDatabase() override;

  [[nodiscard]] Result<std::string> call(std::string_view operation,
                                         std::string_view input) override;

  /// Looked at before each call: an error is the call's outcome, and nothing is done. May use
  /// `direct()`. Set it while nothing calls.
  std::function<std::optional<Error>(std::string_view operation, std::string_view input)>
      before_call = {};
  /// Calls the function whenever there may be new stream records, as a RecordsAnnouncer does.
  [[nodiscard]] std::shared_ptr<void> announce_records(std::function<void()> listener);
  [[nodiscard]] ManualClock& clock() { return clock_; }
  /// The same database without `before_call`.
  [[nodiscard]] Database& direct() { return *local_; }

 private:
  ManualClock clock_{1'767'323'045'678'000};
  SeededRandom random_{42};
  std::unique_ptr<engine::Database> database_;
  std::unique_ptr<api::Service> service_;
  std::unique_ptr<LocalDatabase> local_;
};

}  // namespace parley::client
