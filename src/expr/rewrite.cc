#include "expr/rewrite.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "expr/container_writer.h"
#include "model/limits.h"

namespace parley::expr {
namespace {

using model::AttributeType;
using model::ValueView;

/// A guess that spares most items a reallocation.
constexpr std::size_t kTypicalEntrySize = 48;

/// How many maps and lists stand one inside the other in `value`, itself included.
std::size_t nesting_of(ValueView value) {
  std::size_t deepest = 0;
  if (value.type() == AttributeType::kMap) {
    for (const auto& entry : value.map()) deepest = std::max(deepest, nesting_of(entry.value));
  } else if (value.type() == AttributeType::kList) {
    for (const ValueView element : value.list()) deepest = std::max(deepest, nesting_of(element));
  } else {
    return 0;
  }
  return deepest + 1;
}

/// Entries that stand one behind the other in the old item: copied at once.
class EntryRun {
 public:
  void add(const model::MapView::Entry& entry) {
    if (begin_ == nullptr) {
      std::size_t length_size = 1;
      for (std::size_t rest = entry.name.size() >> 7; rest != 0; rest >>= 7) ++length_size;
      begin_ = entry.name.data() - length_size;
    }
    end_ = entry.value.bytes().data() + entry.value.bytes().size();
  }
  void append_to(std::string& out) const {
    if (begin_ != nullptr) out.append(begin_, end_);
  }

 private:
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
};

/// Depth of recursion: that of the paths, at most kNestingDepthMax.
class Rewriter {
 public:
  Rewriter(const BoundUpdate& bound, const UpdateValues& values, bool item_exists, std::string& out)
      : bound_(bound), values_(values), item_exists_(item_exists), out_(out) {}

  /// Appends the entries of `map` as they are after the actions of `leaves`, whose elements at
  /// `depth` are names; returns how many.
  Result<std::size_t> rewrite_entries(const model::MapView& map, PathLeaves leaves,
                                      std::size_t depth) {
    std::size_t count = 0;
    auto entry = map.begin();
    while (!leaves.empty()) {
      const PathLeaves group = first_group(leaves, depth, bound_.elements);
      const std::string_view name = element_of(group, depth).name;
      EntryRun untouched;
      for (; entry != map.end() && entry->name < name; ++entry, ++count) untouched.add(*entry);
      untouched.append_to(out_);
      const std::size_t start = out_.size();
      append_name(out_, name);
      std::optional<ValueView> old_value;
      if (entry != map.end() && entry->name == name) {
        old_value = entry->value;
        ++entry;
      }
      if (PARLEY_TRY(rewrite_value(old_value, group, depth))) {
        ++count;
      } else {
        out_.resize(start);
      }
      leaves = leaves.subspan(group.size());
    }
    EntryRun untouched;
    for (; entry != map.end(); ++entry, ++count) untouched.add(*entry);
    untouched.append_to(out_);
    return count;
  }

 private:
  [[nodiscard]] const PathElement& element_of(PathLeaves group, std::size_t depth) const {
    return bound_.elements[group.front().path.begin + depth];
  }

  /// Appends the value at the place of `group` (which ends at `depth`) after its actions; false,
  /// having appended nothing, when nothing is there.
  Result<bool> rewrite_value(const std::optional<ValueView>& old_value, PathLeaves group,
                             std::size_t depth) {
    if (is_leaf(group, depth)) {
      const std::size_t action = group.front().id;
      if (values_.removes(action)) return false;
      const ValueView value(values_.value(action));
      if (nesting_of(value) + depth >= model::kNestingDepthMax) {  // a scalar is a level too
        return invalid("Nesting Levels have exceeded supported limits");
      }
      out_.append(value.bytes());
      return true;
    }
    const bool wants_list = element_of(group, depth + 1).is_index;
    const AttributeType wanted = wants_list ? AttributeType::kList : AttributeType::kMap;
    if (!old_value && !item_exists_ && all_are_remove(group)) return false;
    if (!old_value || old_value->type() != wanted) {
      return invalid("The document path provided in the update expression is invalid for update");
    }
    ContainerWriter writer(out_, old_value->bytes().front());
    const std::size_t count =
        wants_list ? PARLEY_TRY(rewrite_elements(old_value->list(), group, depth + 1))
                   : PARLEY_TRY(rewrite_entries(old_value->map(), group, depth + 1));
    writer.finish(count);
    return true;
  }

  /// The same for the elements of a list. Indexes are those of the old list; what is set past its
  /// end is appended in the order of the indexes.
  Result<std::size_t> rewrite_elements(const model::ListView& list, PathLeaves leaves,
                                       std::size_t depth) {
    std::size_t count = 0;
    std::size_t index = 0;
    for (const ValueView element : list) {
      if (leaves.empty() || element_of(leaves, depth).index != index) {
        out_.append(element.bytes());
        ++count;
      } else {
        const PathLeaves group = first_group(leaves, depth, bound_.elements);
        if (PARLEY_TRY(rewrite_value(element, group, depth))) ++count;
        leaves = leaves.subspan(group.size());
      }
      ++index;
    }
    while (!leaves.empty()) {
      const PathLeaves group = first_group(leaves, depth, bound_.elements);
      if (PARLEY_TRY(rewrite_value(std::nullopt, group, depth))) ++count;
      leaves = leaves.subspan(group.size());
    }
    return count;
  }

  [[nodiscard]] bool all_are_remove(PathLeaves group) const {
    return std::ranges::all_of(group, [&](const PathLeaf& leaf) {
      return bound_.actions[leaf.id].clause == UpdateClause::kRemove;
    });
  }

  const BoundUpdate& bound_;
  const UpdateValues& values_;
  const bool item_exists_;
  std::string& out_;
};

}  // namespace

Result<model::Item> rewrite_item(const BoundUpdate& bound, const UpdateValues& values,
                                 const model::MapView& old_item, bool item_exists) {
  std::string bytes;
  bytes.reserve(values.total_size() + old_item.size() * kTypicalEntrySize);
  ItemWriter writer(bytes);
  Rewriter rewriter(bound, values, item_exists, bytes);
  const std::size_t count =
      PARLEY_TRY(rewriter.rewrite_entries(old_item, bound.targets.leaves(), 0));
  writer.finish(count);
  return model::Item(std::move(bytes));
}

}  // namespace parley::expr
