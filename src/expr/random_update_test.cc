// Random updates of random items, against a naive updater of trees.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "expr/expr.h"
#include "expr/test_request.h"
#include "expr/test_tree.h"

namespace parley::expr {
namespace {

struct Action {
  enum class Kind : std::uint8_t { kSet, kSum, kAppend, kIfNotExists, kRemove, kAdd, kDelete };
  Kind kind = Kind::kSet;
  TreePath target;
  std::optional<TreePath> source;  // else the constant is taken
  Tree constant;
};

class RandomUpdate {
 public:
  RandomUpdate(TreeSource& source, const Tree& item) : source_(source), item_(item) {
    const std::size_t count = 1 + source.below(4);
    while (actions_.size() < count) add_action();
  }

  std::string text() {
    std::string sets;
    std::string removes;
    std::string adds;
    std::string deletes;
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      const Action& action = actions_[i];
      const std::string target = text_of(action.target);
      const std::string value = ":v" + std::to_string(i);
      const std::string operand = action.source ? text_of(*action.source) : value;
      switch (action.kind) {
        case Action::Kind::kSet:
          append(sets, target + " = " + operand);
          break;
        case Action::Kind::kSum:
          append(sets, target + " = " + operand + " - " + value);
          break;
        case Action::Kind::kAppend:
          append(sets, target + " = list_append(" + operand + ", " + value + ")");
          break;
        case Action::Kind::kIfNotExists:
          append(sets, target + " = if_not_exists(" + operand + ", " + value + ")");
          break;
        case Action::Kind::kRemove:
          append(removes, target);
          break;
        case Action::Kind::kAdd:
          append(adds, target + " " + value);
          break;
        case Action::Kind::kDelete:
          append(deletes, target + " " + value);
          break;
      }
    }
    std::string text;
    if (!deletes.empty()) text += " DELETE " + deletes;
    if (!sets.empty()) text += " SET " + sets;
    if (!adds.empty()) text += " ADD " + adds;
    if (!removes.empty()) text += " REMOVE " + removes;
    return text;
  }

  [[nodiscard]] std::string values() const {
    std::string json = "{";
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      if (!uses_constant(actions_[i])) continue;
      if (json.size() > 1) json += ',';
      json += "\":v" + std::to_string(i) + "\":" + json_of(actions_[i].constant);
    }
    return json + "}";
  }

  /// The new item, or nullopt where the update is an error.
  [[nodiscard]] std::optional<Tree> apply() const {
    Tree result = item_;
    for (const Action& action : actions_) {
      TreePath parent_path = action.target;
      const TreeStep last = parent_path.back();
      parent_path.pop_back();
      const Tree* old_parent = find(item_, parent_path);
      if (old_parent == nullptr) return std::nullopt;
      if (old_parent->type != (last.is_index ? Tree::Type::kList : Tree::Type::kMap)) {
        return std::nullopt;
      }
      bool fails = false;
      const auto value = outcome(action, fails);
      if (fails) return std::nullopt;
      Tree& parent = const_cast<Tree&>(*find(result, parent_path));  // result is ours to change
      if (last.is_index) {
        if (value) {
          parent.list[last.index] = *value;
        } else {
          parent.list.erase(last.index);
        }
      } else if (value) {
        parent.map[last.name] = *value;
      } else {
        parent.map.erase(last.name);
      }
    }
    return result;
  }

 private:
  static bool uses_constant(const Action& action) {
    return action.kind != Action::Kind::kRemove &&
           (action.kind != Action::Kind::kSet || !action.source);
  }

  static void append(std::string& list, const std::string& text) {
    if (!list.empty()) list += ", ";
    list += text;
  }

  static bool clash(const TreePath& one, const TreePath& two) {
    for (std::size_t i = 0; i < std::min(one.size(), two.size()); ++i) {
      if (one[i].is_index != two[i].is_index) return true;
      if (one[i].is_index ? one[i].index != two[i].index : one[i].name != two[i].name) return false;
    }
    return true;
  }

