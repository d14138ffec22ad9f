// MappingsTest: mappings over a test stream and a store whose disk can be full.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "storage/memory/memory_store.h"
#include "trigger/mappings.h"
#include "trigger/test_shard.h"

namespace parley::trigger {

/// A store whose disk can be full.
class FillingStore final : public storage::KeyValueStore {
 public:
  Status write(const storage::WriteBatch& batch, storage::Sync sync) override {
    if (is_full) return fail(ErrorCode::kStorageFull, "The disk is full");
    return store_->write(batch, sync);
  }
  Result<bool> get(std::string_view key, std::string& value,
                   const storage::Snapshot* snapshot) const override {
    return store_->get(key, value, snapshot);
  }
  std::unique_ptr<storage::Iterator> scan(const storage::KeyRange& range,
                                          storage::Direction direction,
                                          const storage::Snapshot* snapshot) const override {
    return store_->scan(range, direction, snapshot);
  }
  std::unique_ptr<storage::Snapshot> snapshot() const override { return store_->snapshot(); }
  Status flush() override { return store_->flush(); }

  std::atomic<bool> is_full = false;

 private:
  std::unique_ptr<storage::KeyValueStore> store_ = storage::make_memory_store();
};

/// A server's worth of mappings over one test stream; restarts on the same store.
class MappingsTest : public ::testing::Test {
 protected:
  MappingsTest() { open(); }

  void open() {
    commits_ = std::make_unique<storage::CommitPipeline>(*store_, storage::CommitOptions{});
    MappingsOptions options;
    options.retry_pause_first = std::chrono::milliseconds(1);
    options.retry_pause_last = std::chrono::milliseconds(1);
    options.post_to_url = post_;
    options.dead_letters_max = dead_letters_max_;
    options.dead_letters_size_bytes_max = dead_letters_size_bytes_max_;
    auto opened = Mappings::open(*store_, *commits_, stream_.source(), invoker_, {}, options,
                                 clock_, random_);
    ASSERT_TRUE(opened) << opened.error().message;
    mappings_ = *std::move(opened);
  }
  void close() {
    mappings_->stop(std::chrono::seconds(30));
    mappings_.reset();
    commits_.reset();
  }
  void restart() {
    close();
    open();
  }
  /// Loses what is in memory, as a kill does; what was committed stays.
  void crash() {
    mappings_.reset();
    commits_.reset();
    open();
  }

  std::string create(MappingSettings settings = {},
                     StartingPosition start = StartingPosition::kTrimHorizon,
                     const std::string& function = "f") {
    const auto mapping = mappings_->create(stream_.arn(), function, start, std::move(settings));
    EXPECT_TRUE(mapping) << mapping.error().message;
    return mapping ? mapping->uuid : "";
  }
  /// Of a MappingUpdate: all settings at once.
  static std::function<Status(MappingSettings&)> set_to(MappingSettings settings) {
    return [to = std::move(settings)](MappingSettings& now) -> Status {
      now = to;
      return {};
    };
  }
  /// Answers the next invocation; its values.
  Values answer(const Result<InvocationOutcome>& outcome = replied()) {
    auto waiting = invoker_.next();
    auto values = values_of(waiting.invocation.payload);
    waiting.answer(outcome);
    return values;
  }
  /// Looks again until `is_so`, for what another thread does in its own time.
  template <class Condition>
  [[nodiscard]] bool eventually(Condition is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      mappings_->look_now();
      std::this_thread::yield();
    }
    return true;
  }
  /// A part of a condition of eventually(): lets pauses end, whenever they began.
  bool a_second_later() {
    clock_.advance(std::chrono::seconds(1));
    return true;
  }
  bool ends_at(const std::string& uuid, stream::SequenceNumber number, std::size_t shard = 0) {
    return eventually([&] { return mappings_->status(uuid)->shards[shard].checkpoint == number; });
  }

  ManualClock clock_{kTestTime};
  SeededRandom random_{7};
  std::unique_ptr<FillingStore> store_ = std::make_unique<FillingStore>();
  TestStream stream_{2};
  TestInvoker invoker_;
  PostToUrl post_;
  std::size_t dead_letters_max_ = 1'000;
  std::uint64_t dead_letters_size_bytes_max_ = 1u << 20;
  std::unique_ptr<storage::CommitPipeline> commits_;
  std::unique_ptr<Mappings> mappings_;
};

}  // namespace parley::trigger
