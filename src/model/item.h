// Item: an owned stored item; and the builders that write the encoding of model/value_view.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/value_view.h"

namespace parley::model {

/// The owned bytes of one item; the empty item by default. A value type: copies are deep.
class Item {
 public:
  Item();
  /// `bytes` as ItemView wants them.
  explicit Item(std::string bytes) : bytes_(std::move(bytes)) {}
  explicit Item(ItemView view) : bytes_(view.bytes()) {}
  [[nodiscard]] ItemView view() const { return ItemView(bytes_); }
  [[nodiscard]] const std::string& bytes() const& { return bytes_; }
  [[nodiscard]] std::string bytes() && { return std::move(bytes_); }
  friend bool operator==(const Item&, const Item&) = default;

 private:
  std::string bytes_;
};

// Scalars: each appends one whole value (tag and payload) to `out`.
void append_string(std::string& out, std::string_view utf8);
void append_binary(std::string& out, std::string_view bytes);
void append_number(std::string& out, const Number& number);
/// A number from decimal text, in one step. Errors: as Number::parse; `out` is then unusable.
[[nodiscard]] Status append_number_text(std::string& out, std::string_view text);
void append_bool(std::string& out, bool value);
void append_null(std::string& out);
/// A scalar of type S, N or B from what ValueView::scalar_bytes gave.
void append_scalar(std::string& out, AttributeType type, std::string_view scalar_bytes);

/// Appends a set of `members` (scalar bytes, in any order); sorts them. Precondition: not empty.
/// Returns false, having appended nothing, when two members are equal.
[[nodiscard]] bool append_set(std::string& out, AttributeType set_type,
                              std::vector<std::string_view> members);

/// Writes an L at the end of `out`: append each element to `out` with the functions above (or a
/// nested builder), call element_added() after each, then finish(). `out` is borrowed until finish.
class ListBuilder {
 public:
  explicit ListBuilder(std::string& out);
  ListBuilder(const ListBuilder&) = delete;
  ListBuilder& operator=(const ListBuilder&) = delete;
  void element_added() { ++count_; }
  void finish();

 private:
  std::string& out_;
  std::size_t start_;
  std::size_t count_ = 0;
};

/// Writes an M, or a whole item, at the end of `out`: for each entry begin_entry(name), then append
/// exactly one value to `out`; then finish(). Entries may come in any order; finish() sorts them
/// and, where a name came twice, keeps the last. `out` is borrowed until finish; names only until
/// begin_entry returns. Not yet sorted input costs one extra copy of the map; up to
/// kInlineEntries entries nothing else is allocated.
class MapBuilder {
 public:
  enum class Kind : bool { kMap, kItem };
  explicit MapBuilder(std::string& out, Kind kind = Kind::kMap);
  MapBuilder(const MapBuilder&) = delete;
  MapBuilder& operator=(const MapBuilder&) = delete;
  void begin_entry(std::string_view name);
  void finish();

 private:
  static constexpr std::size_t kInlineEntries = 24;
  struct Slot {           // offsets from the start of the map
    std::uint32_t start;  // of varint(length) name value
    std::uint32_t name_start;
    std::uint32_t name_size;
  };
  [[nodiscard]] const Slot* slots() const {
    return spilled_.empty() ? inline_.data() : spilled_.data();
  }
  [[nodiscard]] std::string_view name_of(const Slot& slot) const;
  void add_slot(const Slot& slot);
  void sort_entries();
  struct Entry {
    std::uint64_t name_front;
    std::string_view name;
    std::string_view bytes;  // varint(length) name value
  };
  void write_sorted(std::string_view unsorted, std::span<Entry> entries);

  std::string& out_;
  std::size_t start_;
  Kind kind_;
  bool sorted_ = true;
  std::size_t count_ = 0;
  std::array<Slot, kInlineEntries> inline_;  // the first count_ are set, until they spill
  std::vector<Slot> spilled_;                // all of them, once they are too many
};

}  // namespace parley::model
