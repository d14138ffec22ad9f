// For tests: streams over a memory store, and items written as JSON text.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/commit_pipeline.h"
#include "storage/key_value_store.h"
#include "stream/recorder.h"
#include "stream/stream.h"

namespace parley::stream {

/// A memory store that counts its scans, whose disk can be full and whose reading can fail.
class FaultyStore final : public storage::KeyValueStore {
 public:
  FaultyStore();
  Status write(const storage::WriteBatch& batch, storage::Sync sync) override;
  Result<bool> get(std::string_view key, std::string& value,
                   const storage::Snapshot* snapshot) const override;
  std::unique_ptr<storage::Iterator> scan(const storage::KeyRange& range,
                                          storage::Direction direction,
                                          const storage::Snapshot* snapshot) const override;
  std::unique_ptr<storage::Snapshot> snapshot() const override { return store_->snapshot(); }
  Status flush() override { return store_->flush(); }

  std::atomic<bool> is_full = false;
  mutable std::atomic<int> scans = 0;
  /// The scan after so many more fails, and all that follow; below 0: none does.
  mutable std::atomic<int> scans_until_failure = -1;

 private:
  std::unique_ptr<storage::KeyValueStore> store_;
};

class TestStreams {
 public:
  TestStreams();
  ~TestStreams();
  /// Closes the streams and loads them again from the same store.
  void reopen();
  [[nodiscard]] Streams* operator->() { return streams_.get(); }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] storage::CommitPipeline& commits() { return *commits_; }
  [[nodiscard]] FaultyStore& store() { return *store_; }

  /// A table with the key p (S) and a stream labelled "L" and a number from 1.
  [[nodiscard]] model::Table table(std::string_view name, model::StreamViewType view_type,
                                   std::uint32_t shards);
  /// The same, with its stream opened and committed.
  [[nodiscard]] model::Table open_table(std::string_view name, model::StreamViewType view_type,
                                        std::uint32_t shards);
  void close_table(const model::Table& table);
  [[nodiscard]] std::string arn(const model::Table& table) const;
  [[nodiscard]] StreamSnapshot stream(const model::Table& table) const;

  /// A change from one item to another as JSON, either may be ""; committed when it returns.
  void write(const model::Table& table, std::string_view old_item, std::string_view new_item);
  /// The change from no item to one with nothing but its key.
  void insert(const model::Table& table, std::string_view key);
  /// The change from nothing to an item with the number v; submitted only. Any thread.
  void submit(const model::Table& table, std::string_view key, int v);

  [[nodiscard]] std::vector<Record> read_all(const model::Table& table, std::size_t shard) const;
  [[nodiscard]] std::vector<std::string> event_ids(const model::Table& table,
                                                   std::size_t shard) const;
  [[nodiscard]] static std::string json(const model::Item& item);
  /// How many entries the store holds for the table's stream.
  [[nodiscard]] std::size_t entries_of(const model::Table& table) const;

 private:
  ManualClock clock_{1'700'000'000'000'000};
  model::Realm realm_;
  std::unique_ptr<FaultyStore> store_ = std::make_unique<FaultyStore>();
  std::unique_ptr<storage::CommitPipeline> commits_;
  std::unique_ptr<Streams> streams_;
  std::uint32_t next_id_ = 16;
};

}  // namespace parley::stream
