// What the cache adds to the contract of every store: what is resident, what is not, and that it is
// never wrong, against the store below and against a memory store, with writers running.
#include "storage/cache/cached_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/memory/memory_store.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

std::string name(int number) {
  return "k" + std::to_string(100 + number);
}

/// A memory store that lets a test act between a read's start and its end.
class InterruptedStore final : public KeyValueStore {
 public:
  [[nodiscard]] Status write(const WriteBatch& batch, Sync sync) override {
    if (failing) return fail(ErrorCode::kIo, "test");
    return inner_->write(batch, sync);
  }
  [[nodiscard]] Result<bool> get(std::string_view key, std::string& value,
                                 const Snapshot* snapshot) const override {
    ++reads;
    Result<bool> found = inner_->get(key, value, snapshot);
    if (after_read) std::exchange(after_read, nullptr)();
    return found;
  }
  [[nodiscard]] std::unique_ptr<Iterator> scan(const KeyRange& range, Direction direction,
                                               const Snapshot* snapshot) const override {
    ++reads;
    return inner_->scan(range, direction, snapshot);
  }
  [[nodiscard]] std::unique_ptr<Snapshot> snapshot() const override { return inner_->snapshot(); }
  [[nodiscard]] Status flush() override { return {}; }

  mutable int reads = 0;
  mutable std::function<void()> after_read;
  bool failing = false;

 private:
  std::unique_ptr<KeyValueStore> inner_ = make_memory_store();
};

class Cache : public testing::Test {
 protected:
  void SetUp() override { make({.traces = 0}); }

  void make(const CacheOptions& options) {
    auto owned = std::make_unique<InterruptedStore>();
    base_ = owned.get();
    cache_ = make_cached_store(std::move(owned), options);
    for (int i = 0; i < 40; i += 2) write(put(name(i), "v" + std::to_string(i)));
    base_->reads = 0;
  }
  void write(const WriteBatch& batch) { ASSERT_TRUE(cache_->write(batch, Sync::kOs)); }
  std::string get(std::string_view key) {
    std::string value;
    return *cache_->get(key, value) ? value : "(none)";
  }
  Entries page(const KeyRange& range, Direction direction, std::size_t limit) {
    Entries entries;
    const auto iterator = cache_->scan(range, direction);
    for (; iterator->valid() && entries.size() < limit; iterator->next()) {
      entries.emplace_back(iterator->key(), iterator->value());
    }
    return entries;
  }
  /// How often `work` read from the store below.
  int reads_of(const std::function<void()>& work) {
    const int before = base_->reads;
    work();
    return base_->reads - before;
  }

  InterruptedStore* base_ = nullptr;
  std::unique_ptr<CachedStore> cache_;
};

TEST_F(Cache, ASecondReadOfAnEntryIsResident) {
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(get(name(4)), "v4"); }), 1);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(get(name(4)), "v4"); }), 0);
  write(put(name(4), "new"));
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(get(name(4)), "new"); }), 0);
  write(erase(name(4)));
  EXPECT_EQ(get(name(4)), "(none)");
}

TEST_F(Cache, ASecondPageOfTheNewestIsResidentAndStaysSoThroughWrites) {
  const KeyRange range{"k", "l"};
  const auto newest = [&] { return page(range, Direction::kBackward, 3); };
  const Entries first{{name(38), "v38"}, {name(36), "v36"}, {name(34), "v34"}};
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(newest(), first); }), 1);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(newest(), first); }), 0);
  write(put(name(39), "newer"));
  write(put(name(36), "changed"));
  const Entries second{{name(39), "newer"}, {name(38), "v38"}, {name(36), "changed"}};
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(newest(), second); }), 0);
  write(erase(name(38)));
  const Entries third{{name(39), "newer"}, {name(36), "changed"}, {name(34), "v34"}};
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(newest(), third); }), 0);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(get(name(37)), "(none)"); }), 0);
}

