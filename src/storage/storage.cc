#include "storage/storage.h"

#include <utility>

#include "storage/cache/cached_store.h"
#include "storage/data_directory.h"
#include "storage/memory/memory_store.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace parley::storage {

Result<std::unique_ptr<KeyValueStore>> open_store(const StoreOptions& options) {
  if (options.directory.empty()) return make_memory_store();
  auto directory = PARLEY_TRY(DataDirectory::open(options.directory));
  const std::string path = directory->store_path();
  RocksDbOptions store_options;
  store_options.block_cache_size_bytes = options.cache_size_bytes / 4;
  CacheOptions cache_options;
  cache_options.size_bytes_max = options.cache_size_bytes / 4 * 3;
  auto store = PARLEY_TRY(open_rocksdb_store(path, store_options, std::move(directory)));
  return make_cached_store(std::move(store), cache_options);
}

}  // namespace parley::storage
