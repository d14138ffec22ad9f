// Writing the seeded conversation, for `parley ddb seed` and `parley serve --demo`.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "client/database.h"
#include "client/remote_database.h"

namespace parley::cli {

/// How many of how many writes are done.
using SeedProgress = std::function<void(std::size_t done, std::size_t total)>;

struct SeedOutcome {
  std::size_t messages = 0;
  std::size_t replaced = 0;  // items of an earlier seed that were deleted first
};

/// Writes the conversation into `table` in batches; what the server leaves unprocessed is sent
/// again after a pause. An earlier seed's conversation is deleted first, so that seeding twice
/// leaves one. Errors: those of Database::call, kUnavailable if the server keeps taking nothing.
/// After an error part of the conversation may be there; seeding again mends that.
[[nodiscard]] Result<SeedOutcome> seed_conversation(client::Database& database,
                                                    std::string_view table, const Clock& clock,
                                                    Random& random, const client::Pause& pause,
                                                    const SeedProgress& progress);

/// Sends `requests` ({"PutRequest":…} or {"DeleteRequest":…}) in BatchWriteItem calls.
[[nodiscard]] Status write_in_batches(client::Database& database, std::string_view table,
                                      std::vector<std::string> requests, Random& random,
                                      const client::Pause& pause, const SeedProgress& progress);

}  // namespace parley::cli
