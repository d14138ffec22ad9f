#include "expr/sorted_paths.h"

#include <algorithm>
#include <compare>

namespace parley::expr {
namespace {

Path path_of(const PathRange& range, const std::vector<PathElement>& elements) {
  return Path(elements).subspan(range.begin, range.size);
}

std::strong_ordering compare(const PathElement& left, const PathElement& right) {
  if (left.is_index != right.is_index) {
    return left.is_index ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (left.is_index) return left.index <=> right.index;
  return left.name <=> right.name;
}

bool comes_before(Path left, Path right) {
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto order = compare(left[i], right[i]);
    if (order != std::strong_ordering::equal) return order == std::strong_ordering::less;
  }
  return left.size() < right.size();
}

enum class Verdict : std::uint8_t { kNone, kOverlap, kConflict };

struct Clash {
  Verdict verdict = Verdict::kNone;
  std::size_t depth = 0;  // how many elements both paths have before it shows
};

Clash clash_of(Path one, Path two) {
  const std::size_t common = std::min(one.size(), two.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (one[i].is_index != two[i].is_index) return {Verdict::kConflict, i};
    if (one[i] != two[i]) return {};
  }
  return {Verdict::kOverlap, common};
}

std::string clash_text(Verdict verdict, Path one, Path two) {
  std::string text = "Two document paths ";
  text += verdict == Verdict::kOverlap ? "overlap" : "conflict";
  text += " with each other; must remove or rewrite one of these paths; path one: ";
  text += path_text(one);
  text += ", path two: ";
  text += path_text(two);
  return text;
}

}  // namespace

bool SortedPaths::assign(std::vector<PathLeaf> leaves, const std::vector<PathElement>& elements) {
  leaves_ = std::move(leaves);
  std::ranges::sort(leaves_, [&](const PathLeaf& left, const PathLeaf& right) {
    return comes_before(path_of(left.path, elements), path_of(right.path, elements));
  });
  // Sorted, a path is followed at once by one that goes on from it, and the last index at a place
  // by the first name: neighbours show every clash.
  for (std::size_t i = 0; i + 1 < leaves_.size(); ++i) {
    const Clash clash =
        clash_of(path_of(leaves_[i].path, elements), path_of(leaves_[i + 1].path, elements));
    if (clash.verdict != Verdict::kNone) return false;
  }
  return true;
}

std::optional<std::string> describe_clash(std::span<const PathRange> paths,
                                          const std::vector<PathElement>& elements) {
  for (std::size_t one = paths.size(); one-- > 0;) {
    const Path first = path_of(paths[one], elements);
    Clash clash;
    Path second;
    for (std::size_t two = one + 1; two < paths.size(); ++two) {
      const Path path = path_of(paths[two], elements);
      const Clash found = clash_of(first, path);
      if (found.verdict == Verdict::kNone) continue;
      const bool better = clash.verdict == Verdict::kNone || found.depth < clash.depth ||
                          (found.depth == clash.depth && comes_before(second, path));
      if (!better) continue;
      clash = found;
      second = path;
    }
    if (clash.verdict != Verdict::kNone) return clash_text(clash.verdict, first, second);
  }
  return std::nullopt;
}

PathLeaves first_group(PathLeaves leaves, std::size_t depth,
                       const std::vector<PathElement>& elements) {
  auto element = [&](std::size_t i) -> const PathElement& {
    return elements[leaves[i].path.begin + depth];
  };
  std::size_t size = 1;
  while (size < leaves.size() && element(size) == element(0)) ++size;
  return leaves.first(size);
}

}  // namespace parley::expr
