// ImmediateDatabase: the database for a thread that must not wait. It answers what the database in
// this process answers at once, and refuses everything else.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "client/database.h"

namespace parley::client {

/// The error of what cannot be had without waiting: nothing has been done, ask again on a thread
/// that may wait.
[[nodiscard]] Error must_wait();
[[nodiscard]] bool is_must_wait(const Error& error);

/// Thread-safe, on event loops too.
class ImmediateDatabase final : public Database {
 public:
  /// `in_process` answers reads before the call returns, as LocalDatabase does. Borrowed; null: the
  /// database is elsewhere, and everything is refused.
  explicit ImmediateDatabase(Database* in_process) : in_process_(in_process) {}

  /// GetItem, BatchGetItem and Query. Errors: must_wait() for all others.
  [[nodiscard]] Result<std::string> call(std::string_view operation,
                                         std::string_view input) override;

 private:
  Database* const in_process_;
};

}  // namespace parley::client
