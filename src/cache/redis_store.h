// RedisStore: replies kept in a Redis or Valkey server, shared by several processes.
//
// A collection is one hash: field `v` is its version, every other field `=`variant is a reply.
// Invalidating deletes the key; whoever meets the collection next gives it a random version. A
// reply is kept by a script that compares the version. The key expires `age_max` after it was made,
// which bounds the age of its replies. Redis's own maxmemory bounds its memory.
//
// A server that is dead or slow costs one time-out; after that, calls fail at once for
// `retry_after`, and then one call tries again.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "cache/cache_store.h"

namespace parley::cache {

/// "redis://[[user:]password@]host[:port][/database]" or "unix:///path".
struct RedisAddress {
  std::string host = {};
  int port = 6379;
  std::string socket_path = {};  // instead of host and port
  std::string user = {};
  std::string password = {};
  int database = 0;
  /// Errors: kInvalidArgument, with what is wrong; rediss:// is refused, there is no TLS to Redis.
  [[nodiscard]] static Result<RedisAddress> parse(std::string_view text);
  /// Without the password.
  [[nodiscard]] std::string text() const;
};

struct RedisStoreOptions {
  RedisAddress address = {};
  std::string key_prefix = "parley:";  // of all keys; the table's name belongs into it
  std::chrono::milliseconds connect_timeout{200};
  std::chrono::milliseconds command_timeout{50};  // a read of the database is not slower
  std::chrono::milliseconds retry_after{1000};
  std::size_t connections_max = 16;  // a call that finds none free fails
  std::size_t value_size_bytes_max = 512u << 10;
  std::size_t variants_max = 64;
  std::chrono::seconds age_max{60};
};

class RedisStore final : public CacheStore {
 public:
  /// Connects at the first call. `random` is borrowed and must outlive this.
  RedisStore(RedisStoreOptions options, Random& random);
  ~RedisStore() override;

  /// Errors, here and below: kTimeout, kIo with the server's or the system's words, kUnavailable
  /// while it is given time to recover.
  [[nodiscard]] Result<Found> find(std::string_view collection, std::string_view variant) override;
  [[nodiscard]] Result<bool> keep(std::string_view collection, std::string_view variant,
                                  Version version, const Value& value) override;
  [[nodiscard]] Status invalidate(std::string_view collection) override;
  /// Walks over the keys with the prefix.
  [[nodiscard]] Status invalidate_all() override;
  /// Whether the server answers.
  [[nodiscard]] Status ping();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::cache
