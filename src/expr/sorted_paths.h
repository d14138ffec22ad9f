// SortedPaths: the document paths of an update or a projection as a trie without nodes.
//
// Leaves are sorted element by element (indexes by value, names by unsigned bytes), so all paths
// with a common beginning stand together, in the order in which the stored encoding keeps map
// entries and list elements. A walk of item and paths is therefore one merge: at each depth, take
// the leaves group by group. No path is the beginning of another, and no group mixes names with
// indexes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "expr/bound_expression.h"

namespace parley::expr {

struct PathLeaf {
  PathRange path;
  std::uint32_t id = 0;  // whose path it is
};

using PathLeaves = std::span<const PathLeaf>;

class SortedPaths {
 public:
  /// Sorts `leaves`; their paths are runs of `elements`. False when two overlap or conflict: then
  /// the object is of no use (describe_clash tells what is wrong).
  [[nodiscard]] bool assign(std::vector<PathLeaf> leaves, const std::vector<PathElement>& elements);

  [[nodiscard]] PathLeaves leaves() const { return leaves_; }

 private:
  std::vector<PathLeaf> leaves_;
};

/// The error about two of `paths` (in the request's order), one of which begins the other (overlap)
/// or goes on by name where the other goes on by index (conflict); nullopt when all is well.
/// DynamoDB takes the paths from the last to the first and compares each with those it has taken;
/// of several clashes of one path it names the one nearest the top level, then the greatest path.
[[nodiscard]] std::optional<std::string> describe_clash(std::span<const PathRange> paths,
                                                        const std::vector<PathElement>& elements);

/// The leading leaves of `leaves` (not empty) that share their element at `depth`. When the group
/// ends here it is a single leaf with a path of depth + 1 elements.
[[nodiscard]] PathLeaves first_group(PathLeaves leaves, std::size_t depth,
                                     const std::vector<PathElement>& elements);

[[nodiscard]] inline bool is_leaf(PathLeaves group, std::size_t depth) {
  return group.front().path.size == depth + 1;
}

}  // namespace parley::expr
