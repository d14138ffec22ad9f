#include "storage/memory/memory_store.h"

#include <mutex>
#include <utility>

#include "storage/tree/cursor.h"
#include "storage/tree/versions.h"

namespace parley::storage {
namespace {

struct MemorySnapshot final : Snapshot {
  explicit MemorySnapshot(tree::Pin version) : pin(std::move(version)) {}
  tree::Pin pin;
};

class MemoryIterator final : public Iterator {
 public:
  /// `own` keeps the version of `root`, or is empty when a snapshot does.
  MemoryIterator(tree::Pin own, const tree::Node* root, KeyRange range, Direction direction)
      : pin_(std::move(own)), range_(std::move(range)), direction_(direction) {
    if (direction == Direction::kForward) {
      cursor_.seek(root, range_.begin);
    } else if (range_.end.empty()) {
      cursor_.seek_last(root);
    } else {
      cursor_.seek_before(root, range_.end);
    }
    check_bound();
  }

  [[nodiscard]] bool valid() const override { return valid_; }
  [[nodiscard]] std::string_view key() const override { return cursor_.record().key(); }
  [[nodiscard]] std::string_view value() const override { return cursor_.record().value(); }
  [[nodiscard]] Status status() const override { return {}; }

  void next() override {
    if (direction_ == Direction::kForward) {
      cursor_.next();
    } else {
      cursor_.previous();
    }
    check_bound();
  }

 private:
  void check_bound() {
    valid_ = cursor_.valid();
    if (!valid_) return;
    if (direction_ == Direction::kForward) {
      valid_ = range_.end.empty() || key() < range_.end;
    } else {
      valid_ = key() >= range_.begin;
    }
  }

  tree::Pin pin_;
  KeyRange range_;
  Direction direction_;
  tree::Cursor cursor_;
  bool valid_ = false;
};

class MemoryStore final : public KeyValueStore {
 public:
  [[nodiscard]] Status write(const WriteBatch& batch, Sync) override {
    const std::scoped_lock lock(write_mutex_);
    tree::Edit edit = versions_.edit();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const WriteBatch::Operation operation = batch.at(i);
      switch (operation.kind) {
        case WriteBatch::Kind::kPut:
          edit.put(operation.key, operation.value);
          break;
        case WriteBatch::Kind::kErase:
          edit.erase(operation.key);
          break;
        case WriteBatch::Kind::kEraseRange:
          edit.erase_range(operation.key, operation.value);
          break;
      }
    }
    versions_.publish(edit);
    return {};
  }

  [[nodiscard]] Result<bool> get(std::string_view key, std::string& value,
                                 const Snapshot* snapshot) const override {
    tree::Pin own;
    if (snapshot == nullptr) own = versions_.pin();
    const tree::Record* record = tree::find(root_of(own, snapshot), key);
    if (record == nullptr) return false;
    value.assign(record->value());
    return true;
  }

  [[nodiscard]] std::unique_ptr<Iterator> scan(const KeyRange& range, Direction direction,
                                               const Snapshot* snapshot) const override {
    tree::Pin own;
    if (snapshot == nullptr) own = versions_.pin();
    const tree::Node* root = root_of(own, snapshot);
    return std::make_unique<MemoryIterator>(std::move(own), root, range, direction);
  }

  [[nodiscard]] std::unique_ptr<Snapshot> snapshot() const override {
    return std::make_unique<MemorySnapshot>(versions_.pin());
  }

  [[nodiscard]] Status flush() override { return {}; }

 private:
  static const tree::Node* root_of(const tree::Pin& own, const Snapshot* snapshot) {
    return snapshot == nullptr ? own.root()
                               : static_cast<const MemorySnapshot*>(snapshot)->pin.root();
  }

  std::mutex write_mutex_;
  tree::Versions versions_;
};

}  // namespace

std::unique_ptr<KeyValueStore> make_memory_store() {
  return std::make_unique<MemoryStore>();
}

}  // namespace parley::storage
