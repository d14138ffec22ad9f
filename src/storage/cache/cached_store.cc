// Every version of the tree of known ranges is published together with the snapshot of the store
// below that it agrees with, so a reader that pins a version may leave the known part at any point
// and go on below without seeing another state.
//
// A read of an unknown part becomes known when it ends. Until then it is registered as a load, and
// every write that is published meanwhile is also noted in it: so the load, brought up to date by
// its notes, agrees with whatever version is then the newest.
#include "storage/cache/cached_store.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "storage/cache/known_ranges.h"
#include "storage/tree/versions.h"

namespace parley::storage {
namespace {

constexpr std::size_t kNotesBytesMax = 256u << 10;  // a load that lasts through more is given up
constexpr int kLeavesForgottenMax = 512;            // at one publication

/// What is published with a version of the tree.
struct Below {
  std::uint64_t write_count;  // how many writes it shows
  std::unique_ptr<Snapshot> snapshot;
};

const Below& below(const tree::Pin& pin) {
  return *static_cast<const Below*>(pin.companion());
}

/// A range of the store below while it is being read.
struct Load {
  KeyRange range;  // what the read may come to
  WriteBatch notes = {};
  bool given_up = false;
};

bool touches(const WriteBatch::Operation& operation, const KeyRange& range) {
  if (!range.end.empty() && operation.key >= range.end) return false;
  return operation.kind == WriteBatch::Kind::kEraseRange ? operation.value > range.begin
                                                         : operation.key >= range.begin;
}

void note(WriteBatch& notes, const WriteBatch::Operation& operation) {
  switch (operation.kind) {
    case WriteBatch::Kind::kPut:
      notes.put(operation.key, operation.value);
      break;
    case WriteBatch::Kind::kErase:
      notes.erase(operation.key);
      break;
    case WriteBatch::Kind::kEraseRange:
      notes.erase_range({std::string(operation.key), std::string(operation.value)});
      break;
  }
}

/// Brings a range that was read up to date.
void apply_notes(LoadedRange& range, const WriteBatch& notes) {
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const WriteBatch::Operation newer = notes.at(i);
    if (newer.kind == WriteBatch::Kind::kEraseRange) {
      range.entries.erase(range.entries.lower_bound(newer.key),
                          range.entries.lower_bound(newer.value));
    } else if (!range.contains(newer.key)) {
      continue;
    } else if (newer.kind == WriteBatch::Kind::kPut) {
      range.entries.insert_or_assign(std::string(newer.key), std::string(newer.value));
    } else if (const auto entry = range.entries.find(newer.key); entry != range.entries.end()) {
      range.entries.erase(entry);
    }
  }
}

/// Recognises, mostly, what was missed before. Thread-safe; wrong answers cost only time.
class Traces {
 public:
  explicit Traces(std::size_t count) : slots_(count) {}
  /// True if the last trace left in this one's place was the same.
  bool seen(std::string_view key, char kind) {
    if (slots_.empty()) return true;
    const std::uint64_t hash = hash64(key) + static_cast<std::uint64_t>(kind);
    const auto tag = static_cast<std::uint32_t>(hash >> 32) | 1U;
    return slots_[hash % slots_.size()].exchange(tag, std::memory_order_relaxed) == tag;
  }

 private:
  std::vector<std::atomic<std::uint32_t>> slots_;
};

struct PinnedSnapshot final : Snapshot {
  explicit PinnedSnapshot(tree::Pin version) : pin(std::move(version)) {}
  tree::Pin pin;
};

class HotStore final : public CachedStore {
 public:
  HotStore(std::unique_ptr<KeyValueStore> base, const CacheOptions& options)
      : base_(std::move(base)),
        options_(options),
        versions_(std::make_shared<Below>(Below{0, base_->snapshot()})),
        traces_(options.traces) {}

