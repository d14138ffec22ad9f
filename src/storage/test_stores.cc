#include "storage/test_stores.h"

#include "base/assert.h"
#include "storage/cache/cached_store.h"
#include "storage/memory/memory_store.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace parley::storage {

TemporaryDirectory::TemporaryDirectory() {
  auto made = parley::TemporaryDirectory::make();
  PARLEY_ASSERT(made.has_value());
  directory_ = *std::move(made);
}

std::string name_of(StoreKind kind) {
  switch (kind) {
    case StoreKind::kMemory:
      return "Memory";
    case StoreKind::kRocksDb:
      return "RocksDb";
    case StoreKind::kCached:
      return "Cached";
    case StoreKind::kCachedTightly:
      return "CachedTightly";
  }
  return {};
}

TestStore::TestStore(StoreKind kind) : kind_(kind) {
  reopen();
}

void TestStore::reopen() {
  store_.reset();
  if (kind_ == StoreKind::kMemory) {
    store_ = make_memory_store();
    return;
  }
  if (kind_ == StoreKind::kCachedTightly) {
    store_ = make_cached_store(make_memory_store(), {.size_bytes_max = 6000, .traces = 0});
    return;
  }
  auto opened = open_rocksdb_store(directory_.path() + "/store");
  PARLEY_ASSERT(opened.has_value());
  store_ = *std::move(opened);
  if (kind_ == StoreKind::kCached) store_ = make_cached_store(std::move(store_), {.traces = 0});
}

WriteBatch put(std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.put(key, value);
  return batch;
}

WriteBatch erase(std::string_view key) {
  WriteBatch batch;
  batch.erase(key);
  return batch;
}

std::vector<std::pair<std::string, std::string>> entries_of(Iterator& iterator) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (; iterator.valid(); iterator.next()) entries.emplace_back(iterator.key(), iterator.value());
  PARLEY_ASSERT(iterator.status().has_value());
  return entries;
}

}  // namespace parley::storage

#if defined(__SANITIZE_THREAD__)
// Debian's RocksDB is not instrumented: the sanitizer cannot see what synchronises inside it. Its
// sets of strings (we have none) are the linker's choice of instrumented and other code.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:rocksdb::\n"
         "race:std::_Hashtable<std::__cxx11::basic_string<char, std::char_traits<char>, "
         "std::allocator<char> >, std::__cxx11::basic_string<char,\n";
}
// What is written there must still be known as such when another thread reads it.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
  return "history_size=7";
}
#endif
