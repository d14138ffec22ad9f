#include "storage/storage.h"

#include <utility>

#include "storage/data_directory.h"
#include "storage/memory/memory_store.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace parley::storage {

Result<std::unique_ptr<KeyValueStore>> open_store(const StoreOptions& options) {
  if (options.directory.empty()) return make_memory_store();
  auto directory = PARLEY_TRY(DataDirectory::open(options.directory));
  const std::string path = directory->store_path();
  RocksDbOptions store_options;
  store_options.block_cache_size_bytes = options.cache_size_bytes;
  return open_rocksdb_store(path, store_options, std::move(directory));
}

}  // namespace parley::storage
