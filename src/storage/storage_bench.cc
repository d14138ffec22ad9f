// What the store costs, without the database above it: storage_bench [DIRECTORY]. Prints
// microseconds an operation (a page of 25, a point read) and batches a second.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/commit_pipeline.h"
#include "storage/memory/memory_store.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "storage/storage.h"

namespace parley::storage {
namespace {

using Seconds = std::chrono::duration<double>;
using Steady = std::chrono::steady_clock;

constexpr int kItems = 1000;
constexpr int kOtherPartitions = 200;
constexpr std::size_t kValueSize = 400;

std::string key_of(int partition, int item) {
  return fmt::format("T001{:08x}MSG#partition-{}#2026-11-22T15:{:06}", partition * 2654435761U,
                     partition, item);
}

KeyRange range_of(int partition) {
  std::string begin =
      fmt::format("T001{:08x}MSG#partition-{}#", partition * 2654435761U, partition);
  std::string end = begin;
  end.back() = '$';
  return {begin, end};
}

/// Of this thread: other load on the machine disturbs it less than wall time.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double micros_each(int repetitions, const std::function<void()>& work) {
  for (int i = 0; i < repetitions / 10 + 1; ++i) work();
  const double start = cpu_seconds();
  for (int i = 0; i < repetitions; ++i) work();
  return (cpu_seconds() - start) * 1e6 / repetitions;
}

void put_all(KeyValueStore& store, int partition, int round) {
  const std::string value(kValueSize, static_cast<char>('a' + round % 26));
  for (int item = 0; item < kItems; ++item) {
    WriteBatch batch;
    batch.put(key_of(partition, item), value);
    if (!store.write(batch, Sync::kNone)) std::abort();
  }
}

std::size_t page(const KeyValueStore& store, int partition, Direction direction) {
  std::size_t bytes = 0;
  const auto iterator = store.scan(range_of(partition), direction);
  for (int i = 0; i < 25 && iterator->valid(); ++i, iterator->next())
    bytes += iterator->value().size();
  return bytes;
}

void measure_reads(const KeyValueStore& store, const char* name, const char* state) {
  std::mt19937 random(5);
  std::string value;
  const double newest = micros_each(2000, [&] {
    if (page(store, 7, Direction::kBackward) == 0) std::abort();
  });
  const double oldest = micros_each(2000, [&] {
    if (page(store, 7, Direction::kForward) == 0) std::abort();
  });
  const double scattered = micros_each(5000, [&] {
    if (page(store, static_cast<int>(random() % kOtherPartitions), Direction::kBackward) == 0)
      std::abort();
  });
  const double hot = micros_each(20000, [&] {
    if (!*store.get(key_of(7, static_cast<int>(random() % kItems)), value)) std::abort();
  });
  const double any = micros_each(400000, [&] {
    if (!*store.get(key_of(static_cast<int>(random() % kOtherPartitions),
                           static_cast<int>(random() % kItems)),
                    value))
      std::abort();
  });
  fmt::print(
      "{:10} {:18} newest 25: {:6.1f}  oldest 25: {:6.1f}  newest of any: {:6.1f}  get hot: "
      "{:5.2f}  get any: {:5.2f}\n",
      name, state, newest, oldest, scattered, hot, any);
}

void measure_store(KeyValueStore& store, const char* name) {
  const double start = cpu_seconds();
  for (int partition = 0; partition < kOtherPartitions; ++partition) put_all(store, partition, 0);
  const double load = (cpu_seconds() - start) * 1e6 / (kOtherPartitions * kItems);
  put_all(store, 7, 0);
  fmt::print("{:10} load: {:.2f} us an item\n", name, load);
  measure_reads(store, name, "fresh");
  for (int round = 0; round < 64; ++round) put_all(store, 7, round);
  measure_reads(store, name, "overwritten 64x");
}

/// Submitters that each wait for their own batch of 1 KB, kBatches between them.
double batches_a_second(int submitters, const std::function<void(const WriteBatch&)>& write) {
  constexpr int kBatches = 32'000;
  const auto start = Steady::now();
  std::vector<std::thread> threads;
  for (int submitter = 0; submitter < submitters; ++submitter) {
    threads.emplace_back([&, submitter] {
      const std::string value(1000, 'v');
      std::mt19937 random(static_cast<unsigned>(submitter));
      for (int left = kBatches / submitters; left > 0; --left) {
        WriteBatch batch;
        batch.put(key_of(static_cast<int>(random() % 1000), static_cast<int>(random() % 1000)),
                  value);
        write(batch);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return kBatches / Seconds(Steady::now() - start).count();
}

void measure_commits(KeyValueStore& store, const char* name) {
  for (const int submitters : {1, 16, 64}) {
    CommitPipeline pipeline(store, {});
    const double rate = batches_a_second(submitters, [&](const WriteBatch& batch) {
      if (!pipeline.wait(pipeline.submit(batch))) std::abort();
    });
    fmt::print("{:10} pipeline, fsync, {:2} submitters: {:8.0f} batches/s\n", name, submitters,
               rate);
  }
}

}  // namespace
}  // namespace parley::storage

int main(int count, char** arguments) {
  using namespace parley::storage;
  const std::string directory = count > 1 ? arguments[1] : "storage_bench_data";
  const std::string what = count > 2 ? arguments[2] : "reads commits";
  std::filesystem::remove_all(directory);
  if (what.find("memory") != std::string::npos) {
    const auto memory = make_memory_store();
    measure_store(*memory, "memory");
  }
  if (what.find("reads") != std::string::npos) {
    auto store = open_store({.directory = directory + "/reads"});
    if (!store) std::abort();
    measure_store(**store, "disk");
  }
  if (what.find("below") != std::string::npos) {
    std::filesystem::create_directories(directory);
    auto store = open_rocksdb_store(directory + "/below");
    if (!store) std::abort();
    measure_store(**store, "below");
  }
  if (what.find("commits") != std::string::npos) {
    auto store = open_store({.directory = directory + "/commits"});
    if (!store) std::abort();
    measure_commits(**store, "disk");
  }
  std::filesystem::remove_all(directory);
  return 0;
}
