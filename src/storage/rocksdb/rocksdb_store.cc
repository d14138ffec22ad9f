#include "storage/rocksdb/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "storage/rocksdb/log_guard.h"

namespace parley::storage {
namespace {

/// A log longer than this is not left to the next start.
constexpr std::uint64_t kReplayedBytesMax = 2u << 20;

class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

Error error_of(const rocksdb::Status& status) {
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::SubCode::kSpaceLimit) {
    return {ErrorCode::kStorageFull, "The disk is full: " + status.ToString()};
  }
  if (status.IsCorruption()) {
    return {ErrorCode::kCorruption, "The stored data is damaged: " + status.ToString()};
  }
  return {ErrorCode::kIo, "The storage failed: " + status.ToString()};
}

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

class RocksDbSnapshot final : public Snapshot {
 public:
  explicit RocksDbSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;
  [[nodiscard]] const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;  // the store's
  const rocksdb::Snapshot* snapshot_;
};

rocksdb::ReadOptions read_options(const Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksDbSnapshot*>(snapshot)->get();
  return options;
}

class RocksDbIterator final : public Iterator {
 public:
  RocksDbIterator(rocksdb::DB& db, KeyRange range, Direction direction, const Snapshot* snapshot)
      : range_(std::move(range)), lower_(range_.begin), upper_(range_.end), direction_(direction) {
    rocksdb::ReadOptions options = read_options(snapshot);
    options.iterate_lower_bound = &lower_;
    if (!range_.end.empty()) options.iterate_upper_bound = &upper_;
    iterator_.reset(db.NewIterator(options));
    if (!range_.end.empty() && range_.begin >= range_.end) return;  // stays invalid
    if (direction == Direction::kForward) {
      iterator_->Seek(lower_);
    } else {
      iterator_->SeekToLast();
    }
  }

  [[nodiscard]] bool valid() const override { return iterator_->Valid(); }
  [[nodiscard]] std::string_view key() const override { return view(iterator_->key()); }
  [[nodiscard]] std::string_view value() const override { return view(iterator_->value()); }

  void next() override {
    if (direction_ == Direction::kForward) {
      iterator_->Next();
    } else {
      iterator_->Prev();
    }
  }

  [[nodiscard]] Status status() const override {
    const rocksdb::Status status = iterator_->status();
    if (status.ok()) return {};
    return std::unexpected(error_of(status));
  }

 private:
  KeyRange range_;
  rocksdb::Slice lower_;  // of range_; RocksDB keeps pointers to both
  rocksdb::Slice upper_;
  Direction direction_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

rocksdb::Status fill(rocksdb::WriteBatch& out, const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch.at(i);
    rocksdb::Status status;
    switch (operation.kind) {
      case WriteBatch::Kind::kPut:
        status = out.Put(slice(operation.key), slice(operation.value));
        break;
      case WriteBatch::Kind::kErase:
        status = out.Delete(slice(operation.key));
        break;
      case WriteBatch::Kind::kEraseRange:
        status = out.DeleteRange(slice(operation.key), slice(operation.value));
        break;
    }
    if (!status.ok()) return status;
  }
  return rocksdb::Status::OK();
}

class RocksDbStore final : public KeyValueStore {
 public:
  RocksDbStore(std::unique_ptr<DataDirectory> lock, std::shared_ptr<LogGuard> guard,
               std::unique_ptr<rocksdb::Env> env, std::unique_ptr<rocksdb::DB> db)
      : lock_(std::move(lock)),
        guard_(std::move(guard)),
        env_(std::move(env)),
        db_(std::move(db)) {}

  ~RocksDbStore() override {
    if (unlogged_.load() || memtable_size_bytes() > kReplayedBytesMax) {
      static_cast<void>(db_->Flush(rocksdb::FlushOptions()));
    }
    static_cast<void>(db_->Close());
  }
  RocksDbStore(const RocksDbStore&) = delete;
  RocksDbStore& operator=(const RocksDbStore&) = delete;

  [[nodiscard]] Status write(const WriteBatch& batch, Sync sync) override {
    if (batch.empty()) return {};
    rocksdb::WriteBatch filled(batch.size_bytes() + batch.size() * 12 + 16);
    rocksdb::Status status = fill(filled, batch);
    if (!status.ok()) return std::unexpected(error_of(status));
    const std::scoped_lock lock(write_mutex_);
    if (refusal_) PARLEY_TRY(resume());
    status = guard_->reserve(filled.GetDataSize());
    if (!status.ok()) return std::unexpected(error_of(status));
    rocksdb::WriteOptions options;
    options.sync = sync == Sync::kFsync;
    options.disableWAL = sync == Sync::kNone;
    status = db_->Write(options, &filled);
    if (!status.ok()) {
      guard_->cut_back();
      refusal_ = error_of(status);
      return std::unexpected(*refusal_);
    }
    guard_->acknowledge();
    if (sync == Sync::kNone) unlogged_.store(true, std::memory_order_relaxed);
    return {};
  }

