// Idempotency tokens: TransactWriteItems with a token that it has seen in the last ten minutes does
// nothing again. A token's record commits in the transaction's own batch, so it survives exactly
// when the transaction does (docs/formats/catalog.md). Source:
// …/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "storage/commit_pipeline.h"

namespace parley::engine {

struct DatabaseState;

inline constexpr std::chrono::minutes kTokenLifetime{10};
inline constexpr std::size_t kTokenSweepMax = 8;  // at each new token
inline constexpr std::size_t kTokenSweepAtOpenMax = 10'000;

enum class TokenState : std::uint8_t { kNew, kDone };

/// Whether the token's transaction is done. Call it under the latch of token_key(token).
/// Errors: kIdempotentParameterMismatch if it was done with another fingerprint.
[[nodiscard]] Result<TokenState> look_up_token(const storage::CommitPipeline& commits,
                                               TimestampMicros now, std::string_view token,
                                               std::uint64_t fingerprint);

/// Adds the record of a token that look_up_token called new, under the same latch.
void remember_token(storage::WriteBatch& batch, TimestampMicros now, std::string_view token,
                    std::uint64_t fingerprint);

/// Erases up to `tokens_max` tokens that have expired. Takes latches: hold none.
void sweep_expired_tokens(DatabaseState& state, std::size_t tokens_max);

}  // namespace parley::engine
