// The cache of reads, in short.
//
// What is kept are replies of eventually consistent reads, grouped by item collection (a partition
// key). A collection has a version. Whoever changes the collection invalidates it: its replies go
// and its version is another. A read that misses notes the version before it asks the database; its
// reply is kept only if the version is still that one, so that a fill which raced an invalidation
// is never served to a later reader. Reads of one thing at one time ask the database once. The
// cache fails open: where it is dead or slow, reads go to the database.
//
//   collection_cache.h   the rules above; what users of the cache see
//   cache_store.h        where replies are kept: an interface
//   memory_store.h       in this process
//   redis_store.h        in a Redis or Valkey server, for several processes
//
// It knows nothing of messaging and nothing of items: a collection and a variant (what is read of
// it) are texts, a reply is bytes.
#pragma once

#include "cache/cache_store.h"
#include "cache/collection_cache.h"
#include "cache/memory_store.h"
#include "cache/redis_store.h"
