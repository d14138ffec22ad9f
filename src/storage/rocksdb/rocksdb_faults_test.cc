// A disk that fills up or breaks under RocksDB: a failed write is an error and never half there, an
// acknowledged one is never lost, and a store whose disk was full goes on once there is room.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "storage/cache/cached_store.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

enum class Fault { kNone, kFull, kFullAppend, kTornAppend, kFullSync, kBrokenAppend, kBrokenSync };

/// Files whose names end in `suffix` fail as told; all others work.
class Faults {
 public:
  void set(Fault fault, std::string suffix = ".log") {
    const std::scoped_lock lock(mutex_);
    fault_ = fault;
    suffix_ = std::move(suffix);
  }
  Fault for_file(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return name.ends_with(suffix_) || (suffix_ == ".log" && name.ends_with("/spare-log"))
               ? fault_
               : Fault::kNone;
  }

 private:
  std::mutex mutex_;
  Fault fault_ = Fault::kNone;
  std::string suffix_;
};

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, Faults& faults)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), faults_(faults) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    const Fault fault = faults_.for_file(name_);
    if (fault == Fault::kBrokenAppend) return rocksdb::IOStatus::IOError("test");
    if (fault == Fault::kFullAppend ||
        (fault == Fault::kFull && appended_ + data.size() > allocated_)) {
      return rocksdb::IOStatus::NoSpace("test");
    }
    if (fault == Fault::kTornAppend) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      static_cast<void>(FSWritableFileOwnerWrapper::Append(half, options, context));
      return rocksdb::IOStatus::NoSpace("test");
    }
    appended_ += data.size();
    return FSWritableFileOwnerWrapper::Append(data, options, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    switch (faults_.for_file(name_)) {
      case Fault::kFullSync:
        return rocksdb::IOStatus::NoSpace("test");
      case Fault::kBrokenSync:
        return rocksdb::IOStatus::IOError("test");
      default:
        return FSWritableFileOwnerWrapper::Sync(options, context);
    }
  }
  rocksdb::IOStatus Allocate(std::uint64_t offset, std::uint64_t size,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
    if (faults_.for_file(name_) == Fault::kFull && offset + size > allocated_) {
      return rocksdb::IOStatus::NoSpace("test");
    }
    allocated_ = std::max(allocated_, offset + size);
    return FSWritableFileOwnerWrapper::Allocate(offset, size, options, context);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    return Sync(options, context);
  }

 private:
  std::string name_;
  Faults& faults_;
  std::uint64_t appended_ = 0;
  std::uint64_t allocated_ = name_.ends_with(".log") ? 4u << 20 : 0;  // the spare's, renamed
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyFileSystem(Faults& faults)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(faults) {}
  const char* Name() const override { return "FaultyFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override {
    auto status = FileSystemWrapper::NewWritableFile(name, options, result, context);
    if (status.ok()) *result = std::make_unique<FaultyFile>(std::move(*result), name, faults_);
    return status;
  }
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* context) override {
    auto status = FileSystemWrapper::ReopenWritableFile(name, options, result, context);
    if (status.ok()) *result = std::make_unique<FaultyFile>(std::move(*result), name, faults_);
    return status;
  }

 private:
  Faults& faults_;
};

class RocksDbFaults : public testing::Test {
 protected:
  RocksDbFaults() { open(); }

  void start_anew() {
    store_.reset();
    std::filesystem::remove_all(directory_.path() + "/store");
    open();
  }

  void open() {
    store_.reset();
    RocksDbOptions options;
    options.env = env_.get();
    options.write_buffer_size_bytes = 256u << 10;
    auto opened = open_rocksdb_store(directory_.path() + "/store", options);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    store_ = *std::move(opened);
  }

  Status write(const std::string& key, std::size_t value_size = 100) {
    WriteBatch batch;
    batch.put(key, std::string(value_size, 'v'));
    batch.put(key + "/too", std::string(value_size, 'v'));
    return store_->write(batch, Sync::kFsync);
  }

  std::set<std::string> keys() {
    std::set<std::string> keys;
    for (const auto& [key, value] : entries_of(*store_->scan({}, Direction::kForward))) {
      keys.insert(key);
    }
    return keys;
  }

  void expect_outcome(Fault fault, ErrorCode code) {
    ASSERT_TRUE(write("before"));
    faults_.set(fault);
    for (const std::string key : {"lost1", "lost2"}) {
      const Status outcome = write(key);
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().code, code) << outcome.error().message;
    }
    EXPECT_EQ(keys(), (std::set<std::string>{"before", "before/too"}));
    faults_.set(Fault::kNone);
  }

  /// RocksDB looks for space every five seconds, at first at once.
  Status write_until_it_works(const std::string& key) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
    Status outcome = write(key);
    while (!outcome && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      outcome = write(key);
    }
    return outcome;
  }

  TemporaryDirectory directory_;
  Faults faults_;
  std::unique_ptr<rocksdb::Env> env_ =
      rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(faults_));
  std::unique_ptr<KeyValueStore> store_;
};

TEST_F(RocksDbFaults, AFullDiskRefusesWritesUntilThereIsRoom) {
  for (const Fault fault : {Fault::kFullAppend, Fault::kTornAppend, Fault::kFullSync}) {
    SCOPED_TRACE(static_cast<int>(fault));
    start_anew();
    expect_outcome(fault, ErrorCode::kStorageFull);
    const Status after = write_until_it_works("after");
    EXPECT_TRUE(after) << after.error().message;
    const std::set<std::string> wanted{"after", "after/too", "before", "before/too"};
    EXPECT_EQ(keys(), wanted);
    open();
    EXPECT_EQ(keys(), wanted);
  }
}