  [[nodiscard]] Status write(const WriteBatch& batch, Sync sync) override;
  [[nodiscard]] Result<bool> get(std::string_view key, std::string& value,
                                 const Snapshot* snapshot) const override;
  [[nodiscard]] std::unique_ptr<Iterator> scan(const KeyRange& range, Direction direction,
                                               const Snapshot* snapshot) const override;
  [[nodiscard]] std::unique_ptr<Snapshot> snapshot() const override {
    return std::make_unique<PinnedSnapshot>(versions_.pin());
  }
  [[nodiscard]] Status flush() override { return base_->flush(); }
  [[nodiscard]] CacheFigures figures() const override;

 private:
  friend class HotIterator;
  using LoadHandle = std::list<Load>::iterator;

  /// Registers a read of `range` as of `pin`; false if the pin is out of date.
  bool begin_load(const KeyRange& range, const tree::Pin& pin, LoadHandle& load) const;
  /// Makes known what was read; null: nothing.
  void end_load(LoadHandle load, LoadedRange* read) const;
  void publish(tree::Edit& edit, std::shared_ptr<const Below> companion) const;

  const std::unique_ptr<KeyValueStore> base_;
  const CacheOptions options_;
  std::mutex write_mutex_;  // held across a write below
  mutable std::mutex publish_mutex_;
  mutable tree::Versions versions_;
  mutable std::list<Load> loads_;
  mutable std::string hand_;  // where the clock of evictions stands
  mutable std::int64_t resident_bytes_ = 0;
  mutable std::uint64_t load_count_ = 0;
  mutable Traces traces_;
  mutable std::atomic<std::uint64_t> hits_ = 0;
  mutable std::atomic<std::uint64_t> misses_ = 0;
};

Status HotStore::write(const WriteBatch& batch, Sync sync) {
  const std::scoped_lock write_lock(write_mutex_);
  PARLEY_TRY(base_->write(batch, sync));
  auto companion = std::make_shared<Below>(Below{0, base_->snapshot()});
  const std::scoped_lock lock(publish_mutex_);
  companion->write_count = below(versions_.pin()).write_count + 1;
  for (Load& load : loads_) {
    if (load.given_up) continue;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const WriteBatch::Operation operation = batch.at(i);
      if (touches(operation, load.range)) note(load.notes, operation);
    }
    load.given_up = load.notes.size_bytes() > kNotesBytesMax;
  }
  tree::Edit edit = versions_.edit();
  KnownRanges(edit).follow(batch);
  publish(edit, std::move(companion));
  return {};
}

// Makes room first. Precondition: publish_mutex_ is held.
void HotStore::publish(tree::Edit& edit, std::shared_ptr<const Below> companion) const {
  const auto limit = static_cast<std::int64_t>(options_.size_bytes_max);
  KnownRanges known(edit);
  for (int i = 0; i < kLeavesForgottenMax && resident_bytes_ + edit.size_delta_bytes() > limit;
       ++i) {
    if (!known.forget_some(hand_)) break;
  }
  resident_bytes_ += edit.size_delta_bytes();
  versions_.publish(edit, std::move(companion));
}

