// What every KeyValueStore promises, run on each implementation.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/key_value_store.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  StoreContract() : stored_(GetParam()) {}

  KeyValueStore& store() { return stored_.store(); }

  void put(std::string_view key, std::string_view value) {
    WriteBatch batch;
    batch.put(key, value);
    ASSERT_TRUE(store().write(batch, Sync::kOs));
  }
  void erase(std::string_view key) {
    WriteBatch batch;
    batch.erase(key);
    ASSERT_TRUE(store().write(batch, Sync::kOs));
  }
  void erase_range(std::string begin, std::string end) {
    WriteBatch batch;
    batch.erase_range({std::move(begin), std::move(end)});
    ASSERT_TRUE(store().write(batch, Sync::kOs));
  }
  std::string get(std::string_view key, const Snapshot* snapshot = nullptr) {
    std::string value = "?";
    const Result<bool> found = store().get(key, value, snapshot);
    EXPECT_TRUE(found);
    return *found ? value : "(none)";
  }
  Entries scan(const KeyRange& range, Direction direction = Direction::kForward,
               const Snapshot* snapshot = nullptr) {
    return entries_of(*store().scan(range, direction, snapshot));
  }

  TestStore stored_;
};

TEST_P(StoreContract, GivesBackWhatWasPut) {
  put("a", "1");
  put("", "the empty key");
  put("b", "");
  put(std::string("n\0ul", 4), std::string("\0\xff", 2));
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get(""), "the empty key");
  EXPECT_EQ(get("b"), "");
  EXPECT_EQ(get(std::string("n\0ul", 4)), std::string("\0\xff", 2));
  EXPECT_EQ(get("c"), "(none)");
}

TEST_P(StoreContract, ALaterEntryOfABatchWins) {
  put("old", "0");
  WriteBatch batch;
  batch.put("a", "1");
  batch.put("a", "2");
  batch.put("b", "1");
  batch.erase("b");
  batch.erase("c");
  batch.put("c", "1");
  batch.put("range1", "before");
  batch.erase_range({"o", "s"});
  batch.put("range2", "after");
  ASSERT_TRUE(store().write(batch, Sync::kFsync));
  EXPECT_EQ(scan({}), (Entries{{"a", "2"}, {"c", "1"}, {"range2", "after"}}));
}

TEST_P(StoreContract, AnEmptyBatchChangesNothing) {
  put("a", "1");
  ASSERT_TRUE(store().write(WriteBatch(), Sync::kFsync));
  EXPECT_EQ(scan({}), (Entries{{"a", "1"}}));
}

TEST_P(StoreContract, KeysOrderAsUnsignedBytes) {
  for (const std::string_view key : {"\x7f", "\x80", "a", "\xff", "aa", "a\x01", "B"})
    put(key, "v");
  put(std::string("a\0", 2), "v");
  std::vector<std::string> keys;
  for (const auto& [key, value] : scan({})) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"B", "a", std::string("a\0", 2), "a\x01", "aa", "\x7f",
                                            "\x80", "\xff"}));
}

TEST_P(StoreContract, ARangeHasItsBeginAndNotItsEnd) {
  for (const std::string_view key : {"a", "b", "c", "d"}) put(key, key);
  const Entries middle{{"b", "b"}, {"c", "c"}};
  EXPECT_EQ(scan({"b", "d"}), middle);
  EXPECT_EQ(scan({"b", "d"}, Direction::kBackward), Entries(middle.rbegin(), middle.rend()));
  EXPECT_EQ(scan({"aa", "cc"}), middle);
  EXPECT_EQ(scan({"aa", "cc"}, Direction::kBackward), Entries(middle.rbegin(), middle.rend()));
  EXPECT_EQ(scan({"c", ""}), (Entries{{"c", "c"}, {"d", "d"}}));
  EXPECT_EQ(scan({"c", ""}, Direction::kBackward), (Entries{{"d", "d"}, {"c", "c"}}));
  EXPECT_EQ(scan({"x", ""}), Entries());
  EXPECT_EQ(scan({"", "a"}, Direction::kBackward), Entries());
  for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
    EXPECT_EQ(scan({"b", "b"}, direction), Entries());
    EXPECT_EQ(scan({"c", "b"}, direction), Entries());
  }
}

TEST_P(StoreContract, EraseRangeTakesItsBeginAndLeavesItsEnd) {
  for (const std::string_view key : {"a", "b", "c", "d"}) put(key, key);
  erase_range("b", "d");
  EXPECT_EQ(scan({}), (Entries{{"a", "a"}, {"d", "d"}}));
  erase_range("x", "z");
  erase_range("d", "a");
  EXPECT_EQ(scan({}), (Entries{{"a", "a"}, {"d", "d"}}));
  put("c", "again");
  EXPECT_EQ(get("c"), "again");
  EXPECT_EQ(get("b"), "(none)");
}

