#include "storage/tree/cursor.h"

namespace parley::storage::tree {

const Record* find(const Node* root, std::string_view key) {
  if (root == nullptr) return nullptr;
  while (root->level > 0) root = as_inner(root)->children[child_index(*as_inner(root), key)];
  const std::size_t index = lower_bound(*root, key);
  if (index == root->count || root->keys[index]->key() != key) return nullptr;
  touch(*root);
  return root->keys[index];
}

void Cursor::descend(const Node* node, std::string_view key) {
  depth_ = 0;
  while (node->level > 0) {
    const Inner* inner = as_inner(node);
    const std::size_t index = child_index(*inner, key);
    path_[depth_++] = {inner, index};
    node = inner->children[index];
  }
  leaf_ = node;
  index_ = lower_bound(*node, key);
}

void Cursor::descend_to_edge(const Node* node, bool last) {
  while (node->level > 0) {
    const Inner* inner = as_inner(node);
    const std::size_t index = last ? inner->count : 0;
    path_[depth_++] = {inner, index};
    node = inner->children[index];
  }
  leaf_ = node;
  index_ = last ? node->count - 1U : 0;
}

void Cursor::seek(const Node* root, std::string_view key) {
  leaf_ = nullptr;
  if (root == nullptr) return;
  descend(root, key);
  if (index_ == leaf_->count) {  // between this leaf's last key and its upper bound
    --index_;
    next();
  }
}

void Cursor::seek_before(const Node* root, std::string_view key) {
  leaf_ = nullptr;
  if (root == nullptr) return;
  descend(root, key);
  previous();
}

void Cursor::seek_last(const Node* root) {
  leaf_ = nullptr;
  depth_ = 0;
  if (root != nullptr) descend_to_edge(root, true);
}

void Cursor::next() {
  if (++index_ < leaf_->count) return;
  while (depth_ > 0) {
    Step& step = path_[depth_ - 1];
    if (step.index < step.node->count) {
      ++step.index;
      descend_to_edge(step.node->children[step.index], false);
      return;
    }
    --depth_;
  }
  leaf_ = nullptr;
}

void Cursor::previous() {
  if (index_ > 0) {
    --index_;
    return;
  }
  while (depth_ > 0) {
    Step& step = path_[depth_ - 1];
    if (step.index > 0) {
      --step.index;
      descend_to_edge(step.node->children[step.index], true);
      return;
    }
    --depth_;
  }
  leaf_ = nullptr;
}

}  // namespace parley::storage::tree
