// Mappings over real streams: what the fake of the other tests stands for.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/memory/memory_store.h"
#include "stream/test_streams.h"
#include "trigger/mappings.h"
#include "trigger/test_stream.h"

namespace parley::trigger {
namespace {

class MappingsOverStreams : public ::testing::Test {
 protected:
  MappingsOverStreams() {
    auto opened = Mappings::open(*store_, commits_, *streams_.operator->(), invoker_, {}, {},
                                 streams_.clock(), random_);
    EXPECT_TRUE(opened);
    mappings_ = *std::move(opened);
  }
  bool ends(const std::string& uuid) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto status = mappings_->status(uuid).value();
      std::uint64_t behind = 0;
      for (const auto& shard : status.shards) behind += shard.records_behind;
      if (behind == 0) return true;
      std::this_thread::yield();
    }
    return false;
  }

  stream::TestStreams streams_;
  model::Table table_ = streams_.open_table("T", model::StreamViewType::kNewImage, 4);
  std::unique_ptr<storage::KeyValueStore> store_ = storage::make_memory_store();
  storage::CommitPipeline commits_{*store_, {}};
  SeededRandom random_{7};
  TestInvoker invoker_;
  std::unique_ptr<Mappings> mappings_;
};

TEST_F(MappingsOverStreams, EveryWriteArrivesOnce) {
  invoker_.answer_with([](const Invocation&) { return replied(); });
  const auto uuid =
      mappings_->create(streams_.arn(table_), "f", StartingPosition::kLatest, {})->uuid;
  constexpr std::size_t kWrites = 200;
  for (std::size_t i = 0; i < kWrites; ++i) streams_.insert(table_, "k" + std::to_string(i));
  ASSERT_TRUE(ends(uuid));
  std::size_t records = 0;
  for (const auto& payload : invoker_.payloads()) records += numbers_of(payload).size();
  EXPECT_EQ(records, kWrites);
}

TEST_F(MappingsOverStreams, LatestLeavesOutWhatWasCommittedBefore) {
  for (int i = 0; i < 20; ++i) streams_.insert(table_, "before" + std::to_string(i));
  ASSERT_TRUE(mappings_->create(streams_.arn(table_), "f", StartingPosition::kLatest, {}));
  streams_.insert(table_, "after");
  auto waiting = invoker_.next();
  EXPECT_NE(waiting.invocation.payload.find("after"), std::string::npos);
  EXPECT_EQ(waiting.invocation.payload.find("before"), std::string::npos);
  waiting.answer(replied());
}

TEST_F(MappingsOverStreams, DisabledStreamIsDrained) {
  for (int i = 0; i < 20; ++i) streams_.insert(table_, "k" + std::to_string(i));
  streams_.close_table(table_);
  invoker_.answer_with([](const Invocation&) { return replied(); });
  const auto uuid =
      mappings_->create(streams_.arn(table_), "f", StartingPosition::kTrimHorizon, {})->uuid;
  EXPECT_TRUE(ends(uuid));
  EXPECT_EQ(mappings_->find(uuid)->state, "Enabled");
  EXPECT_EQ(mappings_->find(uuid)->last_processing_result, "OK");
}

TEST_F(MappingsOverStreams, IdleDaysLoseNothing) {
  invoker_.answer_with([](const Invocation&) { return replied(); });
  const auto uuid =
      mappings_->create(streams_.arn(table_), "f", StartingPosition::kLatest, {})->uuid;
  streams_.insert(table_, "one");
  ASSERT_TRUE(ends(uuid));
  for (int day = 0; day < 3; ++day) {
    streams_.clock().advance(std::chrono::hours(30));
    ASSERT_TRUE(streams_->trim());
  }
  streams_.insert(table_, "one");
  ASSERT_TRUE(ends(uuid));
  EXPECT_EQ(mappings_->status(uuid)->records_done, 2u);
  EXPECT_TRUE(mappings_->dead_letters(uuid)->empty());
}

}  // namespace
}  // namespace parley::trigger
