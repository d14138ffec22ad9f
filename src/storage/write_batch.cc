// WriteBatch: operations as extents of one growing buffer, so that a batch costs two allocations.
#include "base/assert.h"
#include "storage/key_value_store.h"

namespace parley::storage {

void WriteBatch::put(std::string_view key, std::string_view value) {
  operations_.push_back({Kind::kPut, buffer_.size(), key.size(), value.size()});
  buffer_.append(key).append(value);
}

void WriteBatch::erase(std::string_view key) {
  operations_.push_back({Kind::kErase, buffer_.size(), key.size(), 0});
  buffer_.append(key);
}

void WriteBatch::erase_range(const KeyRange& range) {
  PARLEY_ASSERT(!range.end.empty());
  if (range.begin >= range.end) return;
  operations_.push_back({Kind::kEraseRange, buffer_.size(), range.begin.size(), range.end.size()});
  buffer_.append(range.begin).append(range.end);
}

void WriteBatch::append(const WriteBatch& other) {
  const std::size_t shift = buffer_.size();
  const std::size_t added = other.operations_.size();  // `other` may be this batch itself
  buffer_.append(other.buffer_);
  for (std::size_t i = 0; i < added; ++i) {
    Extent extent = other.operations_[i];
    extent.key_start += shift;
    operations_.push_back(extent);
  }
}

void WriteBatch::extend_value(std::string_view more) {
  PARLEY_ASSERT(!operations_.empty() && operations_.back().kind == Kind::kPut);
  buffer_.append(more);
  operations_.back().value_size += more.size();
}

void WriteBatch::overwrite_key(std::size_t index, std::size_t offset, std::string_view bytes) {
  const Extent& extent = operations_[index];
  PARLEY_ASSERT(offset + bytes.size() <= extent.key_size);
  buffer_.replace(extent.key_start + offset, bytes.size(), bytes);
}

void WriteBatch::overwrite_value(std::size_t index, std::size_t offset, std::string_view bytes) {
  const Extent& extent = operations_[index];
  PARLEY_ASSERT(offset + bytes.size() <= extent.value_size);
  buffer_.replace(extent.key_start + extent.key_size + offset, bytes.size(), bytes);
}

void WriteBatch::clear() {
  buffer_.clear();
  operations_.clear();
}

WriteBatch::Operation WriteBatch::at(std::size_t index) const {
  const Extent& extent = operations_[index];
  const std::string_view bytes = buffer_;
  return {extent.kind, bytes.substr(extent.key_start, extent.key_size),
          bytes.substr(extent.key_start + extent.key_size, extent.value_size)};
}

}  // namespace parley::storage
