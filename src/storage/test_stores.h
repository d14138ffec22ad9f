// Stores for tests: each implementation over a directory that goes with the test.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/temporary_directory.h"
#include "storage/key_value_store.h"

namespace parley::storage {

/// A parley::TemporaryDirectory that must succeed; neither copied nor moved.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return directory_.path(); }

 private:
  parley::TemporaryDirectory directory_;
};

enum class StoreKind {
  kMemory,
  kRocksDb,
  kCached,         // over RocksDB; everything read becomes resident at once
  kCachedTightly,  // the same over memory, with room for a few entries only
};
inline constexpr StoreKind kEveryStore[] = {StoreKind::kMemory, StoreKind::kRocksDb,
                                            StoreKind::kCached, StoreKind::kCachedTightly};
[[nodiscard]] std::string name_of(StoreKind kind);

/// An empty store of the kind.
class TestStore {
 public:
  explicit TestStore(StoreKind kind);
  [[nodiscard]] KeyValueStore& store() { return *store_; }
  /// Closes and opens the store; a memory store is empty afterwards.
  void reopen();

 private:
  StoreKind kind_;
  TemporaryDirectory directory_;
  std::unique_ptr<KeyValueStore> store_;
};

/// Batches of one entry.
[[nodiscard]] WriteBatch put(std::string_view key, std::string_view value);
[[nodiscard]] WriteBatch erase(std::string_view key);

/// All that is left of a walk, which must end without an error.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> entries_of(Iterator& iterator);

}  // namespace parley::storage
