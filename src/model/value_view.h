// Views over the stored encoding of values and items: what expressions read and replies are written
// from. Nothing here owns or allocates.
//
// The encoding (docs/formats/item.md) is canonical: maps and items are sorted by attribute name,
// sets by member, numbers are normal, no two names or members are equal. So two values are equal
// exactly when their bytes are.
//
//   value = tag (ValueTag, one byte), payload
//     S, B        varint(length) bytes
//     N           u8(length) number bytes (model/number.h)
//     true, false, NULL        nothing
//     SS, BS      u32be(length of the rest) varint(count) { varint(length) bytes }
//     NS          u32be(length of the rest) varint(count) { u8(length) number bytes }
//     L           u32be(length of the rest) varint(count) { value }
//     M           u32be(length of the rest) entries
//   entries = varint(count) { varint(length) name, value }
//   item    = version byte (kItemVersion), entries
//
// The small accessors are inline at the end of this file: a Query runs them for every attribute of
// every item, and out of line they cost more than the work they do.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "model/attribute_type.h"
#include "model/number.h"

namespace parley::model {

inline constexpr char kItemVersion = 1;

class SetView;
class ListView;
class MapView;

/// One encoded value. The bytes must be valid (written by this folder or checked by
/// is_valid_item) and outlive the view. Accessors of the wrong type are bugs (PARLEY_ASSERT).
class ValueView {
 public:
  ValueView() = default;
  /// `bytes` is exactly one value: tag and payload.
  explicit ValueView(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] AttributeType type() const;
  /// The payload of an S or B, or the encoded number of an N: ordering these bytes orders the
  /// values.
  [[nodiscard]] std::string_view scalar_bytes() const;
  [[nodiscard]] Number number() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] SetView set() const;
  [[nodiscard]] ListView list() const;
  [[nodiscard]] MapView map() const;

  /// Tag and payload, for copying into another value.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// What DynamoDB counts for this value (without its name); what size() does is in expr.
  [[nodiscard]] std::size_t size_bytes() const;

  friend bool operator==(ValueView left, ValueView right) { return left.bytes_ == right.bytes_; }

 private:
  std::string_view bytes_;
};

/// Order of two S, two N or two B values; precondition: same type, is_scalar_key(type).
[[nodiscard]] std::strong_ordering compare_scalars(ValueView left, ValueView right);

/// The members of an SS, NS or BS in ascending order, as scalar bytes (see
/// ValueView::scalar_bytes).
class SetView {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(std::string_view rest, std::size_t left, bool numbers);
    [[nodiscard]] std::string_view operator*() const { return member_; }
    Iterator& operator++();
    Iterator operator++(int) {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.left_ == 0; }

   private:
    void read();
    std::string_view rest_;
    std::string_view member_;
    std::size_t left_ = 0;
    bool numbers_ = false;
  };

  /// `members` is what follows the length of an SS, NS or BS: varint(count) and the members.
  SetView(AttributeType type, std::string_view members);
  [[nodiscard]] AttributeType type() const { return type_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool contains(std::string_view scalar_bytes) const;
  [[nodiscard]] Iterator begin() const {
    return {members_, count_, type_ == AttributeType::kNumberSet};
  }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  AttributeType type_;
  std::size_t count_ = 0;
  std::string_view members_;
};

class ListView {
 public:
  class Iterator {
   public:
    using value_type = ValueView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(std::string_view rest, std::size_t left);
    [[nodiscard]] ValueView operator*() const { return value_; }
    Iterator& operator++();
    Iterator operator++(int) {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.left_ == 0; }

   private:
    void read();
    std::string_view rest_;
    ValueView value_;
    std::size_t left_ = 0;
  };

  /// `elements` is what follows the length of an L: varint(count) and the elements.
  explicit ListView(std::string_view elements);
  [[nodiscard]] std::size_t size() const { return count_; }
  /// The element at `index` (from 0), or nullopt past the end. O(index).
  [[nodiscard]] std::optional<ValueView> at(std::size_t index) const;
  [[nodiscard]] Iterator begin() const { return {elements_, count_}; }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  std::size_t count_ = 0;
  std::string_view elements_;
};

/// The entries of an M or of an item, in ascending order of name (unsigned bytes).
class MapView {
 public:
  struct Entry {
    std::string_view name;
    ValueView value;
  };
  class Iterator {
   public:
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(std::string_view rest, std::size_t left);
    [[nodiscard]] const Entry& operator*() const { return entry_; }
    [[nodiscard]] const Entry* operator->() const { return &entry_; }
    Iterator& operator++();
    Iterator operator++(int) {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.left_ == 0; }

   private:
    void read();
    std::string_view rest_;
    Entry entry_;
    std::size_t left_ = 0;
  };

  MapView() = default;
  /// `entries` as in the file comment: varint(count) and the entries.
  explicit MapView(std::string_view entries);
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// The value called `name`, or nullopt. O(size).
  [[nodiscard]] std::optional<ValueView> find(std::string_view name) const;
  [[nodiscard]] Iterator begin() const { return {entries_, count_}; }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  std::size_t count_ = 0;
  std::string_view entries_;
};

/// One whole stored item: a MapView that knows its bytes.
class ItemView : public MapView {
 public:
  ItemView() : ItemView(std::string_view(kEmpty, sizeof kEmpty)) {}
  /// `bytes` is a valid item (version byte and entries) and outlives the view.
  explicit ItemView(std::string_view bytes) : MapView(bytes.substr(1)), bytes_(bytes) {}
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// DynamoDB's size of the item: names in UTF-8 plus values. What the 400 KiB limit and capacity
  /// units count.
  [[nodiscard]] std::size_t size_bytes() const;
  friend bool operator==(const ItemView& left, const ItemView& right) {
    return left.bytes_ == right.bytes_;
  }

