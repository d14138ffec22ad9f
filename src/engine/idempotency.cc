#include "engine/idempotency.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "engine/database_state.h"
#include "engine/store_keys.h"

namespace parley::engine {
namespace {

/// The value of a token's key: u64be(expiry in microseconds) u64be(fingerprint).
struct TokenRecord {
  std::uint64_t expires_at = 0;
  std::uint64_t fingerprint = 0;
};

std::string encode(const TokenRecord& record) {
  std::string bytes;
  append_u64_be(bytes, record.expires_at);
  append_u64_be(bytes, record.fingerprint);
  return bytes;
}

Result<std::optional<TokenRecord>> read_token(const storage::CommitPipeline& commits,
                                              std::string_view token) {
  std::string bytes;
  if (!PARLEY_TRY(commits.get_latest(token_key(token), bytes))) return std::nullopt;
  if (bytes.size() != 16) return fail(ErrorCode::kCorruption, "A token's record is damaged");
  return TokenRecord{read_u64_be(bytes.data()), read_u64_be(bytes.data() + 8)};
}

std::uint64_t as_unsigned(TimestampMicros time) {
  return time > 0 ? static_cast<std::uint64_t>(time) : 0;
}

/// Erases the token of one expiry entry, unless it has been used again since.
Status erase_token(DatabaseState& state, std::string_view expiry_key, std::uint64_t now) {
  const std::string token(token_of_expiry_key(expiry_key));
  const auto key = token_key(token);
  const auto latch = state.latches.lock(key);
  const auto record = PARLEY_TRY(read_token(state.commits, token));
  storage::WriteBatch batch;
  batch.erase(expiry_key);
  if (record && record->expires_at <= now) batch.erase(key);
  state.commits.submit(std::move(batch));
  return {};
}

}  // namespace

Result<TokenState> look_up_token(const storage::CommitPipeline& commits, TimestampMicros now,
                                 std::string_view token, std::uint64_t fingerprint) {
  const auto record = PARLEY_TRY(read_token(commits, token));
  if (!record || record->expires_at <= as_unsigned(now)) return TokenState::kNew;
  if (record->fingerprint == fingerprint) return TokenState::kDone;
  return fail(ErrorCode::kIdempotentParameterMismatch,
              "The request uses the same client token as a previous, but non-identical request.");
}

void remember_token(storage::WriteBatch& batch, TimestampMicros now, std::string_view token,
                    std::uint64_t fingerprint) {
  const auto lifetime = std::chrono::microseconds(kTokenLifetime).count();
  const TokenRecord record{as_unsigned(now + lifetime), fingerprint};
  batch.put(token_key(token), encode(record));
  batch.put(token_expiry_key(record.expires_at, token), {});
}

void sweep_expired_tokens(DatabaseState& state, std::size_t tokens_max) {
  const auto now = as_unsigned(state.clock.now());
  std::vector<std::string> expired;
  const auto entries = state.store->scan(expired_tokens(now), storage::Direction::kForward);
  for (; entries->valid() && expired.size() < tokens_max; entries->next()) {
    expired.emplace_back(entries->key());
  }
  for (const auto& key : expired) {
    // What cannot be erased now stays expired and is met again by the next sweep.
    if (!erase_token(state, key, now)) return;
  }
}

}  // namespace parley::engine
