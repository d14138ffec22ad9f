// What a versioned tree is made of: plain blocks from malloc, each stamped with the version that
// made it. A block is never changed once its version is published; a later version replaces it by a
// copy.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::storage::tree {

/// Versions count from 1 and never repeat.
using VersionId = std::uint64_t;

/// The common beginning of all blocks, so that one list can hold whatever is to be freed.
struct Block {
  VersionId created = 0;
  std::size_t size_bytes = 0;  // as allocated
};

/// A key and a value (or, as a separator of an inner node, a key alone), followed by their bytes.
struct Record : Block {
  std::uint32_t key_size = 0;
  std::uint32_t value_size = 0;

  [[nodiscard]] std::string_view key() const { return {bytes(), key_size}; }
  [[nodiscard]] std::string_view value() const { return {bytes() + key_size, value_size}; }
  [[nodiscard]] const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
};

inline constexpr std::size_t kFanout = 32;

/// A sorted run of `count` keys: in a leaf (level 0) of records; in an inner node of the separators
/// between its children. Children left of separator i hold keys below it, those right of it the
/// rest.
///
/// All keys of a node share the first `prefix_size` bytes of keys[0]; `heads` holds the next eight
/// bytes of each, big-endian and zero-padded, so that a search touches one run of memory and
/// follows a pointer only where heads are equal.
///
/// `touched` (meant for leaves) says that a reader came by since it was last cleared; it is the one
/// thing that changes in a published node.
struct Node : Block {
  mutable std::atomic<bool> touched = false;
  std::uint16_t count = 0;
  std::uint16_t level = 0;
  std::uint32_t prefix_size = 0;
  std::array<std::uint64_t, kFanout> heads;
  std::array<Record*, kFanout> keys;
};

struct Inner : Node {
  std::array<Node*, kFanout + 1> children;  // count + 1 of them
};

inline void touch(const Node& node) {
  if (!node.touched.load(std::memory_order_relaxed)) {
    node.touched.store(true, std::memory_order_relaxed);
  }
}

[[nodiscard]] inline const Inner* as_inner(const Node* node) {
  return static_cast<const Inner*>(node);
}
[[nodiscard]] inline Inner* as_inner(Node* node) {
  return static_cast<Inner*>(node);
}

/// The eight bytes of `key` from `start`, zero-padded, ordering as the bytes do.
[[nodiscard]] std::uint64_t head_of(std::string_view key, std::size_t start);

/// Recomputes prefix and heads after keys changed.
void refresh_heads(Node& node);

/// True when `key` begins with the prefix that all of the node's keys share.
[[nodiscard]] bool shares_prefix(const Node& node, std::string_view key);

/// The first index whose key is not below `key`; `count` if there is none.
[[nodiscard]] std::size_t lower_bound(const Node& node, std::string_view key);

/// The index of the child whose subtree `key` belongs to.
[[nodiscard]] std::size_t child_index(const Inner& node, std::string_view key);

}  // namespace parley::storage::tree
