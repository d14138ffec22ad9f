// Edit: makes the next version of a versioned tree by copying the nodes on the way to each change.
#pragma once

#include <string_view>
#include <vector>

#include "storage/tree/node.h"

namespace parley::storage::tree {

/// One thread's unpublished changes. Blocks that earlier versions still show are copied, never
/// touched; blocks of this edit are changed in place. Nodes are at most kFanout keys and merged
/// with a neighbour when nearly empty; an empty tree has no root.
class Edit {
 public:
  /// `root` (may be null) belongs to an earlier version than `version`.
  Edit(Node* root, VersionId version) : root_(root), version_(version) {}
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;

  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  /// Every key from `begin` up to but not including `end`.
  void erase_range(std::string_view begin, std::string_view end);

  [[nodiscard]] Node* root() const { return root_; }
  [[nodiscard]] VersionId version() const { return version_; }
  /// By how much the new version is larger than the old one, nodes and keys included.
  [[nodiscard]] std::int64_t size_delta_bytes() const { return size_delta_bytes_; }
  /// Blocks of earlier versions that the new one does not show; whoever publishes it frees them
  /// when the last version that does is gone.
  [[nodiscard]] std::vector<Block*> take_retired() { return std::move(retired_); }

 private:
  Node* own(Node* node);
  template <class T>
  T* allocate(std::size_t size_bytes);
  void retire(Block* block);
  void retire_subtree(Node* node);
  Record* make_record(std::string_view key, std::string_view value);
  Node* make_leaf();
  Inner* make_inner(std::uint16_t level);

  void split_child(Inner& parent, std::size_t index, std::string_view key);
  void erase_in(Node*& slot, std::string_view key);
  void erase_range_in(Node*& slot, std::string_view begin, std::string_view end);
  void mend_child(Inner& parent, std::size_t index);
  void merge_children(Inner& parent, std::size_t left_index);
  void drop_child(Inner& parent, std::size_t index);
  void shrink_root();

  Node* root_;
  VersionId version_;
  std::int64_t size_delta_bytes_ = 0;
  std::vector<Block*> retired_;
};

/// Frees a whole tree that no version shows any more.
void free_subtree(Node* node);

}  // namespace parley::storage::tree
