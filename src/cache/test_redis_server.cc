#include "cache/test_redis_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/random.h"

extern char** environ;

namespace parley::cache {
namespace {

constexpr std::chrono::seconds kStartTimeMax{10};

}  // namespace

TestRedisServer::TestRedisServer() {
  std::signal(SIGPIPE, SIG_IGN);  // as every program that uses a RedisStore
  std::string pattern = (std::filesystem::temp_directory_path() / "parley-redis-XXXXXX").string();
  directory_ = ::mkdtemp(pattern.data());
  start();
}

TestRedisServer::~TestRedisServer() {
  kill();
  std::filesystem::remove_all(directory_);
}

RedisAddress TestRedisServer::address() const {
  RedisAddress address;
  address.socket_path = directory_ + "/socket";
  return address;
}

void TestRedisServer::start() {
  const std::string socket = directory_ + "/socket";
  std::array<std::string, 10> words{
      "redis-server", "--port", "0",         "--unixsocket",      socket,
      "--save",       "",       "--logfile", directory_ + "/log", "--dir"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(directory_.data());
  arguments.push_back(nullptr);
  ASSERT_EQ(::posix_spawnp(&process_, "redis-server", nullptr, nullptr, arguments.data(), environ),
            0)
      << "redis-server is not installed";
  SystemRandom random;
  RedisStore store({.address = address(), .retry_after = std::chrono::milliseconds(0)}, random);
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeMax;
  while (!store.ping()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "redis-server does not answer";
    std::this_thread::yield();
  }
}

void TestRedisServer::freeze() const {
  ::kill(process_, SIGSTOP);
  // Until it stands: a signal takes effect when the process is next scheduled.
  ::waitpid(process_, nullptr, WUNTRACED);
}

void TestRedisServer::thaw() const {
  ::kill(process_, SIGCONT);
}

void TestRedisServer::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

}  // namespace parley::cache
