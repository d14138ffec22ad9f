// Views over the stored encoding of values and items: what expressions read and replies are written
// from. Nothing here owns or allocates.
//
// The encoding (docs/formats/item.md) is canonical: maps and items are sorted by attribute name, sets
// by member, numbers are normal, no two names or members are equal. So two values are equal exactly
// when their bytes are.
//
//   value = tag payload
//     S, B        varint(length) bytes
//     N           u8(length) number bytes (model/number.h)
//     true, false, NULL        nothing
//     SS, BS      u32be(length of the rest) varint(count) { varint(length) bytes }
//     NS          u32be(length of the rest) varint(count) { u8(length) number bytes }
//     L           u32be(length of the rest) varint(count) { value }
//     M           u32be(length of the rest) entries
//   entries = varint(count) { varint(length) name, value }
//   item    = version byte (kItemVersion), entries
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

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
  /// The payload of an S or B, or the encoded number of an N: ordering these bytes orders the values.
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

/// The members of an SS, NS or BS in ascending order, as scalar bytes (see ValueView::scalar_bytes).
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

  SetView(AttributeType type, std::string_view payload);
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

  explicit ListView(std::string_view payload);
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
  ItemView() = default;
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
  std::string_view bytes_;
};

/// True when `bytes` is exactly one canonical item: lengths in bounds, sorted, normal numbers, valid
/// UTF-8 in S and names, nesting at most kNestingDepthMax. For recovery checks and the fuzzer.
[[nodiscard]] bool is_valid_item(std::string_view bytes);

}  // namespace parley::model
