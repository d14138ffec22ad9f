# Everything Parley links to, from Debian's packages; headers count as SYSTEM, so that our warnings
# stay ours.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)

# Zip archives of functions' code. Its own CMake file wants the command-line tools too.
find_library(PARLEY_ZIP_LIBRARY zip REQUIRED)
find_path(PARLEY_ZIP_INCLUDE zip.h REQUIRED)
add_library(parley_zip INTERFACE)
target_include_directories(parley_zip SYSTEM INTERFACE ${PARLEY_ZIP_INCLUDE})
target_link_libraries(parley_zip INTERFACE ${PARLEY_ZIP_LIBRARY})

find_library(PARLEY_HIREDIS_LIBRARY libhiredis.a hiredis REQUIRED)
find_path(PARLEY_HIREDIS_INCLUDE hiredis/hiredis.h REQUIRED)
add_library(parley_hiredis INTERFACE)
target_include_directories(parley_hiredis SYSTEM INTERFACE ${PARLEY_HIREDIS_INCLUDE})
target_link_libraries(parley_hiredis INTERFACE ${PARLEY_HIREDIS_LIBRARY})

# Tokens' signatures.
find_library(PARLEY_CJOSE_LIBRARY libcjose.a cjose REQUIRED)
find_library(PARLEY_JANSSON_LIBRARY libjansson.a jansson REQUIRED)
find_path(PARLEY_CJOSE_INCLUDE cjose/cjose.h REQUIRED)
add_library(parley_cjose INTERFACE)
target_include_directories(parley_cjose SYSTEM INTERFACE ${PARLEY_CJOSE_INCLUDE})
target_link_libraries(parley_cjose INTERFACE ${PARLEY_CJOSE_LIBRARY} ${PARLEY_JANSSON_LIBRARY}
  OpenSSL::Crypto)

find_library(PARLEY_DEFLATE_LIBRARY deflate REQUIRED)
find_path(PARLEY_BOOST_INCLUDE boost/asio.hpp REQUIRED)
add_library(parley_boost INTERFACE)
target_include_directories(parley_boost SYSTEM INTERFACE ${PARLEY_BOOST_INCLUDE})
target_compile_definitions(parley_boost INTERFACE BOOST_ASIO_NO_DEPRECATED)
if(PARLEY_SANITIZE MATCHES thread)
  # The thread sanitizer understands mutexes and atomics, but no fences.
  target_compile_definitions(parley_boost INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

# RocksDB, statically: it opens in a third of the shared library's time.
add_library(parley_rocksdb INTERFACE)
if(PARLEY_ROCKSDB_LIBRARY)
  target_link_libraries(parley_rocksdb INTERFACE ${PARLEY_ROCKSDB_LIBRARY})
else()
  find_library(PARLEY_SYSTEM_ROCKSDB librocksdb.a REQUIRED)
  target_link_libraries(parley_rocksdb INTERFACE ${PARLEY_SYSTEM_ROCKSDB})
endif()
target_link_libraries(parley_rocksdb INTERFACE snappy lz4 zstd bz2 gflags z Threads::Threads dl)

if(PARLEY_TESTS)
  find_package(GTest REQUIRED)
endif()
