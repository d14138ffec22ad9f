#include "storage/tree/node.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace parley::storage::tree {
namespace {

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto limit = std::min(a.size(), b.size());
  return static_cast<std::size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(limit), b.begin()).first -
      a.begin());
}

}  // namespace

std::uint64_t head_of(std::string_view key, std::size_t start) {
  std::uint64_t head = 0;
  if (start < key.size()) {
    std::memcpy(&head, key.data() + start, std::min<std::size_t>(8, key.size() - start));
  }
  static_assert(std::endian::native == std::endian::little);
  return __builtin_bswap64(head);
}

void refresh_heads(Node& node) {
  if (node.count == 0) return;
  const std::size_t prefix = common_prefix(node.keys[0]->key(), node.keys[node.count - 1U]->key());
  node.prefix_size = static_cast<std::uint32_t>(prefix);
  for (std::size_t i = 0; i < node.count; ++i) node.heads[i] = head_of(node.keys[i]->key(), prefix);
}

bool shares_prefix(const Node& node, std::string_view key) {
  return node.count > 0 && key.starts_with(node.keys[0]->key().substr(0, node.prefix_size));
}

std::size_t lower_bound(const Node& node, std::string_view key) {
  if (node.count == 0) return 0;
  const std::size_t prefix = node.prefix_size;
  if (prefix > 0) {
    const std::string_view shared = node.keys[0]->key().substr(0, prefix);
    const int order = key.substr(0, prefix).compare(shared);
    if (order != 0) return order < 0 ? 0 : node.count;  // a key that is too short sorts before
  }
  const std::uint64_t head = head_of(key, prefix);
  const auto* const first = node.heads.data();
  const auto* const last = first + node.count;
  auto index = static_cast<std::size_t>(std::lower_bound(first, last, head) - first);
  while (index < node.count && node.heads[index] == head && node.keys[index]->key() < key) ++index;
  return index;
}

std::size_t child_index(const Inner& node, std::string_view key) {
  const std::size_t index = lower_bound(node, key);
  return index < node.count && node.keys[index]->key() == key ? index + 1 : index;
}

}  // namespace parley::storage::tree
