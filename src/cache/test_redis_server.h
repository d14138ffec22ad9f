// TestRedisServer: Debian's redis-server on a Unix socket of its own, for tests.
#pragma once

#include <sys/types.h>

#include <string>

#include "cache/redis_store.h"

namespace parley::cache {

/// Stops the server when it goes.
class TestRedisServer {
 public:
  /// Blocks until it answers.
  TestRedisServer();
  ~TestRedisServer();
  TestRedisServer(const TestRedisServer&) = delete;
  TestRedisServer& operator=(const TestRedisServer&) = delete;

  [[nodiscard]] RedisAddress address() const;
  /// It answers nobody, but keeps its connections open.
  void freeze() const;
  void thaw() const;
  void kill();
  /// After kill(): it comes back, empty.
  void start();

 private:
  std::string directory_;
  pid_t process_ = -1;
};

}  // namespace parley::cache
