// What is read again and again is read from the disk once.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>

#include "storage/rocksdb/rocksdb_store.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

class CountedFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  CountedFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::atomic<int>& reads)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), reads_(reads) {}
  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t size, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* context) const override {
    ++reads_;
    return FSRandomAccessFileOwnerWrapper::Read(offset, size, options, result, scratch, context);
  }

 private:
  std::atomic<int>& reads_;
};

class CountingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit CountingFileSystem(std::atomic<int>& reads)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), reads_(reads) {}
  const char* Name() const override { return "CountingFileSystem"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* context) override {
    auto status = FileSystemWrapper::NewRandomAccessFile(name, options, result, context);
    if (status.ok()) *result = std::make_unique<CountedFile>(std::move(*result), reads_);
    return status;
  }

 private:
  std::atomic<int>& reads_;
};

// RocksDB's cache is in shards, of half a MiB in this small one. A file's index in one piece, here
// of 0.8 MiB, would be in none of them, and be read and unpacked at each read of the file.
TEST(RocksDbReads, TheIndexOfALargeFileIsReadOnce) {
  constexpr int kEntries = 16'000;
  TemporaryDirectory directory;
  std::atomic<int> reads = 0;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<CountingFileSystem>(reads));
  RocksDbOptions options;
  options.env = env.get();
  options.block_cache_size_bytes = 2u << 20;
  options.write_buffer_size_bytes = 64u << 20;
  const auto open = [&] { return *open_rocksdb_store(directory.path() + "/store", options); };
  // Long, and different at the end alone: what parts two blocks in the index cannot be shortened.
  const auto key = [](int number) { return fmt::format("{:0200}", number); };
  auto store = open();
  for (int number = 0; number < kEntries; ++number) {
    ASSERT_TRUE(store->write(put(key(number), std::string(2000, 'v')), Sync::kNone));
  }
  store.reset();  // what was not logged becomes a table file
  store = open();
  std::string value;
  for (const int number : {1, kEntries / 2, kEntries - 1}) {
    ASSERT_TRUE(store->get(key(number), value).value());
    const int before = reads;
    ASSERT_TRUE(store->get(key(number), value).value());
    EXPECT_EQ(reads, before);
  }
}

}  // namespace
}  // namespace parley::storage