TEST_F(Cache, AWalkBeyondWhatIsResidentGoesOnBelowWithoutAGap) {
  page({"k", "l"}, Direction::kBackward, 3);
  const Entries all = page({"k", "l"}, Direction::kBackward, 100);
  EXPECT_EQ(all.size(), 20U);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(page({"k", "l"}, Direction::kBackward, 100), all); }), 0);
  EXPECT_EQ(reads_of([&] {
              EXPECT_EQ(page({"k", "l"}, Direction::kForward, 100),
                        Entries(all.rbegin(), all.rend()));
            }),
            0);
  EXPECT_EQ(reads_of([&] { page({"k", "l0"}, Direction::kForward, 100); }), 1);
}

TEST_F(Cache, AnErasedRangeIsKnownToBeEmpty) {
  page({"k", "l"}, Direction::kForward, 100);
  WriteBatch batch;
  batch.erase_range({name(10), name(30)});
  write(batch);
  EXPECT_EQ(reads_of([&] {
              const Entries rest = page({name(8), name(33)}, Direction::kForward, 100);
              EXPECT_EQ(rest, (Entries{{name(8), "v8"}, {name(30), "v30"}, {name(32), "v32"}}));
              EXPECT_EQ(get(name(20)), "(none)");
            }),
            0);
}

TEST_F(Cache, AWriteDuringALoadIsInWhatBecomesResident) {
  base_->after_read = [&] { write(put(name(4), "raced")); };
  EXPECT_EQ(get(name(4)), "v4");
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(get(name(4)), "raced"); }), 0);

  {
    const auto walk = cache_->scan({"k", "l"}, Direction::kForward);
    write(put(name(0), "raced"));
    write(put(name(1), "appeared"));
    write(erase(name(2)));
    Entries seen;
    for (int i = 0; i < 3; ++i, walk->next()) seen.emplace_back(walk->key(), walk->value());
    EXPECT_EQ(seen, (Entries{{name(0), "v0"}, {name(2), "v2"}, {name(4), "raced"}}));
  }
  EXPECT_EQ(reads_of([&] {
              const Entries now = page({"k", "l"}, Direction::kForward, 3);
              EXPECT_EQ(now,
                        (Entries{{name(0), "raced"}, {name(1), "appeared"}, {name(4), "raced"}}));
            }),
            0);
}

TEST_F(Cache, ASnapshotReadsItsOwnStateAndLoadsNothingOld) {
  const auto snapshot = cache_->snapshot();
  write(put(name(4), "new"));
  std::string value;
  ASSERT_TRUE(*cache_->get(name(4), value, snapshot.get()));
  EXPECT_EQ(value, "v4");
  EXPECT_EQ(entries_of(*cache_->scan({}, Direction::kBackward, snapshot.get())).size(), 20U);
  EXPECT_EQ(get(name(4)), "new");
  ASSERT_TRUE(*cache_->get(name(4), value, snapshot.get()));
  EXPECT_EQ(value, "v4");
}

TEST_F(Cache, AFailedWriteChangesNothingResident) {
  EXPECT_EQ(get(name(4)), "v4");
  base_->failing = true;
  EXPECT_FALSE(cache_->write(put(name(4), "lost"), Sync::kOs));
  EXPECT_EQ(get(name(4)), "v4");
}

TEST_F(Cache, WhatIsReadOnceStaysOutside) {
  make({});
  const auto read_both = [&] {
    get(name(4));
    page({"k", "l"}, Direction::kBackward, 3);
  };
  EXPECT_EQ(reads_of(read_both), 2);
  EXPECT_EQ(cache_->figures().loads, 0U);
  EXPECT_EQ(reads_of(read_both), 2);
  EXPECT_EQ(cache_->figures().loads, 2U);
  EXPECT_EQ(reads_of(read_both), 0);
}

TEST_F(Cache, ALongWalkLeavesOnlyItsBeginningBehind) {
  make({.load_bytes_max = 50, .traces = 0});
  const KeyRange range{"k", "l"};
  EXPECT_EQ(page(range, Direction::kForward, 100).size(), 20U);
  EXPECT_EQ(reads_of([&] { page(range, Direction::kForward, 6); }), 0);
  EXPECT_EQ(reads_of([&] { page(range, Direction::kForward, 12); }), 1);
}