  void add_action() {
    Action action;
    action.kind = static_cast<Action::Kind>(source_.below(7));
    action.target = source_.path_in(item_);
    for (const Action& other : actions_) {
      if (clash(other.target, action.target)) return;
    }
    if (source_.chance(60) || action.kind == Action::Kind::kIfNotExists) {
      action.source = source_.path_in(item_);
    }
    action.constant = source_.value(2);
    using Type = Tree::Type;
    switch (action.kind) {
      case Action::Kind::kSum:
        action.constant.type = Type::kNumber;
        break;
      case Action::Kind::kAppend:
        action.constant.type = Type::kList;
        break;
      case Action::Kind::kAdd:
        if (source_.chance(50)) action.constant.type = Type::kNumber;
        [[fallthrough]];
      case Action::Kind::kDelete:
        if (action.kind == Action::Kind::kDelete || action.constant.type != Type::kNumber) {
          action.constant.type = Type::kStringSet;
          action.constant.members = {source_.word(), source_.word()};
        }
        break;
      default:
        break;
    }
    actions_.push_back(std::move(action));
  }

  [[nodiscard]] std::optional<Tree> outcome(const Action& action, bool& fails) const {
    using Type = Tree::Type;
    const Tree* old_value = find(item_, action.target);
    const Tree* operand = action.source ? find(item_, *action.source) : &action.constant;
    if (action.kind == Action::Kind::kRemove) return std::nullopt;
    if (action.kind == Action::Kind::kAdd || action.kind == Action::Kind::kDelete) {
      const bool add = action.kind == Action::Kind::kAdd;
      if (old_value == nullptr) return add ? std::optional(action.constant) : std::nullopt;
      fails = old_value->type != action.constant.type;
      Tree value = *old_value;
      if (value.type == Type::kNumber) {
        value.number += action.constant.number;
        return value;
      }
      for (const auto& member : action.constant.members) {
        if (add) {
          value.members.insert(member);
        } else {
          value.members.erase(member);
        }
      }
      return value.members.empty() ? std::nullopt : std::optional(value);
    }
    if (action.kind == Action::Kind::kIfNotExists) {
      return operand != nullptr ? *operand : action.constant;
    }
    fails = operand == nullptr;
    if (fails || action.kind == Action::Kind::kSet) return fails ? Tree{} : *operand;
    const Type wanted = action.kind == Action::Kind::kSum ? Type::kNumber : Type::kList;
    fails = operand->type != wanted;
    Tree value = *operand;
    value.number -= action.constant.number;
    std::size_t next = value.list.size();
    for (const auto& [index, element] : action.constant.list) value.list[next++] = element;
    return value;
  }

  TreeSource& source_;
  const Tree& item_;
  std::vector<Action> actions_;
};

TEST(RandomUpdates, DoWhatANaiveUpdaterDoes) {
  TreeSource source(20'261'122);
  std::size_t applied = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Tree tree = source.map(3);
    RandomUpdate random(source, tree);
    const std::string text = random.text();
    TestRequest request(random.values());
    const auto update = Update::parse(text, request.substitutions);
    const model::Item item = item_of(item_json_of(tree));
    const auto expected = random.apply();
    if (!update) {  // a constant of the wrong type: an error here, or in the naive updater later
      ASSERT_FALSE(expected.has_value()) << text << ": " << update.error().message;
      continue;
    }
    ASSERT_TRUE(request.substitutions.check_all_used().has_value()) << text;
    const auto result = update->apply(item.view(), true);
    ASSERT_EQ(result.has_value(), expected.has_value())
        << item_json_of(tree) << text << random.values()
        << (result ? json_of(result->view()) : result.error().message);
    if (!result) continue;
    ++applied;
    ASSERT_TRUE(model::is_valid_item(result->bytes())) << text;
    ASSERT_EQ(json_of(result->view()), item_json_of(*expected)) << item_json_of(tree) << text;
  }
  EXPECT_GT(applied, 5000U);
}

}  // namespace
}  // namespace parley::expr