// Nothing is in the memtable then, so RocksDB cannot replace the log.
TEST_F(RocksDbFaults, AFailureOfTheVeryFirstWriteIsOvercomeByANewOpen) {
  for (const Fault fault : {Fault::kFullAppend, Fault::kTornAppend, Fault::kFullSync,
                            Fault::kBrokenAppend, Fault::kBrokenSync}) {
    SCOPED_TRACE(static_cast<int>(fault));
    start_anew();
    faults_.set(fault);
    EXPECT_FALSE(write("lost"));
    faults_.set(Fault::kNone);
    EXPECT_FALSE(write("refused"));
    EXPECT_EQ(keys(), std::set<std::string>());
    open();
    EXPECT_EQ(keys(), std::set<std::string>());
    EXPECT_TRUE(write("after"));
    open();
    EXPECT_EQ(keys(), (std::set<std::string>{"after", "after/too"}));
  }
}

// Space is reserved ahead, so a full disk is found out before the log fails: the store goes on at
// once.
TEST_F(RocksDbFaults, ALogThatFindsNoRoomIsNoHarm) {
  std::set<std::string> acknowledged;
  for (int round = 0; round < 6; ++round) {
    faults_.set(Fault::kFull);
    int refused = 0;
    for (int i = 0; i < 100 && refused < 3; ++i) {
      const std::string key = std::to_string(round) + "/" + std::to_string(i);
      const Status outcome = write(key, 50'000);
      if (outcome) {
        acknowledged.insert({key, key + "/too"});
      } else {
        EXPECT_EQ(outcome.error().code, ErrorCode::kStorageFull) << outcome.error().message;
        ++refused;
      }
    }
    EXPECT_EQ(refused, 3);
    faults_.set(Fault::kNone);
    const Status after = write_until_it_works("after" + std::to_string(round));
    ASSERT_TRUE(after) << after.error().message;
    acknowledged.insert(
        {"after" + std::to_string(round), "after" + std::to_string(round) + "/too"});
    EXPECT_EQ(keys(), acknowledged);
    if (round % 2 == 1) open();
  }
  open();
  EXPECT_EQ(keys(), acknowledged);
}

TEST_F(RocksDbFaults, AFailedWriteIsNotThereAfterARestartEither) {
  for (const Fault fault : {Fault::kFullAppend, Fault::kTornAppend, Fault::kFullSync,
                            Fault::kBrokenAppend, Fault::kBrokenSync}) {
    SCOPED_TRACE(static_cast<int>(fault));
    start_anew();
    const bool full = fault != Fault::kBrokenAppend && fault != Fault::kBrokenSync;
    expect_outcome(fault, full ? ErrorCode::kStorageFull : ErrorCode::kIo);
    open();
    EXPECT_EQ(keys(), (std::set<std::string>{"before", "before/too"}));
  }
}

TEST_F(RocksDbFaults, ABrokenDiskLeavesReadsWorkingAndWritesRefused) {
  expect_outcome(Fault::kBrokenAppend, ErrorCode::kIo);
  const Status still = write("still");
  ASSERT_FALSE(still);
  EXPECT_EQ(still.error().code, ErrorCode::kIo);
  open();
  EXPECT_EQ(keys(), (std::set<std::string>{"before", "before/too"}));
  EXPECT_TRUE(write("after"));
}

TEST_F(RocksDbFaults, NoRoomForTableFilesIsReportedAndOvercome) {
  faults_.set(Fault::kFullAppend, ".sst");
  std::set<std::string> acknowledged;
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string key = "k" + std::to_string(i);
    const Status outcome = write(key, 10'000);
    if (outcome) {
      acknowledged.insert({key, key + "/too"});
    } else {
      ++refused;
      ASSERT_EQ(outcome.error().code, ErrorCode::kStorageFull) << outcome.error().message;
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(keys(), acknowledged);
  faults_.set(Fault::kNone);
  const Status after = write_until_it_works("after");
  ASSERT_TRUE(after) << after.error().message;
  acknowledged.insert({"after", "after/too"});
  EXPECT_EQ(keys(), acknowledged);
  open();
  EXPECT_EQ(keys(), acknowledged);
}

TEST_F(RocksDbFaults, DamagedDataIsReportedAsCorruption) {
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(write("k" + std::to_string(i), 2000));
  store_.reset();
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path() + "/store")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t at = 100; at + 1000 < entry.file_size(); at += 500) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put('?');
    }
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  RocksDbOptions options;
  auto opened = open_rocksdb_store(directory_.path() + "/store", options);
  if (!opened) {
    EXPECT_EQ(opened.error().code, ErrorCode::kCorruption) << opened.error().message;
    return;
  }
  const auto cache = make_cached_store(*std::move(opened), {.traces = 0});
  for (int twice = 0; twice < 2; ++twice) {
    const auto iterator = cache->scan({}, Direction::kForward);
    while (iterator->valid()) iterator->next();
    ASSERT_FALSE(iterator->status());
    EXPECT_EQ(iterator->status().error().code, ErrorCode::kCorruption);
    int unreadable = 0;
    for (int i = 0; i < 400; ++i) {
      std::string value;
      const Result<bool> found = cache->get("k" + std::to_string(i), value);
      if (found) {
        EXPECT_TRUE(*found);
      } else {
        EXPECT_EQ(found.error().code, ErrorCode::kCorruption);
        ++unreadable;
      }
    }
    EXPECT_GT(unreadable, 0);
  }
}

}  // namespace
}  // namespace parley::storage