  [[nodiscard]] Result<bool> get(std::string_view key, std::string& value,
                                 const Snapshot* snapshot) const override {
    rocksdb::PinnableSlice pinned(&value);
    const rocksdb::Status status =
        db_->Get(read_options(snapshot), db_->DefaultColumnFamily(), slice(key), &pinned);
    if (status.IsNotFound()) return false;
    if (!status.ok()) return std::unexpected(error_of(status));
    if (pinned.IsPinned()) value.assign(pinned.data(), pinned.size());
    return true;
  }

  [[nodiscard]] std::unique_ptr<Iterator> scan(const KeyRange& range, Direction direction,
                                               const Snapshot* snapshot) const override {
    return std::make_unique<RocksDbIterator>(*db_, range, direction, snapshot);
  }

  [[nodiscard]] std::unique_ptr<Snapshot> snapshot() const override {
    return std::make_unique<RocksDbSnapshot>(*db_);
  }

  [[nodiscard]] Status flush() override {
    rocksdb::Status status;
    if (unlogged_.exchange(false)) {
      status = db_->Flush(rocksdb::FlushOptions());
      if (!status.ok()) unlogged_.store(true);
    }
    if (status.ok()) status = db_->SyncWAL();
    if (!status.ok()) return std::unexpected(error_of(status));
    return {};
  }

 private:
  [[nodiscard]] std::uint64_t memtable_size_bytes() const {
    std::uint64_t size_bytes = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeActiveMemTable, &size_bytes);
    return size_bytes;
  }

  // RocksDB refuses every write after one failed until it is told to go on; it then writes its
  // memtable out and starts a new log. Where it looks for space by itself, every five seconds, it
  // is "busy". A log that failed cannot be replaced while the memtable is empty, and after an I/O
  // error the state of the files is unknown: then it takes a new open.
  Status resume() {
    std::uint64_t entries = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
    if (refusal_->code != ErrorCode::kStorageFull ||
        (guard_->newest_log_failed() && entries == 0)) {
      return std::unexpected(*refusal_);
    }
    const rocksdb::Status status = db_->Resume();
    if (status.IsBusy()) return std::unexpected(*refusal_);
    if (!status.ok()) return std::unexpected(error_of(status));
    if (guard_->newest_log_failed()) return std::unexpected(*refusal_);
    refusal_.reset();
    return {};
  }

  std::unique_ptr<DataDirectory> lock_;  // outlives db_, as the next two do
  std::shared_ptr<LogGuard> guard_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<bool> unlogged_ = false;  // writes with kNone since the last flush
  std::mutex write_mutex_;              // one write at a time, for the guard's sake
  std::optional<Error> refusal_;        // why the last write failed
};

rocksdb::Options database_options(const RocksDbOptions& options, rocksdb::Env& env) {
  rocksdb::Options out;
  out.create_if_missing = true;
  out.env = &env;
  out.info_log = std::make_shared<SilentLogger>();
  out.write_buffer_size = options.write_buffer_size_bytes;
  out.max_write_buffer_number = options.write_buffer_count_max;
  out.max_background_jobs = options.background_jobs_max;
  out.compression = rocksdb::kLZ4Compression;
  out.level_compaction_dynamic_level_bytes = true;
  out.bytes_per_sync = 1u << 20;  // spreads the write-back of table files
  // A fast open: nothing is read that a later read would not read anyway.
  out.skip_stats_update_on_db_open = true;
  out.skip_checking_sst_file_sizes_on_db_open = true;
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  out.max_open_files = 512;  // opened as they are read
  out.max_file_opening_threads = 2;
  out.avoid_unnecessary_blocking_io = true;
  // What a crash left in the log stays there until its memtable is full: no table file at every
  // start.
  out.avoid_flush_during_recovery = true;

  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In parts: one index of a whole file can be larger than a shard of the cache, which then never
  // keeps it, and each read of the file unpacks it anew.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.block_size = 8u << 10;
  table.format_version = 5;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_size_bytes);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

}  // namespace

Result<std::unique_ptr<KeyValueStore>> open_rocksdb_store(const std::string& directory,
                                                          const RocksDbOptions& options,
                                                          std::unique_ptr<DataDirectory> lock) {
  auto guard = std::make_shared<LogGuard>(
      (options.env != nullptr ? options.env : rocksdb::Env::Default())->GetFileSystem(), directory);
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(guard);
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(database_options(options, *env), directory, &db);
  if (!status.ok()) {
    const std::string text = status.ToString();
    if (status.IsIOError() && text.find("lock") != std::string::npos) {
      return fail(ErrorCode::kLocked, "Another process has " + directory + " open: " + text);
    }
    return std::unexpected(error_of(status));
  }
  return std::make_unique<RocksDbStore>(std::move(lock), std::move(guard), std::move(env),
                                        std::unique_ptr<rocksdb::DB>(db));
}

}  // namespace parley::storage
