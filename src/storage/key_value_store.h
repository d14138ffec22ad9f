// KeyValueStore: an ordered map of bytes, the one thing a storage backend has to be. It knows no
// item. Implementations: rocksdb/ (durable), memory/ (--in-memory). Both pass contract_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::storage {

/// begin <= key < end in unsigned byte order; an empty `end` means no upper bound.
struct KeyRange {
  std::string begin;
  std::string end;
};

enum class Direction : bool { kForward, kBackward };

/// How durable a write is when it returns. kFsync survives a machine crash, kOs a crash of this
/// process, kNone only a clean shutdown.
enum class Sync : std::uint8_t { kFsync, kOs, kNone };

/// Puts and deletes to apply together, in order: a later entry for a key wins. Owns its bytes.
class WriteBatch {
 public:
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  /// Deletes every key of `range`, which must have an upper bound.
  void erase_range(const KeyRange& range);
  [[nodiscard]] bool empty() const { return operations_.empty(); }
  [[nodiscard]] std::size_t size_bytes() const { return buffer_.size(); }
  void append(const WriteBatch& other);

  // For a value that is made of parts, and for what is known only when the batch is complete (a
  // place in an order). Both keep the sizes of everything else.
  /// Appends to the value of the last operation, which must be a put.
  void extend_value(std::string_view more);
  /// Replaces the bytes of operation `index`'s key, or of its value, from `offset` on; they must
  /// be there.
  void overwrite_key(std::size_t index, std::size_t offset, std::string_view bytes);
  void overwrite_value(std::size_t index, std::size_t offset, std::string_view bytes);

  void clear();

  enum class Kind : std::uint8_t { kPut, kErase, kEraseRange };
  /// `value` is the end of the range for kEraseRange. Views are valid until the batch changes.
  struct Operation {
    Kind kind;
    std::string_view key;
    std::string_view value;
  };
  [[nodiscard]] std::size_t size() const { return operations_.size(); }
  [[nodiscard]] Operation at(std::size_t index) const;

 private:
  struct Extent {
    Kind kind;
    std::size_t key_start;
    std::size_t key_size;
    std::size_t value_size;
  };
  std::string buffer_;
  std::vector<Extent> operations_;
};

/// A frozen state of the whole store. Must not outlive the store; hold it briefly (it pins
/// garbage).
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

/// Walks the entries of a range in one direction. Positioned on the first entry when made. One
/// thread at a time; must not outlive the store or its snapshot.
class Iterator {
 public:
  virtual ~Iterator() = default;
  [[nodiscard]] virtual bool valid() const = 0;
  /// Valid until next(). Precondition of both: valid().
  [[nodiscard]] virtual std::string_view key() const = 0;
  [[nodiscard]] virtual std::string_view value() const = 0;
  virtual void next() = 0;
  /// An I/O or corruption error that ended the walk early; to be asked once valid() is false.
  [[nodiscard]] virtual Status status() const = 0;
};

/// An ordered map from bytes to bytes; keys order as unsigned bytes. Thread-safe. Reads may block
/// on the disk, writes block until they are as durable as asked.
class KeyValueStore {
 public:
  virtual ~KeyValueStore() = default;

  /// Applies all of `batch` or none of it, atomically for every reader. Errors: kStorageFull, kIo;
  /// then nothing is applied, now or after a restart.
  [[nodiscard]] virtual Status write(const WriteBatch& batch, Sync sync) = 0;

  /// True and the value in `value` (replaced; its capacity is reused), or false if there is no such
  /// key. Errors: kIo, kCorruption.
  [[nodiscard]] virtual Result<bool> get(std::string_view key, std::string& value,
                                         const Snapshot* snapshot = nullptr) const = 0;

  /// The entries of `range` as of `snapshot`, or as of this call.
  [[nodiscard]] virtual std::unique_ptr<Iterator> scan(
      const KeyRange& range, Direction direction, const Snapshot* snapshot = nullptr) const = 0;

  [[nodiscard]] virtual std::unique_ptr<Snapshot> snapshot() const = 0;

  /// Makes everything written so far as durable as kFsync; called at shutdown.
  [[nodiscard]] virtual Status flush() = 0;
};

}  // namespace parley::storage
