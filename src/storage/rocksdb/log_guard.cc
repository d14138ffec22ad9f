#include "storage/rocksdb/log_guard.h"

#include <algorithm>
#include <utility>

namespace parley::storage {
namespace {

constexpr std::uint64_t kReservationBytes = 4u << 20;
/// What RocksDB adds to a batch in its log: record headers, at worst one for each 32 KiB block.
constexpr std::uint64_t kFramingBytesMin = 4096;

}  // namespace

class GuardedLog final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  GuardedLog(std::unique_ptr<rocksdb::FSWritableFile> file, LogGuard& guard)
      : FSWritableFileOwnerWrapper(std::move(file)), guard_(guard) {}

  ~GuardedLog() override {
    const std::scoped_lock lock(guard_.mutex_);
    if (guard_.newest_ == this) guard_.newest_ = nullptr;
  }
  GuardedLog(const GuardedLog&) = delete;
  GuardedLog& operator=(const GuardedLog&) = delete;

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    return counted(data.size(), FSWritableFileOwnerWrapper::Append(data, options, context));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* context) override {
    return counted(data.size(),
                   FSWritableFileOwnerWrapper::Append(data, options, verification, context));
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    return counted(0, FSWritableFileOwnerWrapper::Sync(options, context));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    return counted(0, FSWritableFileOwnerWrapper::Fsync(options, context));
  }

 private:
  friend class LogGuard;
  rocksdb::IOStatus counted(std::size_t size_bytes, rocksdb::IOStatus outcome) {
    const std::scoped_lock lock(guard_.mutex_);
    appended_bytes_ += size_bytes;
    if (!outcome.ok()) failed_ = true;
    return outcome;
  }
  rocksdb::IOStatus reserve(std::uint64_t size_bytes) {
    if (appended_bytes_ + size_bytes <= reserved_bytes_) return rocksdb::IOStatus::OK();
    const std::uint64_t missing = appended_bytes_ + size_bytes - reserved_bytes_;
    const std::uint64_t step = std::max(missing, kReservationBytes);
    rocksdb::IOStatus status = target()->Allocate(reserved_bytes_, step, {}, nullptr);
    if (status.IsNoSpace()) return status;
    status.PermitUncheckedError();
    reserved_bytes_ += step;
    return rocksdb::IOStatus::OK();
  }

  LogGuard& guard_;
  std::uint64_t appended_bytes_ = 0;
  std::uint64_t acknowledged_bytes_ = 0;
  std::uint64_t reserved_bytes_ = 0;
  bool failed_ = false;
};

class UnsyncedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
};

LogGuard::LogGuard(const std::shared_ptr<rocksdb::FileSystem>& target, const std::string& directory)
    : FileSystemWrapper(target), spare_name_(directory + "/spare-log") {
  FileSystemWrapper::DeleteFile(spare_name_, {}, nullptr).PermitUncheckedError();  // after a crash
}

LogGuard::~LogGuard() {
  FileSystemWrapper::DeleteFile(spare_name_, {}, nullptr).PermitUncheckedError();
}

rocksdb::IOStatus LogGuard::NewWritableFile(const std::string& name,
                                            const rocksdb::FileOptions& options,
                                            std::unique_ptr<rocksdb::FSWritableFile>* result,
                                            rocksdb::IODebugContext* context) {
  if (!name.ends_with(".log")) {
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, result, context);
    if (status.ok() && name.find("/OPTIONS-") != std::string::npos) {
      *result = std::make_unique<UnsyncedFile>(std::move(*result));
    }
    return status;
  }
  const std::scoped_lock lock(mutex_);
  std::uint64_t reserved = 0;
  rocksdb::IOStatus status;
  if (spare_bytes_ > 0 && FileSystemWrapper::RenameFile(spare_name_, name, {}, context).ok()) {
    reserved = spare_bytes_;
    // Not as a new file: that would give the space back.
    status = FileSystemWrapper::ReopenWritableFile(name, options, result, context);
  } else {
    status = FileSystemWrapper::NewWritableFile(name, options, result, context);
  }
  spare_bytes_ = 0;
  if (!status.ok()) return status;
  auto log = std::make_unique<GuardedLog>(std::move(*result), *this);
  log->reserved_bytes_ = reserved;
  newest_ = log.get();
  *result = std::move(log);
  return status;
}

rocksdb::IOStatus LogGuard::reserve(std::uint64_t size_bytes) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t framed = size_bytes + size_bytes / 1024 + kFramingBytesMin;
  if (newest_ != nullptr) {
    rocksdb::IOStatus status = newest_->reserve(framed);
    if (!status.ok()) return status;
  }
  return spare_bytes_ >= framed ? rocksdb::IOStatus::OK()
                                : prepare_spare(std::max(framed, kReservationBytes));
}

rocksdb::IOStatus LogGuard::prepare_spare(std::uint64_t size_bytes) {
  std::unique_ptr<rocksdb::FSWritableFile> spare;
  rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(spare_name_, {}, &spare, nullptr);
  if (status.ok()) {
    status = spare->Allocate(0, size_bytes, {}, nullptr);
    spare->Close({}, nullptr).PermitUncheckedError();
  }
  if (status.IsNoSpace()) {
    FileSystemWrapper::DeleteFile(spare_name_, {}, nullptr).PermitUncheckedError();
    spare_bytes_ = 0;
    return status;
  }
  status.PermitUncheckedError();
  spare_bytes_ = size_bytes;
  return rocksdb::IOStatus::OK();
}

bool LogGuard::newest_log_failed() {
  const std::scoped_lock lock(mutex_);
  return newest_ != nullptr && newest_->failed_;
}

void LogGuard::acknowledge() {
  const std::scoped_lock lock(mutex_);
  if (newest_ != nullptr) newest_->acknowledged_bytes_ = newest_->appended_bytes_;
}

void LogGuard::cut_back() {
  const std::scoped_lock lock(mutex_);
  if (newest_ == nullptr || newest_->appended_bytes_ == newest_->acknowledged_bytes_) return;
  const rocksdb::IOOptions options;
  newest_->target()
      ->Truncate(newest_->acknowledged_bytes_, options, nullptr)
      .PermitUncheckedError();
  newest_->target()->Sync(options, nullptr).PermitUncheckedError();
}

}  // namespace parley::storage