TEST_P(StoreContract, ASnapshotDoesNotMove) {
  put("a", "1");
  put("b", "1");
  const auto snapshot = store().snapshot();
  put("a", "2");
  erase("b");
  put("c", "2");
  erase_range("a", "b");
  EXPECT_EQ(get("a", snapshot.get()), "1");
  EXPECT_EQ(get("b", snapshot.get()), "1");
  EXPECT_EQ(get("c", snapshot.get()), "(none)");
  EXPECT_EQ(scan({}, Direction::kForward, snapshot.get()), (Entries{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(scan({}, Direction::kBackward, snapshot.get()), (Entries{{"b", "1"}, {"a", "1"}}));
  EXPECT_EQ(scan({}), (Entries{{"c", "2"}}));
}

TEST_P(StoreContract, AnIteratorShowsTheMomentItWasMade) {
  for (int i = 10; i < 99; ++i) put("k" + std::to_string(i), "old");
  for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
    const auto iterator = store().scan({}, direction);
    erase_range("k40", "k50");
    put("k", "new");
    put("k99", "new");
    EXPECT_EQ(entries_of(*iterator).size(), 89U);
    erase("k");
    erase("k99");
    for (int i = 40; i < 50; ++i) put("k" + std::to_string(i), "old");
  }
}

TEST_P(StoreContract, AMissLeavesAndAHitReplacesTheCallersString) {
  put("a", "short");
  std::string value(100, 'x');
  EXPECT_TRUE(*store().get("a", value));
  EXPECT_EQ(value, "short");
  EXPECT_FALSE(*store().get("b", value));
}

TEST_P(StoreContract, LongKeysAndValuesComeBack) {
  const std::string key(4000, 'k');
  const std::string value(500'000, 'v');
  put(key, value);
  put(key + "1", "1");
  EXPECT_EQ(get(key), value);
  EXPECT_EQ(scan({key, ""}).size(), 2U);
}

// Random batches against a std::map, with a snapshot held across many of them.
TEST_P(StoreContract, BehavesAsAnOrderedMap) {
  std::mt19937_64 random(7);
  const auto number = [&](std::uint64_t limit) { return random() % limit; };
  const auto any_key = [&] {
    // Few enough to collide, of different lengths, with long shared prefixes.
    std::string key(number(3) * 7, 'p');
    return key + std::to_string(number(400));
  };
  std::map<std::string, std::string> model;
  std::map<std::string, std::string> frozen;
  std::unique_ptr<Snapshot> snapshot = store().snapshot();
  const auto expect_same = [&](const std::map<std::string, std::string>& wanted,
                               const Snapshot* at) {
    KeyRange range{any_key(), number(4) == 0 ? "" : any_key()};
    Entries entries;
    for (auto entry = wanted.lower_bound(range.begin); entry != wanted.end(); ++entry) {
      if (!range.end.empty() && entry->first >= range.end) break;
      entries.emplace_back(*entry);
    }
    ASSERT_EQ(scan(range, Direction::kForward, at), entries);
    ASSERT_EQ(scan(range, Direction::kBackward, at), Entries(entries.rbegin(), entries.rend()));
    const std::string key = any_key();
    ASSERT_EQ(get(key, at), wanted.contains(key) ? wanted.at(key) : "(none)");
  };
  for (int round = 0; round < 1500; ++round) {
    WriteBatch batch;
    for (std::uint64_t i = number(20); i > 0; --i) {
      const std::string key = any_key();
      const std::uint64_t dice = number(100);
      if (dice < (round / 300 % 2 == 0 ? 70 : 30)) {
        const std::string value = std::to_string(random());
        batch.put(key, value);
        model[key] = value;
      } else if (dice < 97) {
        batch.erase(key);
        model.erase(key);
      } else if (const std::string end = any_key(); key < end) {
        batch.erase_range({key, end});
        model.erase(model.lower_bound(key), model.lower_bound(end));
      }
    }
    ASSERT_TRUE(store().write(batch, Sync::kOs));
    ASSERT_NO_FATAL_FAILURE(expect_same(model, nullptr));
    ASSERT_NO_FATAL_FAILURE(expect_same(frozen, snapshot.get()));
    if (round % 100 == 99) {
      snapshot = store().snapshot();
      frozen = model;
    }
  }
}

// Each batch moves the same number into two keys and a range; readers must never see a mixture.
TEST_P(StoreContract, ReadersSeeWholeBatchesOnly) {
  constexpr int kRounds = 400;
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  const auto write_round = [&](int round) {
    const std::string value = std::to_string(round);
    WriteBatch batch;
    batch.erase_range({"m", "n"});
    for (const std::string_view key : {"a", "m1", "m2", "z"}) batch.put(key, value);
    ASSERT_TRUE(store().write(batch, Sync::kOs));
  };
  write_round(0);
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      const Direction direction = reader == 0 ? Direction::kBackward : Direction::kForward;
      while (!stop) {
        const Entries entries = scan({}, direction);
        bool whole = entries.size() == 4;
        for (const auto& entry : entries) whole = whole && entry.second == entries[0].second;
        const auto snapshot = store().snapshot();
        const std::string first = get("z", snapshot.get());
        whole = whole && first == get("m1", snapshot.get()) &&
                scan({"a", "b"}, Direction::kForward, snapshot.get()) == Entries{{"a", first}};
        if (!whole) ++torn;
      }
    });
  }
  for (int round = 1; round <= kRounds; ++round) write_round(round);
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(get("a"), std::to_string(kRounds));
}

TEST_P(StoreContract, ConcurrentWritersLoseNothing) {
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 200; ++i) put(std::to_string(writer) + "/" + std::to_string(i), "v");
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(scan({}).size(), 800U);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreContract, testing::ValuesIn(kEveryStore),
                         [](const auto& instance) { return name_of(instance.param); });

}  // namespace
}  // namespace parley::storage
