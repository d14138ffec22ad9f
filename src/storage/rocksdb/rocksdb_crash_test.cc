// kill -9 at random moments under concurrent submissions: every acknowledged batch is there after
// the restart, and every batch is there whole or not at all.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/commit_pipeline.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

constexpr int kWriters = 4;
constexpr int kRounds = 12;
constexpr const char* kDirectoryVariable = "PARLEY_CRASH_TEST_DIRECTORY";
constexpr const char* kPipeVariable = "PARLEY_CRASH_TEST_PIPE";

std::string name_of_writer(std::uint64_t writer) {
  return "w" + std::to_string(writer);
}

std::string padded(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(8 - digits.size(), '0') + digits;
}

std::unique_ptr<KeyValueStore> open(const std::string& directory) {
  RocksDbOptions options;
  options.write_buffer_size_bytes = 64u << 10;  // so that memtables are flushed all the time
  auto store = open_rocksdb_store(directory, options);
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return store ? *std::move(store) : nullptr;
}

std::uint64_t last_of(const KeyValueStore& store, std::uint64_t writer) {
  std::string value;
  EXPECT_TRUE(store.get(name_of_writer(writer) + "/last", value));
  return value.empty() ? 0 : std::stoull(value);
}

struct Acknowledgement {
  std::uint64_t writer;
  std::uint64_t number;
};

// The process that RocksDbCrash starts and kills; run by itself it does nothing.
TEST(RocksDbCrashChild, WritesUntilKilled) {
  const char* directory = std::getenv(kDirectoryVariable);
  const char* pipe_number = std::getenv(kPipeVariable);
  if (directory == nullptr || pipe_number == nullptr) return;
  const int pipe = std::atoi(pipe_number);
  const auto store = open(directory);
  ASSERT_NE(store, nullptr);
  CommitPipeline pipeline(*store, {});
  std::vector<std::thread> writers;
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      const std::string name = name_of_writer(writer);
      for (std::uint64_t number = last_of(*store, writer) + 1;; ++number) {
        WriteBatch batch;
        batch.put(name + "/a/" + padded(number), std::string(number % 700, 'a'));
        batch.put(name + "/last", std::to_string(number));
        batch.erase_range({name + "/gone/", name + "/gone0"});
        batch.put(name + "/gone/" + padded(number), "the newest one only");
        batch.put(name + "/z/" + padded(number), std::string(number % 300, 'z'));
        const CommitTicket ticket = pipeline.submit(std::move(batch), {{name + "/count", 1}});
        if (!pipeline.wait(ticket)) return;
        const Acknowledgement acknowledgement{writer, number};
        if (write(pipe, &acknowledgement, sizeof acknowledgement) < 0) return;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
}

/// Lets the child write until it has acknowledged `count` batches, then kills it; the newest
/// acknowledged number of each writer.
std::map<std::uint64_t, std::uint64_t> run_and_kill(const std::string& directory, int count) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  setenv(kDirectoryVariable, directory.c_str(), 1);
  setenv(kPipeVariable, std::to_string(ends[1]).c_str(), 1);
  std::string program = "/proc/self/exe";
  std::string filter = "--gtest_filter=RocksDbCrashChild.*";

  std::string brief = "--gtest_brief=1";
  char* arguments[] = {program.data(), filter.data(), brief.data(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environ), 0);
  close(ends[1]);
  std::map<std::uint64_t, std::uint64_t> newest;
  Acknowledgement acknowledgement{};
  // After the kill: what was acknowledged before it and still stands in the pipe.
  for (int i = 0; read(ends[0], &acknowledgement, sizeof acknowledgement) > 0; ++i) {
    newest[acknowledgement.writer] = acknowledgement.number;
    if (i == count) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  return newest;
}

TEST(RocksDbCrash, LosesNoAcknowledgedBatchAndSplitsNone) {
  TemporaryDirectory temporary;
  const std::string directory = temporary.path() + "/store";
  std::mt19937 random(11);
  for (int round = 0; round < kRounds; ++round) {
    const auto newest = run_and_kill(directory, static_cast<int>(random() % 400));
    const auto store = open(directory);
    ASSERT_NE(store, nullptr);
    CommitPipeline pipeline(*store, {});
    for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
      const std::string name = name_of_writer(writer);
      const std::uint64_t last = last_of(*store, writer);
      const auto acknowledged = newest.find(writer);
      ASSERT_GE(last, acknowledged == newest.end() ? 0 : acknowledged->second) << "round " << round;
      const auto first =
          entries_of(*store->scan({name + "/a/", name + "/a0"}, Direction::kForward));
      const auto second =
          entries_of(*store->scan({name + "/z/", name + "/z0"}, Direction::kForward));
      const auto gone =
          entries_of(*store->scan({name + "/gone/", name + "/gone0"}, Direction::kForward));
      ASSERT_EQ(first.size(), last);
      ASSERT_EQ(second.size(), last);
      ASSERT_EQ(gone.size(), last == 0 ? 0 : 1);
      ASSERT_EQ(pipeline.counter(name + "/count"), static_cast<std::int64_t>(last));
      for (std::uint64_t number = 1; number <= last; ++number) {
        ASSERT_EQ(first[number - 1].first, name + "/a/" + padded(number));
        ASSERT_EQ(first[number - 1].second.size(), number % 700);
        ASSERT_EQ(second[number - 1].second.size(), number % 300);
      }
    }
  }
}

}  // namespace
}  // namespace parley::storage
