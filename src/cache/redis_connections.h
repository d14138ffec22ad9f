// RedisConnections: connections to one Redis server, used by one thread at a time each, with time
// limits, and a rest after a failure.
#pragma once

#include <hiredis/hiredis.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cache/redis_store.h"

namespace parley::cache {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeReply>;

struct FreeRedisContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
/// One connection; of one thread at a time.
using RedisContext = std::unique_ptr<redisContext, FreeRedisContext>;

/// A connection that is signed in and in the address's database. Blocks, for each step at most so
/// long. Errors: as RedisStore's.
[[nodiscard]] Result<RedisContext> connect_to(const RedisAddress& address,
                                              std::chrono::milliseconds connect_timeout,
                                              std::chrono::milliseconds command_timeout);

/// Sends one command, blocks for its reply. A reply that is an error is kIo with the server's
/// words; after other errors the connection is of no more use. Errors: as RedisStore's.
[[nodiscard]] Result<RedisReply> send_to(redisContext& context, const RedisAddress& address,
                                         std::span<const std::string_view> command);

/// Thread-safe.
class RedisConnections {
 public:
  explicit RedisConnections(const RedisStoreOptions& options) : options_(options) {}

  /// Sends one command, blocks for its reply. A reply that is an error is an error. Errors: as
  /// RedisStore's.
  [[nodiscard]] Result<RedisReply> call(std::span<const std::string_view> command);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  [[nodiscard]] Result<RedisContext> take();
  void give_back(RedisContext context);

  const RedisStoreOptions& options_;
  std::mutex mutex_;  // guards what follows
  std::vector<RedisContext> free_;
  std::size_t in_use_ = 0;
  bool resting_ = false;  // it failed, and nothing has succeeded since
  SteadyTime rest_ends_ = {};
};

}  // namespace parley::cache
