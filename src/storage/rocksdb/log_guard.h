// LogGuard: keeps RocksDB's write-ahead log from running out of space, and takes back from it what
// a failed write left there.
//
// A log that failed once is of no use to RocksDB any more, and it cannot always be replaced while
// running (only together with a memtable that is not empty). So space is reserved before a batch is
// given to RocksDB, in the log and in a spare file that becomes the next log: a full disk is
// noticed before anything has failed.
//
// RocksDB appends a batch to the log and then syncs it. When the sync fails (or the disk fills up
// between two appends) the caller is told that the write failed, but its record may stand in the
// log whole, and a restart would apply it. The guard counts the log's bytes and cuts the file back
// to what was acknowledged.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace parley::storage {

class GuardedLog;

/// A file system for one database. Thread-safe, but acknowledge() and cut_back() need the caller to
/// write one batch at a time.
class LogGuard final : public rocksdb::FileSystemWrapper {
 public:
  /// `directory` is the database's.
  LogGuard(const std::shared_ptr<rocksdb::FileSystem>& target, const std::string& directory);
  ~LogGuard() override;
  LogGuard(const LogGuard&) = delete;
  LogGuard& operator=(const LogGuard&) = delete;
  [[nodiscard]] const char* Name() const override { return "ParleyLogGuard"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override;

  /// Makes room for a write of `size_bytes` in the newest log and in the one after it. Errors:
  /// NoSpace, and then RocksDB has seen nothing of it. A file system that cannot reserve space is
  /// taken at its word.
  rocksdb::IOStatus reserve(std::uint64_t size_bytes);
  /// True once an append to the newest log, or a sync of it, has failed.
  bool newest_log_failed();
  /// The last write succeeded: all that is in the newest log stays.
  void acknowledge();
  /// The last write failed: removes what was appended to the newest log since acknowledge(). Best
  /// effort, for on a broken disk nothing is sure.
  void cut_back();

 private:
  friend class GuardedLog;
  rocksdb::IOStatus prepare_spare(std::uint64_t size_bytes);

  const std::string spare_name_;
  std::mutex mutex_;
  std::uint64_t spare_bytes_ = 0;  // reserved for the next log; 0: there is no spare
  GuardedLog* newest_ = nullptr;   // owned by RocksDB; null once closed
};

}  // namespace parley::storage
