// Records: what this program stores of its own (tables, streams, …) as items, so that they need no
// format and no parser of their own. Unknown members are ignored and missing ones take their
// default, so that both an older and a newer program read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/item.h"
#include "model/table.h"
#include "model/value_view.h"

namespace parley::model {

/// Writes the members of one map (or of a whole record) at the end of `out`, which is borrowed.
/// Texts are S, integers N, flags BOOL. Call finish() once.
class RecordWriter {
 public:
  explicit RecordWriter(std::string& out, MapBuilder::Kind kind = MapBuilder::Kind::kMap)
      : out_(out), map_(out, kind) {}
  void finish() { map_.finish(); }

  void text(std::string_view name, std::string_view value);
  void optional_text(std::string_view name, const std::optional<std::string>& value);
  void texts(std::string_view name, const std::vector<std::string>& values);
  void integer(std::string_view name, std::int64_t value);
  void optional_integer(std::string_view name, const std::optional<std::int64_t>& value);
  void boolean(std::string_view name, bool value);
  template <class Enum>
  void enumerator(std::string_view name, Enum value) {
    integer(name, static_cast<std::int64_t>(value));
  }
  /// `write_members(RecordWriter&)`.
  template <class WriteMembers>
  void map(std::string_view name, WriteMembers write_members) {
    map_.begin_entry(name);
    RecordWriter nested(out_);
    write_members(nested);
    nested.finish();
  }
  /// A list of maps: `write_members(RecordWriter&, element)`.
  template <class Range, class WriteMembers>
  void list(std::string_view name, const Range& range, WriteMembers write_members) {
    map_.begin_entry(name);
    ListBuilder elements(out_);
    for (const auto& element : range) {
      RecordWriter nested(out_);
      write_members(nested, element);
      nested.finish();
      elements.element_added();
    }
    elements.finish();
  }
  /// Two lists, `hash` and `range`, of maps with name and type.
  void key_schema(const KeySchema& key);

 private:
  std::string& out_;
  MapBuilder map_;
};

/// Reads the members of one map. A member of the wrong type, or out of its bounds, sets `good` to
/// false and reads as its default; `good` is borrowed and shared by nested readers.
class RecordReader {
 public:
  RecordReader(const MapView& map, bool& good) : map_(map), good_(good) {}

  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name) const;
  [[nodiscard]] bool boolean(std::string_view name) const;
  /// From 0 to `last`.
  template <class Enum>
  [[nodiscard]] Enum enumerator(std::string_view name, Enum last) const {
    return static_cast<Enum>(bounded(name, static_cast<std::int64_t>(last)));
  }
  template <class ReadMembers>
  void map(std::string_view name, ReadMembers read_members) const {
    if (const auto value = typed(name, AttributeType::kMap)) {
      read_members(RecordReader(value->map(), good_));
    }
  }
  template <class ReadElement>
  void list(std::string_view name, ReadElement read_element) const {
    const auto value = typed(name, AttributeType::kList);
    if (!value) return;
    for (const auto element : value->list()) {
      if (element.type() != AttributeType::kMap) {
        good_ = false;
        return;
      }
      read_element(RecordReader(element.map(), good_));
    }
  }
  /// Of S, N and B.
  [[nodiscard]] AttributeType attribute_type(std::string_view name) const;
  [[nodiscard]] KeySchema key_schema() const;
  /// The member "storage_id", which must be there.
  [[nodiscard]] std::uint32_t storage_id() const;

 private:
  [[nodiscard]] std::optional<ValueView> typed(std::string_view name, AttributeType type) const;
  [[nodiscard]] std::int64_t bounded(std::string_view name, std::int64_t last) const;
  MapView map_;
  bool& good_;
};

}  // namespace parley::model
