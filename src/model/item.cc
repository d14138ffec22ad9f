#include "model/item.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/bytes.h"
#include "model/container_bytes.h"

namespace parley::model {
namespace {

void append_tag(std::string& out, ValueTag tag) {
  out.push_back(static_cast<char>(tag));
}

void append_encoded_number(std::string& out, std::string_view encoded) {
  out.push_back(static_cast<char>(encoded.size()));
  out.append(encoded);
}

/// The first eight bytes as a number that orders as they do, so that most names compare in one
/// step.
std::uint64_t first_eight(std::string_view name) {
  char bytes[8] = {};
  std::memcpy(bytes, name.data(), std::min(name.size(), sizeof bytes));
  return read_u64_be(bytes);
}

}  // namespace

Item::Item() : bytes_(ItemView().bytes()) {}

void append_string(std::string& out, std::string_view utf8) {
  append_tag(out, ValueTag::kString);
  append_prefixed(out, utf8);
}

void append_binary(std::string& out, std::string_view bytes) {
  append_tag(out, ValueTag::kBinary);
  append_prefixed(out, bytes);
}

void append_number(std::string& out, const Number& number) {
  append_tag(out, ValueTag::kNumber);
  const std::size_t length_at = out.size();
  out.push_back('\0');
  number.append_encoded(out);
  out[length_at] = static_cast<char>(out.size() - length_at - 1);
}

Status append_number_text(std::string& out, std::string_view text) {
  append_tag(out, ValueTag::kNumber);
  const std::size_t length_at = out.size();
  out.push_back('\0');
  PARLEY_TRY(Number::append_encoded_text(text, out));
  out[length_at] = static_cast<char>(out.size() - length_at - 1);
  return {};
}

void append_bool(std::string& out, bool value) {
  append_tag(out, value ? ValueTag::kTrue : ValueTag::kFalse);
}

void append_null(std::string& out) {
  append_tag(out, ValueTag::kNull);
}

void append_scalar(std::string& out, AttributeType type, std::string_view scalar_bytes) {
  PARLEY_ASSERT(is_scalar_key(type));
  append_tag(out, tag_of(type));
  if (type == AttributeType::kNumber) {
    append_encoded_number(out, scalar_bytes);
  } else {
    append_prefixed(out, scalar_bytes);
  }
}

bool append_set(std::string& out, AttributeType set_type, std::vector<std::string_view> members) {
  PARLEY_ASSERT(is_set(set_type) && !members.empty());
  std::ranges::sort(members);
  if (std::ranges::adjacent_find(members) != members.end()) return false;
  const std::size_t start = out.size();
  begin_container(out, static_cast<char>(tag_of(set_type)));
  for (const std::string_view member : members) {
    if (set_type == AttributeType::kNumberSet) {
      append_encoded_number(out, member);
    } else {
      append_prefixed(out, member);
    }
  }
  finish_container(out, start, members.size());
  return true;
}

ListBuilder::ListBuilder(std::string& out) : out_(out), start_(out.size()) {
  begin_container(out, static_cast<char>(ValueTag::kList));
}

void ListBuilder::finish() {
  finish_container(out_, start_, count_);
}

MapBuilder::MapBuilder(std::string& out, Kind kind) : out_(out), start_(out.size()), kind_(kind) {
  if (kind == Kind::kMap) {
    begin_container(out, static_cast<char>(ValueTag::kMap));
  } else {
    begin_item(out);
  }
}

std::string_view MapBuilder::name_of(const Slot& slot) const {
  return {out_.data() + start_ + slot.name_start, slot.name_size};
}

void MapBuilder::add_slot(const Slot& slot) {
  if (spilled_.empty() && count_ < kInlineEntries) {
    inline_[count_++] = slot;
    return;
  }
  if (spilled_.empty()) spilled_.assign(inline_.begin(), inline_.end());
  spilled_.push_back(slot);
  ++count_;
}

void MapBuilder::begin_entry(std::string_view name) {
  Slot slot;
  slot.start = static_cast<std::uint32_t>(out_.size() - start_);
  append_varint(out_, name.size());
  slot.name_start = static_cast<std::uint32_t>(out_.size() - start_);
  slot.name_size = static_cast<std::uint32_t>(name.size());
  out_.append(name);
  if (sorted_ && count_ > 0) sorted_ = name_of(slots()[count_ - 1]) < name_of(slot);
  add_slot(slot);
}

void MapBuilder::finish() {
  if (!sorted_) sort_entries();
  if (kind_ == Kind::kItem) {
    finish_item(out_, start_, count_);
  } else {
    finish_container(out_, start_, count_);
  }
}

void MapBuilder::sort_entries() {
  const std::string unsorted = out_.substr(start_);
  out_.resize(start_ + slots()[0].start);
  if (count_ <= kInlineEntries) {
    std::array<Entry, kInlineEntries> entries;
    write_sorted(unsorted, std::span(entries).first(count_));
  } else {
    std::vector<Entry> entries(count_);
    write_sorted(unsorted, entries);
  }
}

void MapBuilder::write_sorted(std::string_view unsorted, std::span<Entry> entries) {
  const Slot* slot = slots();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t end = i + 1 < entries.size() ? slot[i + 1].start : unsorted.size();
    entries[i].name = unsorted.substr(slot[i].name_start, slot[i].name_size);
    entries[i].name_front = first_eight(entries[i].name);
    entries[i].bytes = unsorted.substr(slot[i].start, end - slot[i].start);
  }
  const auto order = [](const Entry& left, const Entry& right) {
    if (left.name_front != right.name_front) return left.name_front <=> right.name_front;
    const auto by_name = left.name <=> right.name;
    // Of equal names the later one first: its bytes begin behind the other's.
    return by_name != 0 ? by_name : right.bytes.data() <=> left.bytes.data();
  };
  std::ranges::sort(entries, [&](const Entry& l, const Entry& r) { return order(l, r) < 0; });
  count_ = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0 && entries[i].name == entries[i - 1].name) continue;  // the later one is written
    out_.append(entries[i].bytes);
    ++count_;
  }
}

}  // namespace parley::model
