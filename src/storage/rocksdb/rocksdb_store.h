// The durable store: RocksDB with one column family, tuned for a fast start and small idle memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/data_directory.h"
#include "storage/key_value_store.h"

namespace rocksdb {
class Env;
}

namespace parley::storage {

struct RocksDbOptions {
  std::size_t block_cache_size_bytes = 64u << 20;  // filled as blocks are read, not at once
  /// Small: a memtable is the slowest place to read backwards in.
  std::size_t write_buffer_size_bytes = 16u << 20;
  int write_buffer_count_max = 4;
  int background_jobs_max = 2;
  rocksdb::Env* env = nullptr;  // borrowed, for fault injection; null: the system's
};

/// Opens the database in `directory`, creating it there if there is none; its parent must exist.
/// `lock` is held until the store is closed. Errors: kLocked (another process has it),
/// kStorageFull, kIo, kCorruption.
///
/// Writes take turns. After one failed for want of space the store takes up writing again by
/// itself, within seconds of there being space. After any other failure it refuses writes with kIo
/// until it is opened anew, since nothing is known of the file any more; reads go on.
[[nodiscard]] Result<std::unique_ptr<KeyValueStore>> open_rocksdb_store(
    const std::string& directory, const RocksDbOptions& options = {},
    std::unique_ptr<DataDirectory> lock = nullptr);

}  // namespace parley::storage
