#include "expr/project_paths.h"

#include <cstddef>

#include "expr/container_writer.h"

namespace parley::expr {
namespace {

using model::AttributeType;
using model::ValueView;

/// Depth of recursion: that of the paths, at most kNestingDepthMax.
class Projector {
 public:
  Projector(const std::vector<PathElement>& elements, std::string& out)
      : elements_(elements), out_(out) {}

  /// Appends the entries of `map` that `leaves` name; returns how many.
  std::size_t project_entries(const model::MapView& map, PathLeaves leaves, std::size_t depth) {
    std::size_t count = 0;
    auto entry = map.begin();
    while (!leaves.empty() && entry != map.end()) {
      const PathLeaves group = first_group(leaves, depth, elements_);
      const std::string_view name = elements_[group.front().path.begin + depth].name;
      if (entry->name < name) {
        ++entry;
        continue;
      }
      if (entry->name == name) {
        const std::size_t start = out_.size();
        append_name(out_, name);
        if (project_value(entry->value, group, depth)) {
          ++count;
        } else {
          out_.resize(start);
        }
        ++entry;
      }
      leaves = leaves.subspan(group.size());
    }
    return count;
  }

 private:
  /// Appends what `group` names of `value`, which stands at `depth`; false, having appended
  /// nothing, when that is nothing.
  bool project_value(ValueView value, PathLeaves group, std::size_t depth) {
    if (is_leaf(group, depth)) {
      out_.append(value.bytes());
      return true;
    }
    const bool wants_list = elements_[group.front().path.begin + depth + 1].is_index;
    if (value.type() != (wants_list ? AttributeType::kList : AttributeType::kMap)) return false;
    const std::size_t start = out_.size();
    ContainerWriter writer(out_, value.bytes().front());
    const std::size_t count = wants_list ? project_elements(value.list(), group, depth + 1)
                                         : project_entries(value.map(), group, depth + 1);
    if (count == 0) {
      out_.resize(start);
      return false;
    }
    writer.finish(count);
    return true;
  }

  std::size_t project_elements(const model::ListView& list, PathLeaves leaves, std::size_t depth) {
    std::size_t count = 0;
    std::size_t index = 0;
    for (auto element = list.begin(); element != list.end() && !leaves.empty();
         ++element, ++index) {
      const PathLeaves group = first_group(leaves, depth, elements_);
      if (elements_[group.front().path.begin + depth].index != index) continue;
      if (project_value(*element, group, depth)) ++count;
      leaves = leaves.subspan(group.size());
    }
    return count;
  }

  const std::vector<PathElement>& elements_;
  std::string& out_;
};

}  // namespace

bool project_paths(const model::MapView& item, PathLeaves leaves,
                   const std::vector<PathElement>& elements, std::string& out) {
  ItemWriter writer(out);
  const std::size_t count = Projector(elements, out).project_entries(item, leaves, 0);
  writer.finish(count);
  return count > 0;
}

}  // namespace parley::expr
