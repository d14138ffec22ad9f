#include "storage/tree/edit.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/assert.h"
#include "storage/tree/cursor.h"

namespace parley::storage::tree {
namespace {

constexpr std::size_t kSmall = kFanout / 4;  // a node below this looks for a neighbour to join
constexpr std::size_t kMergedMax = kFanout * 3 / 4;  // so that a merged node does not split at once

bool is_empty(const Node& node) {
  return node.count == 0 && (node.level == 0 || as_inner(&node)->children[0] == nullptr);
}

void insert_key(Node& node, std::size_t index, Record* record) {
  const bool fits = node.count == 0 || shares_prefix(node, record->key());
  for (std::size_t i = node.count; i > index; --i) {
    node.keys[i] = node.keys[i - 1];
    node.heads[i] = node.heads[i - 1];
  }
  node.keys[index] = record;
  ++node.count;
  if (!fits || node.count == 1) {
    refresh_heads(node);
  } else {
    node.heads[index] = head_of(record->key(), node.prefix_size);
  }
}

void remove_keys(Node& node, std::size_t from, std::size_t to) {
  std::copy(node.keys.begin() + to, node.keys.begin() + node.count, node.keys.begin() + from);
  std::copy(node.heads.begin() + to, node.heads.begin() + node.count, node.heads.begin() + from);
  node.count = static_cast<std::uint16_t>(node.count - (to - from));
}

}  // namespace

template <class T>
T* Edit::allocate(std::size_t size_bytes) {
  void* memory = std::malloc(size_bytes);
  PARLEY_ASSERT(memory != nullptr);
  T* block = new (memory) T;
  block->created = version_;
  block->size_bytes = size_bytes;
  size_delta_bytes_ += static_cast<std::int64_t>(size_bytes);
  return block;
}

Node* Edit::own(Node* node) {
  if (node->created == version_) return node;
  Node* copy = node->level == 0 ? make_leaf() : make_inner(node->level);
  copy->touched.store(node->touched.load(std::memory_order_relaxed), std::memory_order_relaxed);
  copy->count = node->count;
  copy->prefix_size = node->prefix_size;
  std::copy_n(node->heads.begin(), node->count, copy->heads.begin());
  std::copy_n(node->keys.begin(), node->count, copy->keys.begin());
  if (node->level > 0) {
    std::copy_n(as_inner(node)->children.begin(), node->count + 1U,
                as_inner(copy)->children.begin());
  }
  retire(node);
  return copy;
}

void Edit::retire(Block* block) {
  size_delta_bytes_ -= static_cast<std::int64_t>(block->size_bytes);
  if (block->created == version_) {
    std::free(block);
  } else {
    retired_.push_back(block);
  }
}

void Edit::retire_subtree(Node* node) {
  for (std::size_t i = 0; i < node->count; ++i) retire(node->keys[i]);
  if (node->level > 0) {
    for (std::size_t i = 0; i <= node->count; ++i) retire_subtree(as_inner(node)->children[i]);
  }
  retire(node);
}

Record* Edit::make_record(std::string_view key, std::string_view value) {
  auto* record = allocate<Record>(sizeof(Record) + key.size() + value.size());
  record->key_size = static_cast<std::uint32_t>(key.size());
  record->value_size = static_cast<std::uint32_t>(value.size());
  char* bytes = reinterpret_cast<char*>(record + 1);
  if (!key.empty()) std::memcpy(bytes, key.data(), key.size());
  if (!value.empty()) std::memcpy(bytes + key.size(), value.data(), value.size());
  return record;
}

Node* Edit::make_leaf() {
  return allocate<Node>(sizeof(Node));
}

Inner* Edit::make_inner(std::uint16_t level) {
  auto* inner = allocate<Inner>(sizeof(Inner));
  inner->level = level;
  inner->children[0] = nullptr;
  return inner;
}

void Edit::put(std::string_view key, std::string_view value) {
  Record* record = make_record(key, value);
  if (root_ == nullptr) root_ = make_leaf();
  root_ = own(root_);
  if (root_->count == kFanout) {
    Inner* grown = make_inner(static_cast<std::uint16_t>(root_->level + 1));
    PARLEY_ASSERT(grown->level < kDepthMax);
    grown->children[0] = root_;
    root_ = grown;
    split_child(*grown, 0, key);
  }
  Node* node = root_;
  while (node->level > 0) {
    Inner& inner = *as_inner(node);
    std::size_t index = child_index(inner, key);
    inner.children[index] = own(inner.children[index]);
    if (inner.children[index]->count == kFanout) {
      split_child(inner, index, key);
      index = child_index(inner, key);
    }
    node = inner.children[index];
  }
  const std::size_t index = lower_bound(*node, key);
  if (index < node->count && node->keys[index]->key() == key) {
    retire(node->keys[index]);
    node->keys[index] = record;
  } else {
    insert_key(*node, index, record);
  }
}

// The full child at `index`, already owned, becomes two. A key that goes to one of a leaf's ends
// splits it near that end, so that runs of ascending keys leave well-filled leaves behind.
void Edit::split_child(Inner& parent, std::size_t index, std::string_view key) {
  Node& left = *parent.children[index];
  std::size_t keep = kFanout / 2;
  if (left.level == 0) {
    const std::size_t place = lower_bound(left, key);
    if (place == left.count) keep = kFanout - kFanout / 8;
    if (place == 0) keep = kFanout / 8;
  }
  Node* right = nullptr;
  Record* separator = nullptr;
  if (left.level == 0) {
    right = make_leaf();
    const std::string_view low = left.keys[keep - 1]->key();
    const std::string_view high = left.keys[keep]->key();
    std::size_t common = 0;
    while (common < low.size() && low[common] == high[common]) ++common;
    separator = make_record(high.substr(0, common + 1), {});
    std::copy(left.keys.begin() + keep, left.keys.begin() + left.count, right->keys.begin());
    right->count = static_cast<std::uint16_t>(left.count - keep);
  } else {
    Inner* inner = make_inner(left.level);
    separator = left.keys[keep];
    std::copy(left.keys.begin() + keep + 1, left.keys.begin() + left.count, inner->keys.begin());
    auto& children = as_inner(&left)->children;
    std::copy(children.begin() + keep + 1, children.begin() + left.count + 1,
              inner->children.begin());
    inner->count = static_cast<std::uint16_t>(left.count - keep - 1);
    right = inner;
  }
  left.count = static_cast<std::uint16_t>(keep);
  refresh_heads(left);
  refresh_heads(*right);
  for (std::size_t i = parent.count + 1U; i > index + 1; --i) {
    parent.children[i] = parent.children[i - 1];
  }
  parent.children[index + 1] = right;
  insert_key(parent, index, separator);
}

void Edit::erase(std::string_view key) {
  if (find(root_, key) == nullptr) return;
  erase_in(root_, key);
  shrink_root();
}

void Edit::erase_in(Node*& slot, std::string_view key) {
  slot = own(slot);
  if (slot->level == 0) {
    const std::size_t index = lower_bound(*slot, key);
    retire(slot->keys[index]);
    remove_keys(*slot, index, index + 1);
    return;
  }
  Inner& inner = *as_inner(slot);
  const std::size_t index = child_index(inner, key);
  erase_in(inner.children[index], key);
  mend_child(inner, index);
}

void Edit::erase_range(std::string_view begin, std::string_view end) {
  if (begin >= end || root_ == nullptr) return;
  Cursor cursor;
  cursor.seek(root_, begin);
  if (!cursor.valid() || cursor.record().key() >= end) return;
  erase_range_in(root_, begin, end);
  shrink_root();
}

void Edit::erase_range_in(Node*& slot, std::string_view begin, std::string_view end) {
  slot = own(slot);
  if (slot->level == 0) {
    const std::size_t from = lower_bound(*slot, begin);
    const std::size_t to = lower_bound(*slot, end);
    for (std::size_t i = from; i < to; ++i) retire(slot->keys[i]);
    remove_keys(*slot, from, to);
    return;
  }
  Inner& inner = *as_inner(slot);
  const std::size_t first = child_index(inner, begin);
  std::size_t last = child_index(inner, end);
  if (last > first + 1) {  // whole subtrees between the two ends
    for (std::size_t i = first + 1; i < last; ++i) {
      retire_subtree(inner.children[i]);
      retire(inner.keys[i - 1]);
    }
    std::copy(inner.children.begin() + last, inner.children.begin() + inner.count + 1,
              inner.children.begin() + first + 1);
    remove_keys(inner, first, last - 1);
    last = first + 1;
  }
  erase_range_in(inner.children[first], begin, end);
  bool two = last > first;
  if (two) erase_range_in(inner.children[last], begin, end);
  // Empty ones go first: an empty node is never joined with another.
  if (two && is_empty(*inner.children[last])) {
    drop_child(inner, last);
    two = false;
  }
  if (is_empty(*inner.children[first])) {
    drop_child(inner, first);
  } else if (two) {
    mend_child(inner, last);
  }
  if (first <= inner.count && !is_empty(inner)) mend_child(inner, first);
}

// Removes an empty child; joins a small one with a neighbour if both fit well into one node.
void Edit::mend_child(Inner& parent, std::size_t index) {
  const Node& child = *parent.children[index];
  if (is_empty(child)) {
    drop_child(parent, index);
    return;
  }
  if (child.count >= kSmall) return;
  const auto joinable = [&](const Node& other) { return child.count + other.count < kMergedMax; };
  if (index < parent.count && joinable(*parent.children[index + 1])) {
    merge_children(parent, index);
  } else if (index > 0 && joinable(*parent.children[index - 1])) {
    merge_children(parent, index - 1);
  }
}

void Edit::merge_children(Inner& parent, std::size_t left_index) {
  Node* left = own(parent.children[left_index]);
  Node* right = parent.children[left_index + 1];
  parent.children[left_index] = left;
  Record* separator = parent.keys[left_index];
  if (left->level == 0) {
    retire(separator);
  } else {
    left->keys[left->count] = separator;
    std::copy_n(as_inner(right)->children.begin(), right->count + 1U,
                as_inner(left)->children.begin() + left->count + 1);
    ++left->count;
  }
  std::copy_n(right->keys.begin(), right->count, left->keys.begin() + left->count);
  left->count = static_cast<std::uint16_t>(left->count + right->count);
  refresh_heads(*left);
  retire(right);
  std::copy(parent.children.begin() + left_index + 2, parent.children.begin() + parent.count + 1,
            parent.children.begin() + left_index + 1);
  remove_keys(parent, left_index, left_index + 1);
}

void Edit::drop_child(Inner& parent, std::size_t index) {
  retire(parent.children[index]);
  if (parent.count == 0) {
    parent.children[0] = nullptr;  // empty itself now: its own parent drops it
    return;
  }
  std::copy(parent.children.begin() + index + 1, parent.children.begin() + parent.count + 1,
            parent.children.begin() + index);
  const std::size_t separator = index == 0 ? 0 : index - 1;
  retire(parent.keys[separator]);
  remove_keys(parent, separator, separator + 1);
}

void Edit::shrink_root() {
  while (root_ != nullptr && root_->level > 0 && root_->count == 0) {
    Node* child = as_inner(root_)->children[0];
    retire(root_);
    root_ = child;
  }
  if (root_ != nullptr && is_empty(*root_)) {
    retire(root_);
    root_ = nullptr;
  }
}

void free_subtree(Node* node) {
  if (node == nullptr) return;
  for (std::size_t i = 0; i < node->count; ++i) std::free(node->keys[i]);
  if (node->level > 0) {
    for (std::size_t i = 0; i <= node->count; ++i) free_subtree(as_inner(node)->children[i]);
  }
  std::free(node);
}

}  // namespace parley::storage::tree