TEST_F(Cache, StaysWithinItsBound) {
  constexpr std::size_t kBound = 200'000;
  make({.size_bytes_max = kBound, .traces = 0});
  for (int i = 0; i < 2000; ++i) write(put("many" + std::to_string(i), std::string(500, 'v')));
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {
    get("many" + std::to_string(random() % 2000));
    page({"many" + std::to_string(random() % 2000), "n"}, Direction::kForward, 5);
    ASSERT_LT(cache_->figures().resident_bytes, kBound + 20'000);
  }
  EXPECT_GT(cache_->figures().hits, 100U);
}

TEST_F(Cache, WhatIsReadOftenOutlivesWhatIsNot) {
  make({.size_bytes_max = 100'000, .traces = 0});
  for (int i = 0; i < 1000; ++i) write(put("many" + std::to_string(i), std::string(500, 'v')));
  get(name(4));
  for (int i = 0; i < 1000; ++i) {
    get("many" + std::to_string(i));
    ASSERT_EQ(reads_of([&] { get(name(4)); }), 0) << i;
  }
}

// The same batches go to the cache and to a memory store under one lock; readers check pages and
// points of a snapshot of each, taken under the same lock, while loads, evictions and writers go
// on.
class CacheDifference : public testing::TestWithParam<std::size_t> {};

TEST_P(CacheDifference, NoneToAMemoryStoreUnderConcurrentWriters) {
  const auto wanted = make_memory_store();
  const auto cache = make_cached_store(
      make_memory_store(), {.size_bytes_max = GetParam(), .load_bytes_max = 400, .traces = 64});
  std::mutex both;
  std::atomic<int> differences = 0;
  const auto any_key = [](std::mt19937_64& random) {
    return std::string(random() % 3, 'p') + std::to_string(random() % 300);
  };
  const auto write_some = [&](std::mt19937_64& random) {
    WriteBatch batch;
    for (std::uint64_t i = random() % 6; i > 0; --i) {
      const std::string key = any_key(random);
      const std::uint64_t dice = random() % 100;
      if (dice < 60) {
        batch.put(key, std::to_string(random() % 1000000));
      } else if (dice < 95) {
        batch.erase(key);
      } else {
        batch.erase_range({key, key + "5"});
      }
    }
    const std::scoped_lock lock(both);
    if (!wanted->write(batch, Sync::kOs) || !cache->write(batch, Sync::kOs)) ++differences;
  };
  const auto check_some = [&](std::mt19937_64& random) {
    std::unique_ptr<Snapshot> wanted_snapshot;
    std::unique_ptr<Snapshot> snapshot;
    {
      const std::scoped_lock lock(both);
      wanted_snapshot = wanted->snapshot();
      snapshot = cache->snapshot();
    }
    for (int i = 0; i < 4; ++i) {
      const KeyRange range{any_key(random), random() % 8 == 0 ? "" : any_key(random)};
      const Direction direction = random() % 2 == 0 ? Direction::kForward : Direction::kBackward;
      const auto left = wanted->scan(range, direction, wanted_snapshot.get());
      const auto right = cache->scan(range, direction, snapshot.get());
      for (std::uint64_t n = random() % 30; n > 0 && left->valid();
           --n, left->next(), right->next()) {
        if (!right->valid() || left->key() != right->key() || left->value() != right->value()) {
          ++differences;
          return;
        }
      }
      if (!left->valid() && right->valid()) ++differences;
      std::string wanted_value;
      std::string value;
      const std::string key = any_key(random);
      const bool exists = *wanted->get(key, wanted_value, wanted_snapshot.get());
      if (*cache->get(key, value, snapshot.get()) != exists || value != wanted_value) ++differences;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937_64 random(thread);
      for (int i = 0; i < 3000; ++i) {
        if (thread < 2 && random() % 2 == 0) write_some(random);
        check_some(random);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, 0);
  // How many depends on the bound and on how the threads meet; none would mean an idle cache.
  EXPECT_GT(cache->figures().loads, 0U);
  EXPECT_GT(cache->figures().hits, 100U);
}

INSTANTIATE_TEST_SUITE_P(Sizes, CacheDifference, testing::Values(3000, 20'000, 10'000'000));

}  // namespace
}  // namespace parley::storage
