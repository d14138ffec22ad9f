#include "engine/ongoing_transactions.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <vector>

#include "storage/memory/memory_store.h"

namespace parley::engine {
namespace {

/// Commits nothing until it is opened.
class GatedStore final : public storage::KeyValueStore {
 public:
  void open() {
    {
      const std::scoped_lock lock(mutex_);
      is_open_ = true;
    }
    opened_.notify_all();
  }
  Status write(const storage::WriteBatch& batch, storage::Sync sync) override {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return is_open_; });
    return inner_->write(batch, sync);
  }
  Result<bool> get(std::string_view key, std::string& value,
                   const storage::Snapshot* snapshot) const override {
    return inner_->get(key, value, snapshot);
  }
  std::unique_ptr<storage::Iterator> scan(const storage::KeyRange& range,
                                          storage::Direction direction,
                                          const storage::Snapshot* snapshot) const override {
    return inner_->scan(range, direction, snapshot);
  }
  std::unique_ptr<storage::Snapshot> snapshot() const override { return inner_->snapshot(); }
  Status flush() override { return inner_->flush(); }

 private:
  std::unique_ptr<storage::KeyValueStore> inner_ = storage::make_memory_store();
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

class OngoingTransactionsTest : public testing::Test {
 protected:
  ~OngoingTransactionsTest() override { store_.open(); }

  storage::CommitTicket submit() {
    storage::WriteBatch batch;
    batch.put("k", "v");
    return commits_.submit(std::move(batch));
  }

  GatedStore store_;
  storage::CommitPipeline commits_{store_, {}};
  OngoingTransactions ongoing_{commits_};
};

TEST_F(OngoingTransactionsTest, EndWithTheirCommit) {
  const std::vector<std::string_view> keys = {"a", "b"};
  EXPECT_FALSE(ongoing_.any());
  const auto ticket = submit();
  ongoing_.add(keys, ticket);
  EXPECT_TRUE(ongoing_.any());
  EXPECT_TRUE(ongoing_.include("a"));
  EXPECT_TRUE(ongoing_.include("b"));
  EXPECT_FALSE(ongoing_.include("c"));
  store_.open();
  EXPECT_TRUE(commits_.wait(ticket));
  EXPECT_FALSE(ongoing_.include("a"));
  EXPECT_FALSE(ongoing_.any());
}

TEST_F(OngoingTransactionsTest, AreKnownInWhateverOrderTheyAreAdded) {
  const std::vector<std::string_view> first = {"a"};
  const std::vector<std::string_view> second = {"b"};
  const auto earlier = submit();
  const auto later = submit();
  ongoing_.add(second, later);
  ongoing_.add(first, earlier);
  EXPECT_TRUE(ongoing_.include("a"));
  EXPECT_TRUE(ongoing_.include("b"));
  store_.open();
  EXPECT_TRUE(commits_.wait(later));
  EXPECT_FALSE(ongoing_.include("a"));
  EXPECT_FALSE(ongoing_.include("b"));
}

TEST_F(OngoingTransactionsTest, AddedAfterTheirCommitAreOver) {
  store_.open();
  const std::vector<std::string_view> keys = {"a"};
  const auto ticket = submit();
  EXPECT_TRUE(commits_.wait(ticket));
  ongoing_.add(keys, ticket);
  EXPECT_FALSE(ongoing_.any());
  EXPECT_FALSE(ongoing_.include("a"));
}

}  // namespace
}  // namespace parley::engine
