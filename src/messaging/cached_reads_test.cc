#include "messaging/cached_reads.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace parley::messaging {
namespace {

/// Answers with how often it has been asked, and by what.
class CountingDatabase final : public client::Database {
 public:
  Result<std::string> call(std::string_view operation, std::string_view input) override {
    return std::string(operation) + std::string(input) + std::to_string(++calls_);
  }

 private:
  int calls_ = 0;
};

TEST(CachedReads, AskOnceUntilTheCollectionChanges) {
  const SystemClock clock;
  CountingDatabase database;
  cache::MemoryStore store(clock);
  cache::CollectionCache cache(store);
  CachedReads reads(database, cache);
  EXPECT_EQ(**reads.read("MSG#1", "Query", "{}"), "Query{}1");
  EXPECT_EQ(**reads.read("MSG#1", "Query", "{}"), "Query{}1");
  EXPECT_EQ(**reads.read("MSG#1", "GetItem", "{}"), "GetItem{}2");
  EXPECT_EQ(**reads.read("MSG#2", "Query", "{}"), "Query{}3");
  reads.changed("MSG#1");
  EXPECT_EQ(**reads.read("MSG#1", "Query", "{}"), "Query{}4");
  EXPECT_EQ(**reads.read("MSG#2", "Query", "{}"), "Query{}3");
}

}  // namespace
}  // namespace parley::messaging