 private:
  static constexpr char kEmpty[2] = {kItemVersion, 0};
  std::string_view bytes_;
};

/// True when `bytes` is exactly one canonical item: lengths in bounds, sorted, normal numbers,
/// valid UTF-8 in S and names, no empty name, nesting at most kNestingDepthMax. For recovery checks
/// and the fuzzer.
[[nodiscard]] bool is_valid_item(std::string_view bytes);

// --- inline ------------------------------------------------------------------------------------

namespace encoding {

/// Reads a varint of valid bytes and moves `at` behind it.
inline std::size_t read_varint(const char*& at) {
  auto byte = static_cast<unsigned char>(*at++);
  if (byte < 0x80) return byte;
  std::size_t value = byte & 0x7fU;
  for (unsigned shift = 7;; shift += 7) {
    byte = static_cast<unsigned char>(*at++);
    value |= std::size_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
}

/// The end of the valid value that begins at `at`.
inline const char* skip_value(const char* at) {
  switch (static_cast<ValueTag>(*at++)) {
    case ValueTag::kString:
    case ValueTag::kBinary: {
      const std::size_t size = read_varint(at);
      return at + size;
    }
    case ValueTag::kNumber:
      return at + 1 + static_cast<unsigned char>(*at);
    case ValueTag::kStringSet:
    case ValueTag::kNumberSet:
    case ValueTag::kBinarySet:
    case ValueTag::kMap:
    case ValueTag::kList:
      return at + 4 + read_u32_be(at);
    case ValueTag::kNull:
    case ValueTag::kFalse:
    case ValueTag::kTrue:
      break;
  }
  return at;
}

/// Reads the count at the front of `payload` and removes it.
inline std::size_t consume_count(std::string_view& payload) {
  const char* at = payload.data();
  const std::size_t count = read_varint(at);
  payload.remove_prefix(static_cast<std::size_t>(at - payload.data()));
  return count;
}

}  // namespace encoding

inline AttributeType ValueView::type() const {
  return type_of(static_cast<ValueTag>(bytes_.front()));
}

inline std::string_view ValueView::scalar_bytes() const {
  PARLEY_ASSERT(is_scalar_key(type()));
  if (type() == AttributeType::kNumber) return bytes_.substr(2);
  const char* at = bytes_.data() + 1;
  const std::size_t size = encoding::read_varint(at);
  return {at, size};
}

inline bool ValueView::boolean() const {
  PARLEY_ASSERT(type() == AttributeType::kBool);
  return static_cast<ValueTag>(bytes_.front()) == ValueTag::kTrue;
}

inline SetView ValueView::set() const {
  PARLEY_ASSERT(is_set(type()));
  return {type(), bytes_.substr(5)};
}

inline ListView ValueView::list() const {
  PARLEY_ASSERT(type() == AttributeType::kList);
  return ListView(bytes_.substr(5));
}

inline MapView ValueView::map() const {
  PARLEY_ASSERT(type() == AttributeType::kMap);
  return MapView(bytes_.substr(5));
}

inline SetView::SetView(AttributeType type, std::string_view members)
    : type_(type), count_(encoding::consume_count(members)), members_(members) {}

inline SetView::Iterator::Iterator(std::string_view rest, std::size_t left, bool numbers)
    : rest_(rest), left_(left), numbers_(numbers) {
  if (left_ > 0) read();
}

inline SetView::Iterator& SetView::Iterator::operator++() {
  if (--left_ > 0) read();
  return *this;
}

inline void SetView::Iterator::read() {
  const char* at = rest_.data();
  const std::size_t size = numbers_ ? static_cast<unsigned char>(*at++) : encoding::read_varint(at);
  member_ = {at, size};
  rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()) + size);
}

inline ListView::ListView(std::string_view elements)
    : count_(encoding::consume_count(elements)), elements_(elements) {}

inline ListView::Iterator::Iterator(std::string_view rest, std::size_t left)
    : rest_(rest), left_(left) {
  if (left_ > 0) read();
}

inline ListView::Iterator& ListView::Iterator::operator++() {
  if (--left_ > 0) read();
  return *this;
}

inline void ListView::Iterator::read() {
  const char* begin = rest_.data();
  const auto size = static_cast<std::size_t>(encoding::skip_value(begin) - begin);
  value_ = ValueView({begin, size});
  rest_.remove_prefix(size);
}

inline MapView::MapView(std::string_view entries)
    : count_(encoding::consume_count(entries)), entries_(entries) {}

inline MapView::Iterator::Iterator(std::string_view rest, std::size_t left)
    : rest_(rest), left_(left) {
  if (left_ > 0) read();
}

inline MapView::Iterator& MapView::Iterator::operator++() {
  if (--left_ > 0) read();
  return *this;
}

inline void MapView::Iterator::read() {
  const char* at = rest_.data();
  const std::size_t name_size = encoding::read_varint(at);
  const char* value = at + name_size;
  const char* end = encoding::skip_value(value);
  entry_.name = {at, name_size};
  entry_.value = ValueView({value, static_cast<std::size_t>(end - value)});
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
}

inline std::optional<ValueView> MapView::find(std::string_view name) const {
  const char* at = entries_.data();
  for (std::size_t left = count_; left > 0; --left) {
    const std::size_t name_size = encoding::read_varint(at);
    const int order = std::string_view(at, name_size).compare(name);
    const char* value = at + name_size;
    at = encoding::skip_value(value);
    if (order == 0) return ValueView({value, static_cast<std::size_t>(at - value)});
    if (order > 0) break;  // sorted: it is not here
  }
  return std::nullopt;
}

}  // namespace parley::model
