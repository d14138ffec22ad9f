// KnownRanges: which part of a store is resident, and its entries, as records of a versioned tree.
//
// A record's value is one byte of facts and then the entry's value. A record says whether its key
// exists (or that this is not known), and whether everything strictly between it and the next
// record, or the end, is known to be empty. Nothing is known below the first record. So the known
// part is a set of disjoint ranges, exact to the key; single entries are ranges of one key.
//
//   facts      key                      between it and the next record
//   kKnown     it does not exist        (unknown)
//   +kExists   it exists, value follows
//   kGapKnown                           nothing exists
//   none       unknown: a range ends before it
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "storage/key_value_store.h"
#include "storage/tree/cursor.h"
#include "storage/tree/edit.h"

namespace parley::storage {

inline constexpr unsigned kKnown = 1;
inline constexpr unsigned kExists = 2;
inline constexpr unsigned kGapKnown = 4;

[[nodiscard]] inline unsigned facts_of(const tree::Record& record) {
  return static_cast<unsigned char>(record.value()[0]);
}
[[nodiscard]] inline bool has(const tree::Record& record, unsigned fact) {
  return (facts_of(record) & fact) != 0;
}
[[nodiscard]] inline std::string_view entry_value(const tree::Record& record) {
  return record.value().substr(1);
}

/// A range of the store as it was read: every key in it that exists. The bounds are inclusive; an
/// exhausted range without upper bound ends with `last` absent.
struct LoadedRange {
  std::string first;
  std::optional<std::string> last;  // inclusive, or exclusive if `last_exclusive`
  bool last_exclusive = false;
  std::map<std::string, std::string, std::less<>> entries;

  [[nodiscard]] bool contains(std::string_view key) const;
};

/// Changes known ranges so that they stay exact. The edit is borrowed.
class KnownRanges {
 public:
  explicit KnownRanges(tree::Edit& edit) : edit_(edit) {}

  /// Follows a write of the store: what is resident changes, what is not stays unknown.
  void follow(const WriteBatch& batch);
  /// Makes a range known. It must show the state that the edit shows.
  void learn(const LoadedRange& range);
  /// Looks at the leaf at `hand` and moves the hand past it: clears its touched mark, or, if it had
  /// none, forgets all of its records. False if there is nothing to forget at all.
  bool forget_some(std::string& hand);

 private:
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  void erase_range(std::string_view begin, std::string_view end);
  void store(std::string_view key, unsigned facts, std::string_view value);
  /// True if everything between the record before `key` and the record after it is known.
  [[nodiscard]] bool gap_known_around(std::string_view key) const;

  tree::Edit& edit_;
  std::string scratch_;
};

}  // namespace parley::storage
