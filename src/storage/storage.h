// Storage: an ordered, durable map of bytes and a pipeline that commits to it. The folder's façade.
//
//   key_value_store.h   what a store is: atomic batches, point reads, range walks, snapshots
//   commit_pipeline.h   many concurrent writers, one durable write at a time
//   data_directory.h    the folder on disk: version stamp and lock
//   cache/              keeps hot ranges of a store resident, exact to the key
//   tree/               a versioned in-memory B+tree: readers pin a version, writers copy paths
//   memory/, rocksdb/   the stores
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/key_value_store.h"

namespace parley::storage {

struct StoreOptions {
  std::string directory = {};  // empty: in memory, gone with the process
  /// Bound on what is kept of the disk's contents in memory, used as it fills: three quarters for
  /// hot ranges, one for blocks of files.
  std::size_t cache_size_bytes = 128u << 20;
};

/// The store of one server. On disk it holds the directory's lock until destroyed.
/// Errors: those of DataDirectory::open and open_rocksdb_store.
[[nodiscard]] Result<std::unique_ptr<KeyValueStore>> open_store(const StoreOptions& options);

}  // namespace parley::storage
