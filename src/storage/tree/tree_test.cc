// The versioned tree by itself: what pins keep, and that every byte is accounted for. Under the
// address sanitizer these also show that nothing is freed too early or never.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/tree/cursor.h"
#include "storage/tree/versions.h"

namespace parley::storage::tree {
namespace {

using Model = std::map<std::string, std::string>;

Model entries_of(const Node* root) {
  Model entries;
  Cursor cursor;
  for (cursor.seek(root, {}); cursor.valid(); cursor.next()) {
    entries.emplace(cursor.record().key(), cursor.record().value());
  }
  Model backward;
  for (cursor.seek_last(root); cursor.valid(); cursor.previous()) {
    backward.emplace(cursor.record().key(), cursor.record().value());
  }
  EXPECT_EQ(entries, backward);
  return entries;
}

TEST(Tree, PinsShowTheirVersionsInWhateverOrderTheyAreDropped) {
  Versions versions;
  std::mt19937_64 random(1);
  Model model;
  std::vector<std::pair<Pin, Model>> pinned;
  for (int round = 0; round < 600; ++round) {
    Edit edit = versions.edit();
    for (std::uint64_t i = random() % 30; i > 0; --i) {
      const std::string key = std::to_string(random() % 3000);
      switch (random() % 8) {
        case 0: {
          const std::string end = key + "9";
          edit.erase_range(key, end);
          model.erase(model.lower_bound(key), model.lower_bound(end));
          break;
        }
        case 1:
          edit.erase(key);
          model.erase(key);
          break;
        default:
          edit.put(key, std::to_string(round));
          model[key] = std::to_string(round);
      }
    }
    versions.publish(edit);
    if (random() % 3 == 0) pinned.emplace_back(versions.pin(), model);
    if (pinned.size() > 12) {
      const auto place = pinned.begin() + static_cast<std::ptrdiff_t>(random() % pinned.size());
      ASSERT_EQ(entries_of(place->first.root()), place->second);
      pinned.erase(place);
    }
  }
  EXPECT_EQ(entries_of(versions.pin().root()), model);
  for (const auto& [pin, wanted] : pinned) EXPECT_EQ(entries_of(pin.root()), wanted);
}

TEST(Tree, AnEmptiedTreeWeighsNothing) {
  Versions versions;
  std::mt19937_64 random(2);
  std::int64_t size_bytes = 0;
  std::vector<std::string> keys;
  for (int i = 0; i < 5000; ++i) keys.push_back(std::to_string(random() % 100'000'000));
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::string& key : keys) {
      Edit edit = versions.edit();
      if (pass == 0) {
        edit.put(key, "value");
      } else {
        edit.erase(key);
      }
      size_bytes += edit.size_delta_bytes();
      versions.publish(edit);
    }
    EXPECT_EQ(size_bytes > 0, pass == 0);
  }
  EXPECT_EQ(size_bytes, 0);
  EXPECT_EQ(versions.pin().root(), nullptr);
}

TEST(Tree, AscendingKeysFillTheirLeaves) {
  Versions versions;
  constexpr int kCount = 20'000;
  Edit edit = versions.edit();
  for (int i = 0; i < kCount; ++i) edit.put(std::to_string(1'000'000 + i), "v");
  const auto records = kCount * static_cast<std::int64_t>(sizeof(Record) + 8);
  const auto leaf = static_cast<std::int64_t>(sizeof(Node));
  EXPECT_LT(edit.size_delta_bytes() - records, kCount * leaf * 14 / 10 / std::int64_t{kFanout});
  versions.publish(edit);
}

TEST(Tree, KeysThatShareLongBeginningsOrderByTheirEnds) {
  Versions versions;
  Model model;
  Edit edit = versions.edit();
  for (int i = 0; i < 500; ++i) {
    std::string key(static_cast<std::size_t>(i % 40), '\0');
    key.append(static_cast<std::size_t>(i % 7), '\xff')
        .append(static_cast<std::size_t>(i % 11), '\0');
    edit.put(key, std::to_string(i));
    model[key] = std::to_string(i);
  }
  versions.publish(edit);
  EXPECT_EQ(entries_of(versions.pin().root()), model);
  for (const auto& [key, value] : model) {
    const Record* record = find(versions.pin().root(), key);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->value(), value);
    const std::string other = key + '\x01';
    EXPECT_EQ(find(versions.pin().root(), other) != nullptr, model.contains(other));
  }
}

}  // namespace
}  // namespace parley::storage::tree
