#include <gtest/gtest.h>

#include "cache/redis_store.h"

namespace parley::cache {
namespace {

TEST(RedisAddress, HasDefaults) {
  const auto address = RedisAddress::parse("redis://cache.example");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "cache.example");
  EXPECT_EQ(address->port, 6379);
  EXPECT_EQ(address->database, 0);
  EXPECT_EQ(address->text(), "redis://cache.example:6379");
}

TEST(RedisAddress, HasEveryPart) {
  const auto address = RedisAddress::parse("redis://me:p@ss:w@[::1]:7000/3");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->user, "me");
  EXPECT_EQ(address->password, "p@ss:w");
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 7000);
  EXPECT_EQ(address->database, 3);
  EXPECT_EQ(address->text(), "redis://[::1]:7000/3");
}

TEST(RedisAddress, APasswordAlone) {
  const auto address = RedisAddress::parse("redis://secret@localhost/");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->user, "");
  EXPECT_EQ(address->password, "secret");
  EXPECT_EQ(address->text().find("secret"), std::string::npos);
}

TEST(RedisAddress, ASocket) {
  const auto address = RedisAddress::parse("unix:///run/redis.sock");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->socket_path, "/run/redis.sock");
}

TEST(RedisAddress, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "localhost", "http://localhost", "redis://", "redis://:6379", "redis://h:port",
        "redis://h:65536", "redis://[::1", "redis://[", "redis://[]:1", "redis://h[::1]:1",
        "redis://h/x", "redis://h/-1", "unix://relative", "rediss://h"}) {
    const auto address = RedisAddress::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace parley::cache
