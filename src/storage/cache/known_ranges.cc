#include "storage/cache/known_ranges.h"

namespace parley::storage {
namespace {

/// The first key after `key`.
std::string successor(std::string_view key) {
  std::string next(key);
  next.push_back('\0');
  return next;
}

}  // namespace

bool LoadedRange::contains(std::string_view key) const {
  if (key < first) return false;
  if (!last) return true;
  return last_exclusive ? key < *last : key <= *last;
}

void KnownRanges::follow(const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch.at(i);
    switch (operation.kind) {
      case WriteBatch::Kind::kPut:
        put(operation.key, operation.value);
        break;
      case WriteBatch::Kind::kErase:
        erase(operation.key);
        break;
      case WriteBatch::Kind::kEraseRange:
        erase_range(operation.key, operation.value);
        break;
    }
  }
}

bool KnownRanges::gap_known_around(std::string_view key) const {
  tree::Cursor cursor;
  cursor.seek_before(edit_.root(), key);
  return cursor.valid() && has(cursor.record(), kGapKnown);
}

void KnownRanges::store(std::string_view key, unsigned facts, std::string_view value) {
  scratch_.assign(1, static_cast<char>(facts)).append(value);
  edit_.put(key, scratch_);
}

void KnownRanges::put(std::string_view key, std::string_view value) {
  if (const tree::Record* record = tree::find(edit_.root(), key)) {
    store(key, kKnown | kExists | (facts_of(*record) & kGapKnown), value);
  } else if (gap_known_around(key)) {
    store(key, kKnown | kExists | kGapKnown, value);
  }
}

void KnownRanges::erase(std::string_view key) {
  const tree::Record* record = tree::find(edit_.root(), key);
  if (record == nullptr) return;
  const bool gap_after = has(*record, kGapKnown);
  if (gap_known_around(key) == gap_after) {
    edit_.erase(key);  // amid a range, or alone
  } else {
    store(key, gap_after ? kKnown | kGapKnown : kKnown, {});  // a range begins or ends here
  }
}

// The range is empty afterwards. A record before it whose gap was known says so for the whole of
// it, and must not say more than is known about what follows.
void KnownRanges::erase_range(std::string_view begin, std::string_view end) {
  const bool known_before = gap_known_around(begin);
  const bool known_at_end = tree::find(edit_.root(), end) != nullptr || gap_known_around(end);
  edit_.erase_range(begin, end);
  if (known_before && !known_at_end) store(end, 0, {});
}

void KnownRanges::learn(const LoadedRange& range) {
  // What is known of the keys after the range, before it is changed.
  bool known_after = !range.last;
  bool limit_needed = false;
  if (range.last && range.last_exclusive) {
    known_after = true;  // up to `last`, where a record stands or is needed
    limit_needed =
        tree::find(edit_.root(), *range.last) == nullptr && !gap_known_around(*range.last);
  } else if (range.last) {
    const tree::Record* record = tree::find(edit_.root(), *range.last);
    known_after = record != nullptr ? has(*record, kGapKnown) : gap_known_around(*range.last);
  }

  if (range.last) {
    edit_.erase_range(range.first, *range.last);
  } else {
    tree::Cursor cursor;
    for (cursor.seek(edit_.root(), range.first); cursor.valid();
         cursor.seek(edit_.root(), range.first)) {
      edit_.erase(std::string(cursor.record().key()));
    }
  }
  if (limit_needed) store(*range.last, 0, {});
  // The ends have records of their own, also where no key exists.
  const bool last_included = range.last && !range.last_exclusive;
  if (!range.entries.contains(range.first)) store(range.first, kKnown | kGapKnown, {});
  for (const auto& [key, value] : range.entries) {
    const bool gap_known = known_after || !last_included || key != *range.last;
    store(key, kKnown | kExists | (gap_known ? kGapKnown : 0), value);
  }
  if (last_included && !range.entries.contains(*range.last)) {
    store(*range.last, known_after ? kKnown | kGapKnown : kKnown, {});
  }
}

bool KnownRanges::forget_some(std::string& hand) {
  tree::Cursor cursor;
  cursor.seek(edit_.root(), hand);
  if (!cursor.valid()) cursor.seek(edit_.root(), {});
  if (!cursor.valid()) return false;
  const tree::Node& leaf = cursor.leaf();
  const std::string first(leaf.keys[0]->key());
  hand = successor(leaf.keys[leaf.count - 1U]->key());
  if (leaf.touched.exchange(false, std::memory_order_relaxed)) return true;
  cursor.seek_before(edit_.root(), first);
  if (cursor.valid() && has(cursor.record(), kGapKnown)) {
    const tree::Record& before = cursor.record();
    store(std::string(before.key()), facts_of(before) & ~kGapKnown,
          std::string(entry_value(before)));
  }
  edit_.erase_range(first, hand);
  return true;
}

}  // namespace parley::storage
