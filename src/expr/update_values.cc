#include "expr/update_values.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "model/item.h"

namespace parley::expr {

using model::AttributeType;
using model::ValueView;

class UpdateComputation {
 public:
  UpdateComputation(const BoundUpdate& bound, const model::MapView& old_item)
      : bound_(bound), old_item_(old_item) {}

  Result<UpdateValues> run() {
    values_.outcomes_.reserve(bound_.actions.size());
    for (const BoundUpdateAction& action : bound_.actions) {
      outcome_ = {};
      switch (action.clause) {
        case UpdateClause::kSet:
          PARLEY_TRY(compute_set(action.value));
          break;
        case UpdateClause::kRemove:
          outcome_.removes = true;
          break;
        case UpdateClause::kAdd:
          PARLEY_TRY(compute_add(action));
          break;
        case UpdateClause::kDelete:
          PARLEY_TRY(compute_delete(action));
          break;
      }
      values_.outcomes_.push_back(outcome_);
    }
    return std::move(values_);
  }

 private:
  Status compute_set(NodeIndex index) {
    const BoundNode& node = bound_.nodes[index];
    switch (node.kind) {
      case NodeKind::kPlus:
      case NodeKind::kMinus:
        return compute_sum(node);
      case NodeKind::kFunction:
        if (node.function == Function::kListAppend) return compute_list_append(node);
        break;
      default:
        break;
    }
    outcome_.borrowed = PARLEY_TRY(read(index)).bytes();
    return {};
  }

  Status compute_sum(const BoundNode& node) {
    const ValueView left = PARLEY_TRY(read(node.first_child));
    if (left.type() != AttributeType::kNumber) return wrong_type();
    const ValueView right = PARLEY_TRY(read(bound_.nodes[node.first_child].next_sibling));
    if (right.type() != AttributeType::kNumber) return wrong_type();
    const bool plus = node.kind == NodeKind::kPlus;
    return keep_number(plus ? model::Number::add(left.number(), right.number())
                            : model::Number::subtract(left.number(), right.number()));
  }

  Status compute_list_append(const BoundNode& node) {
    const ValueView first = PARLEY_TRY(read(node.first_child));
    if (first.type() != AttributeType::kList) return wrong_type();
    const ValueView second = PARLEY_TRY(read(bound_.nodes[node.first_child].next_sibling));
    if (second.type() != AttributeType::kList) return wrong_type();
    append_lists(first, second);
    return {};
  }

  Status compute_add(const BoundUpdateAction& action) {
    const ValueView added = bound_.nodes[action.value].value;
    const auto existing = find_value(old_item_, bound_.path(action.target));
    if (!existing) {
      outcome_.borrowed = added.bytes();
      return {};
    }
    if (existing->type() != added.type()) return wrong_type();
    if (added.type() == AttributeType::kNumber) {
      return keep_number(model::Number::add(existing->number(), added.number()));
    }
    if (added.type() == AttributeType::kList) {
      append_lists(*existing, added);
      return {};
    }
    std::vector<std::string_view> members;
    const model::SetView old_set = existing->set();
    const model::SetView new_set = added.set();
    members.reserve(old_set.size() + new_set.size());
    merge(old_set, new_set, [&](bool in_old, bool in_new, std::string_view member) {
      if (in_old || in_new) members.push_back(member);
    });
    return keep_set(existing->type(), std::move(members));
  }

  Status compute_delete(const BoundUpdateAction& action) {
    const auto existing = find_value(old_item_, bound_.path(action.target));
    outcome_.removes = true;
    if (!existing) return {};
    const ValueView deleted = bound_.nodes[action.value].value;
    if (existing->type() != deleted.type()) return wrong_type();
    std::vector<std::string_view> members;
    merge(existing->set(), deleted.set(), [&](bool in_old, bool in_new, std::string_view member) {
      if (in_old && !in_new) members.push_back(member);
    });
    if (members.empty()) return {};  // the last member takes the attribute with it
    outcome_.removes = false;
    return keep_set(existing->type(), std::move(members));
  }

  /// Calls `take` for each member of either set, ascending, with where it is.
  template <class Take>
  static void merge(const model::SetView& old_set, const model::SetView& new_set,
                    const Take& take) {
    auto left = old_set.begin();
    auto right = new_set.begin();
    while (left != old_set.end() || right != new_set.end()) {
      const bool in_old = left != old_set.end() && (right == new_set.end() || *left <= *right);
      const bool in_new = right != new_set.end() && (left == old_set.end() || *right <= *left);
      take(in_old, in_new, in_old ? *left : *right);
      if (in_old) ++left;
      if (in_new) ++right;
    }
  }

  /// The value of an operand: a path, a :value or if_not_exists.
  Result<ValueView> read(NodeIndex index) {
    // if_not_exists(path, if_not_exists(path, …)) is a loop, not a recursion.
    while (true) {
      const BoundNode& node = bound_.nodes[index];
      if (node.kind == NodeKind::kValue) return node.value;
      const bool if_not_exists = node.kind == NodeKind::kFunction;
      const BoundNode& read = if_not_exists ? bound_.nodes[node.first_child] : node;
      const auto value = find_value(old_item_, bound_.path(read.path));
      if (value) return *value;
      if (!if_not_exists) {
        return invalid(
            "The provided expression refers to an attribute that does not exist in the item");
      }
      index = read.next_sibling;
    }
  }

  Status keep_number(const Result<model::Number>& number) {
    if (!number) return std::unexpected(number.error());
    begin_computed();
    model::append_number(values_.computed_, *number);
    end_computed();
    return {};
  }

  Status keep_set(AttributeType type, std::vector<std::string_view> members) {
    begin_computed();
    const bool distinct = model::append_set(values_.computed_, type, std::move(members));
    PARLEY_ASSERT(distinct);
    end_computed();
    return {};
  }

  void append_lists(ValueView first, ValueView second) {
    begin_computed();
    model::ListBuilder list(values_.computed_);
    for (const ValueView part : {first, second}) {
      for (const ValueView element : part.list()) {
        values_.computed_.append(element.bytes());
        list.element_added();
      }
    }
    list.finish();
    end_computed();
  }

  void begin_computed() {
    outcome_.computed = true;
    outcome_.begin = values_.computed_.size();
  }
  void end_computed() { outcome_.size = values_.computed_.size() - outcome_.begin; }

  [[nodiscard]] std::unexpected<Error> wrong_type() const {
    return invalid(bound_.is_legacy
                       ? "Type mismatch for attribute to update"
                       : "An operand in the update expression has an incorrect data type");
  }

  const BoundUpdate& bound_;
  const model::MapView& old_item_;
  UpdateValues values_;
  UpdateValues::Outcome outcome_;
};

std::size_t UpdateValues::total_size() const {
  std::size_t size = computed_.size();
  for (const Outcome& outcome : outcomes_) size += outcome.borrowed.size();
  return size;
}

Result<UpdateValues> compute_update_values(const BoundUpdate& bound,
                                           const model::MapView& old_item) {
  return UpdateComputation(bound, old_item).run();
}

}  // namespace parley::expr