Result<bool> HotStore::get(std::string_view key, std::string& value,
                           const Snapshot* snapshot) const {
  tree::Pin own;
  if (snapshot == nullptr) own = versions_.pin();
  const tree::Pin& pin =
      snapshot == nullptr ? own : static_cast<const PinnedSnapshot*>(snapshot)->pin;
  if (const tree::Record* record = tree::find(pin.root(), key)) {
    if (has(*record, kKnown)) {
      hits_.fetch_add(1, std::memory_order_relaxed);
      if (!has(*record, kExists)) return false;
      value.assign(entry_value(*record));
      return true;
    }
  } else {
    tree::Cursor cursor;
    cursor.seek_before(pin.root(), key);
    if (cursor.valid() && has(cursor.record(), kGapKnown)) {
      tree::touch(cursor.leaf());
      hits_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  if (!traces_.seen(key, 'p')) return base_->get(key, value, below(pin).snapshot.get());
  LoadHandle load;
  std::string end(key);
  end.push_back('\0');
  const bool loading = begin_load({std::string(key), std::move(end)}, pin, load);
  Result<bool> found = base_->get(key, value, below(pin).snapshot.get());
  if (loading) {
    // What does not exist costs little below, and is mostly about to be written.
    const bool resident = found && *found && value.size() <= options_.load_bytes_max;
    LoadedRange read{std::string(key), std::string(key), false, {}};
    if (resident) read.entries.emplace(key, value);
    end_load(load, resident ? &read : nullptr);
  }
  return found;
}

bool HotStore::begin_load(const KeyRange& range, const tree::Pin& pin, LoadHandle& load) const {
  const std::scoped_lock lock(publish_mutex_);
  if (below(versions_.pin()).write_count != below(pin).write_count) return false;
  load = loads_.insert(loads_.end(), Load{range});
  return true;
}

void HotStore::end_load(LoadHandle load, LoadedRange* read) const {
  const std::scoped_lock lock(publish_mutex_);
  if (read != nullptr && !load->given_up) {
    apply_notes(*read, load->notes);
    tree::Edit edit = versions_.edit();
    KnownRanges(edit).learn(*read);
    publish(edit, std::static_pointer_cast<const Below>(versions_.companion()));
    ++load_count_;
  }
  loads_.erase(load);
}

CacheFigures HotStore::figures() const {
  const std::scoped_lock lock(publish_mutex_);
  return {hits_, misses_, load_count_, static_cast<std::size_t>(resident_bytes_)};
}

/// Walks the known ranges for as long as they last, and below from there on.
class HotIterator final : public Iterator {
 public:
  /// Keeps a pin of its own unless it gets a snapshot's.
  HotIterator(const HotStore& store, tree::Pin own, const tree::Pin* shared, KeyRange range,
              Direction direction)
      : store_(store),
        own_(std::move(own)),
        pin_(shared != nullptr ? *shared : own_),
        range_(std::move(range)),
        direction_(direction) {
    if (range_.end.empty() || range_.begin < range_.end) {
      direction_ == Direction::kForward ? start_forward() : start_backward();
    }
    (cold_ ? store_.misses_ : store_.hits_).fetch_add(1, std::memory_order_relaxed);
  }

  ~HotIterator() override { finish_load(); }
  HotIterator(const HotIterator&) = delete;
  HotIterator& operator=(const HotIterator&) = delete;

  [[nodiscard]] bool valid() const override { return cold_ ? cold_->valid() : hot_; }
  [[nodiscard]] std::string_view key() const override {
    return cold_ ? cold_->key() : cursor_.record().key();
  }
  [[nodiscard]] std::string_view value() const override {
    return cold_ ? cold_->value() : entry_value(cursor_.record());
  }
  [[nodiscard]] Status status() const override { return cold_ ? cold_->status() : Status(); }

  void next() override {
    if (cold_) {
      cold_->next();
      note_cold();
    } else if (direction_ == Direction::kForward) {
      step_forward();
    } else {
      step_backward();
    }
  }

 private:
  void start_forward() {
    cursor_.seek_before(pin_.root(), range_.begin);
    const bool known_before = cursor_.valid() && has(cursor_.record(), kGapKnown);
    if (cursor_.valid()) {
      cursor_.next();
    } else {
      cursor_.seek(pin_.root(), range_.begin);
    }
    if (known_before || (cursor_.valid() && cursor_.record().key() == range_.begin)) {
      settle_forward();
    } else {
      go_below(range_);
    }
  }

  // At a record up to which all is known.
  void settle_forward() {
    while (true) {
      hot_ = cursor_.valid() && (range_.end.empty() || cursor_.record().key() < range_.end);
      if (!hot_) return;
      const tree::Record& record = cursor_.record();
      if (!has(record, kKnown)) return go_below({std::string(record.key()), range_.end});
      tree::touch(cursor_.leaf());
      if (has(record, kExists)) return;
      if (!leave_forward()) return;
    }
  }

  void step_forward() {
    if (leave_forward()) settle_forward();
  }

  // To the next record, or below if there may be something between.
  bool leave_forward() {
    const tree::Record& record = cursor_.record();
    if (has(record, kGapKnown)) {
      cursor_.next();
      return true;
    }
    std::string from(record.key());
    from.push_back('\0');
    go_below({std::move(from), range_.end});
    return false;
  }

  void start_backward() {
    if (range_.end.empty()) {
      cursor_.seek_last(pin_.root());
    } else {
      cursor_.seek_before(pin_.root(), range_.end);
    }
    if (cursor_.valid() && has(cursor_.record(), kGapKnown)) {
      settle_backward();
    } else {
      go_below(range_);
    }
  }

  // At a record above which all is known, and so its own key is.
  void settle_backward() {
    while (true) {
      hot_ = cursor_.record().key() >= range_.begin;
      if (!hot_) return;
      tree::touch(cursor_.leaf());
      if (has(cursor_.record(), kExists)) return;
      if (!leave_backward()) return;
    }
  }

  void step_backward() {
    if (leave_backward()) settle_backward();
  }

  bool leave_backward() {
    std::string_view left = cursor_.record().key();
    if (left == range_.begin) {
      hot_ = false;
      return false;
    }
    cursor_.previous();
    if (cursor_.valid() && has(cursor_.record(), kGapKnown)) return true;
    go_below({range_.begin, std::string(left)});
    return false;
  }

  void go_below(KeyRange rest) {
    hot_ = false;
    if (!rest.end.empty() && rest.begin >= rest.end) return;  // the walk ends here
    const char kind = direction_ == Direction::kForward ? 'f' : 'b';
    loading_ = store_.traces_.seen(rest.begin, kind) && store_.begin_load(rest, pin_, load_);
    cold_ = store_.base_->scan(rest, direction_, below(pin_).snapshot.get());
    if (loading_) read_.first = rest.begin;
    rest_ = std::move(rest);
    note_cold();
  }

  // Collects what the walk shows. The load ends with the walk, or when it is large enough.
  void note_cold() {
    if (!loading_) return;
    if (!cold_->valid()) {
      exhausted_ = cold_->status().has_value();
      return finish_load();
    }
    const std::string_view shown = cold_->key();
    loaded_bytes_ += shown.size() + cold_->value().size();
    if (loaded_bytes_ > store_.options_.load_bytes_max) return finish_load();
    reached_ = shown;
    read_.entries.insert_or_assign(std::string(shown), std::string(cold_->value()));
  }

  void finish_load() {
    if (!loading_) return;
    loading_ = false;
    const bool any = exhausted_ || !read_.entries.empty();
    if (exhausted_ || direction_ == Direction::kBackward) {
      if (!rest_.end.empty()) read_.last = rest_.end;
      read_.last_exclusive = true;
      if (!exhausted_) read_.first = reached_;
    } else {
      read_.last = reached_;
    }
    store_.end_load(load_, any ? &read_ : nullptr);
  }

  const HotStore& store_;
  tree::Pin own_;
  const tree::Pin& pin_;  // own_, or the snapshot's
  KeyRange range_;
  Direction direction_;
  tree::Cursor cursor_;
  bool hot_ = false;  // the cursor is at an entry of the walk

  std::unique_ptr<Iterator> cold_;  // once made, the walk goes on below
  KeyRange rest_;
  bool loading_ = false;
  HotStore::LoadHandle load_;
  LoadedRange read_;
  std::string reached_;
  bool exhausted_ = false;
  std::size_t loaded_bytes_ = 0;
};

std::unique_ptr<Iterator> HotStore::scan(const KeyRange& range, Direction direction,
                                         const Snapshot* snapshot) const {
  if (snapshot == nullptr) {
    return std::make_unique<HotIterator>(*this, versions_.pin(), nullptr, range, direction);
  }
  const tree::Pin& pin = static_cast<const PinnedSnapshot*>(snapshot)->pin;
  return std::make_unique<HotIterator>(*this, tree::Pin(), &pin, range, direction);
}

}  // namespace

std::unique_ptr<CachedStore> make_cached_store(std::unique_ptr<KeyValueStore> base,
                                               const CacheOptions& options) {
  return std::make_unique<HotStore>(std::move(base), options);
}

}  // namespace parley::storage
