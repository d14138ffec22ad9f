// Cursor: walks one version of a versioned tree in either direction.
#pragma once

#include <array>
#include <string_view>

#include "storage/tree/node.h"

namespace parley::storage::tree {

/// More levels than any tree that fits in memory has.
inline constexpr std::size_t kDepthMax = 24;

/// The record of `key`, or null; touches the leaf it is in. `root` may be null.
[[nodiscard]] const Record* find(const Node* root, std::string_view key);

/// The version whose root is given must stay pinned while the cursor is used. Touches no leaf.
class Cursor {
 public:
  /// To the first record at or after `key`.
  void seek(const Node* root, std::string_view key);
  /// To the last record before `key`.
  void seek_before(const Node* root, std::string_view key);
  void seek_last(const Node* root);

  [[nodiscard]] bool valid() const { return leaf_ != nullptr; }
  [[nodiscard]] const Record& record() const { return *leaf_->keys[index_]; }
  [[nodiscard]] const Node& leaf() const { return *leaf_; }
  void next();
  void previous();

 private:
  struct Step {
    const Inner* node;
    std::size_t index;
  };
  void descend(const Node* node, std::string_view key);
  void descend_to_edge(const Node* node, bool last);

  std::array<Step, kDepthMax> path_;
  std::size_t depth_ = 0;
  const Node* leaf_ = nullptr;
  std::size_t index_ = 0;
};

}  // namespace parley::storage::tree
