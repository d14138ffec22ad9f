// For tests: values and items as trees, the naive model that random expressions are checked
// against.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"

namespace parley::expr {

struct Tree {
  enum class Type : std::uint8_t { kString, kNumber, kBool, kNull, kStringSet, kList, kMap };
  Type type = Type::kNull;
  std::string text;                  // kString
  std::int64_t number = 0;           // kNumber; kBool: 0 or 1
  std::set<std::string> members;     // kStringSet
  std::map<std::size_t, Tree> list;  // kList; gaps close when it is printed
  std::map<std::string, Tree> map;   // kMap
  friend bool operator==(const Tree&, const Tree&) = default;
};

/// {"S":"…"}, as the codec prints it.
inline std::string json_of(const Tree& tree) {
  std::string json;
  auto separate = [&] {
    if (json.back() != '[' && json.back() != '{') json += ',';
  };
  switch (tree.type) {
    case Tree::Type::kString:
      return R"({"S":")" + tree.text + "\"}";
    case Tree::Type::kNumber:
      return R"({"N":")" + std::to_string(tree.number) + "\"}";
    case Tree::Type::kBool:
      return tree.number != 0 ? R"({"BOOL":true})" : R"({"BOOL":false})";
    case Tree::Type::kNull:
      return R"({"NULL":true})";
    case Tree::Type::kStringSet:
      json = R"({"SS":[)";
      for (const auto& member : tree.members) {
        separate();
        json += '"' + member + '"';
      }
      return json + "]}";
    case Tree::Type::kList:
      json = R"({"L":[)";
      for (const auto& [index, element] : tree.list) {
        separate();
        json += json_of(element);
      }
      return json + "]}";
    case Tree::Type::kMap:
      break;
  }
  json = R"({"M":{)";
  for (const auto& [name, value] : tree.map) {
    separate();
    json += '"' + name + "\":" + json_of(value);
  }
  return json + "}}";
}

/// A map's entries alone: an item.
inline std::string item_json_of(const Tree& map) {
  const std::string json = json_of(map);
  return json.substr(5, json.size() - 6);
}

struct TreeStep {
  bool is_index = false;
  std::size_t index = 0;
  std::string name;
};
using TreePath = std::vector<TreeStep>;

inline std::string text_of(const TreePath& path) {
  std::string text;
  for (const auto& step : path) {
    if (step.is_index) {
      text += '[' + std::to_string(step.index) + ']';
    } else {
      text += (text.empty() ? "" : ".") + step.name;
    }
  }
  return text;
}

inline const Tree* find(const Tree& root, const TreePath& path) {
  const Tree* tree = &root;
  for (const auto& step : path) {
    if (step.is_index) {
      if (tree->type != Tree::Type::kList) return nullptr;
      const auto it = tree->list.find(step.index);
      if (it == tree->list.end()) return nullptr;
      tree = &it->second;
    } else {
      if (tree->type != Tree::Type::kMap) return nullptr;
      const auto it = tree->map.find(step.name);
      if (it == tree->map.end()) return nullptr;
      tree = &it->second;
    }
  }
  return tree;
}

/// Small values that meet again and again: few names, few numbers, short strings.
class TreeSource {
 public:
  explicit TreeSource(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_.next_u64() % n); }
  bool chance(std::size_t percent) { return below(100) < percent; }

  std::string name() { return std::string(1, static_cast<char>('a' + below(6))); }

  std::string word() {
    std::string text;
    for (std::size_t i = below(3); i > 0; --i) text += static_cast<char>('x' + below(2));
    return text;
  }

  Tree scalar() {
    Tree tree;
    switch (below(8)) {
      case 0:
        tree.type = Tree::Type::kNull;
        break;
      case 1:
        tree.type = Tree::Type::kBool;
        tree.number = static_cast<std::int64_t>(below(2));
        break;
      case 2:
        tree.type = Tree::Type::kStringSet;
        tree.members.insert(word());
        tree.members.insert(word());
        break;
      case 3:
      case 4:
        tree.type = Tree::Type::kString;
        tree.text = word();
        break;
      default:
        tree.type = Tree::Type::kNumber;
        tree.number = static_cast<std::int64_t>(below(7)) - 3;
        break;
    }
    return tree;
  }

  Tree value(std::size_t depth) {
    if (depth == 0 || chance(50)) return scalar();
    if (chance(50)) return map(depth - 1);
    Tree list;
    list.type = Tree::Type::kList;
    const std::size_t size = below(4);
    for (std::size_t i = 0; i < size; ++i) list.list[i] = value(depth - 1);
    return list;
  }

  Tree map(std::size_t depth) {
    Tree map;
    map.type = Tree::Type::kMap;
    for (std::size_t i = below(6); i > 0; --i) map.map[name()] = value(depth);
    return map;
  }

  TreePath path() {
    TreePath path = {{false, 0, name()}};
    while (chance(45) && path.size() < 4) {
      if (chance(50)) {
        path.push_back({true, below(5), ""});
      } else {
        path.push_back({false, 0, name()});
      }
    }
    return path;
  }

  /// A path that leads somewhere in `root` more often than not.
  TreePath path_in(const Tree& root) {
    if (root.map.empty() || chance(25)) return path();
    TreePath path;
    const Tree* tree = &root;
    while (true) {
      if (tree->type == Tree::Type::kMap && !tree->map.empty()) {
        auto it = tree->map.begin();
        std::advance(it, static_cast<std::ptrdiff_t>(below(tree->map.size())));
        path.push_back({false, 0, chance(15) ? name() : it->first});
        tree = &it->second;
      } else if (tree->type == Tree::Type::kList && !tree->list.empty()) {
        const std::size_t index = below(tree->list.size());
        path.push_back({true, chance(15) ? below(7) : index, ""});
        tree = &tree->list.at(index);
      } else {
        return path;
      }
      if (chance(40)) return path;
    }
  }

 private:
  SeededRandom random_;
};

}  // namespace parley::expr
