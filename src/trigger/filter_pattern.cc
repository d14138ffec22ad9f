#include "trigger/filter_pattern.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace parley::trigger {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

struct Bound {
  enum class Kind : std::uint8_t { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  Kind kind;
  double value;
};

struct Exists {
  bool wanted;
};
struct Null {};
struct Text {
  enum class Kind : std::uint8_t { kEqual, kPrefix, kSuffix, kEqualIgnoringCase };
  Kind kind;
  std::string text;
};
struct Numeric {
  std::vector<Bound> bounds;
};
struct Boolean {
  bool value;
};
struct AnythingBut {
  std::vector<Text> texts;
  std::vector<double> numbers;
};
using Alternative = std::variant<Exists, Null, Text, Numeric, Boolean, AnythingBut>;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool text_matches(const Text& wanted, std::string_view text) {
  switch (wanted.kind) {
    case Text::Kind::kEqual:
      return text == wanted.text;
    case Text::Kind::kPrefix:
      return text.starts_with(wanted.text);
    case Text::Kind::kSuffix:
      return text.ends_with(wanted.text);
    case Text::Kind::kEqualIgnoringCase:
      break;
  }
  return equal_ignoring_case(text, wanted.text);
}

bool bound_holds(const Bound& bound, double value) {
  switch (bound.kind) {
    case Bound::Kind::kEqual:
      return value == bound.value;
    case Bound::Kind::kLess:
      return value < bound.value;
    case Bound::Kind::kLessOrEqual:
      return value <= bound.value;
    case Bound::Kind::kGreater:
      return value > bound.value;
    case Bound::Kind::kGreaterOrEqual:
      break;
  }
  return value >= bound.value;
}

std::optional<double> number_of(const element& value) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<std::string_view> text_of(const element& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

/// `value` is a scalar of the event.
bool alternative_matches(const Alternative& alternative, const element& value) {
  struct Visitor {
    const element& value;
    bool operator()(const Exists& exists) const { return exists.wanted; }
    bool operator()(const Null&) const { return value.is_null(); }
    bool operator()(const Text& wanted) const {
      const auto text = text_of(value);
      return text && text_matches(wanted, *text);
    }
    bool operator()(const Numeric& wanted) const {
      const auto number = number_of(value);
      return number && std::ranges::all_of(wanted.bounds, [&](const Bound& bound) {
               return bound_holds(bound, *number);
             });
    }
    bool operator()(const Boolean& wanted) const {
      bool boolean = false;
      return value.get(boolean) == simdjson::SUCCESS && boolean == wanted.value;
    }
    bool operator()(const AnythingBut& unwanted) const {
      const auto text = text_of(value);
      const auto number = number_of(value);
      const bool hit =
          std::ranges::any_of(unwanted.texts,
                              [&](const Text& one) { return text && text_matches(one, *text); }) ||
          std::ranges::any_of(unwanted.numbers, [&](double one) { return number == one; });
      return !hit;
    }
  };
  return std::visit(Visitor{value}, alternative);
}

// --- compiling -----------------------------------------------------------------------------------

std::unexpected<Error> invalid_pattern() {
  return fail(ErrorCode::kInvalidParameter, "Invalid filter pattern definition.");
}

std::optional<Text::Kind> text_kind(std::string_view name) {
  if (name == "prefix") return Text::Kind::kPrefix;
  if (name == "suffix") return Text::Kind::kSuffix;
  if (name == "equals-ignore-case") return Text::Kind::kEqualIgnoringCase;
  return std::nullopt;
}

Result<std::vector<Text>> compile_texts(Text::Kind kind, const element& json) {
  std::vector<Text> texts;
  if (const auto text = text_of(json)) {
    texts.push_back({kind, std::string(*text)});
    return texts;
  }
  simdjson::dom::array list;
  if (json.get(list) != simdjson::SUCCESS) return invalid_pattern();
  for (const element one : list) {
    const auto text = text_of(one);
    if (!text) return invalid_pattern();
    texts.push_back({kind, std::string(*text)});
  }
  if (texts.empty()) return invalid_pattern();
  return texts;
}

Result<Alternative> compile_anything_but(const element& json) {
  AnythingBut result;
  simdjson::dom::object object;
  simdjson::dom::array list;
  if (json.get(object) == simdjson::SUCCESS) {
    if (object.size() != 1) return invalid_pattern();
    for (const auto& [name, texts] : object) {
      const auto kind = text_kind(name);
      if (!kind) return invalid_pattern();
      result.texts = PARLEY_TRY(compile_texts(*kind, texts));
    }
    return result;
  }
  if (json.get(list) == simdjson::SUCCESS) {
    for (const element one : list) {
      if (const auto text = text_of(one)) {
        result.texts.push_back({Text::Kind::kEqual, std::string(*text)});
      } else if (const auto number = number_of(one)) {
        result.numbers.push_back(*number);
      } else {
        return invalid_pattern();
      }
    }
    if (result.texts.empty() == result.numbers.empty()) return invalid_pattern();
    return result;
  }
  if (const auto text = text_of(json)) {
    result.texts.push_back({Text::Kind::kEqual, std::string(*text)});
  } else if (const auto number = number_of(json)) {
    result.numbers.push_back(*number);
  } else {
    return invalid_pattern();
  }
  return result;
}

std::optional<Bound::Kind> bound_kind(std::string_view sign) {
  if (sign == "=") return Bound::Kind::kEqual;
  if (sign == "<") return Bound::Kind::kLess;
  if (sign == "<=") return Bound::Kind::kLessOrEqual;
  if (sign == ">") return Bound::Kind::kGreater;
  if (sign == ">=") return Bound::Kind::kGreaterOrEqual;
  return std::nullopt;
}

/// One comparison, or a lower bound followed by an upper one that leaves room between them.
Result<Alternative> compile_numeric(const element& json) {
  simdjson::dom::array list;
  if (json.get(list) != simdjson::SUCCESS) return invalid_pattern();
  if (list.size() != 2 && list.size() != 4) return invalid_pattern();
  Numeric result;
  for (std::size_t i = 0; i < list.size(); i += 2) {
    element first;
    element second;
    if (list.at(i).get(first) != simdjson::SUCCESS ||
        list.at(i + 1).get(second) != simdjson::SUCCESS) {
      return invalid_pattern();
    }
    const auto sign = text_of(first);
    const auto value = number_of(second);
    const auto kind = sign ? bound_kind(*sign) : std::nullopt;
    if (!kind || !value) return invalid_pattern();
    result.bounds.push_back({*kind, *value});
  }
  if (result.bounds.size() == 2) {
    const auto is_lower = [](Bound::Kind kind) {
      return kind == Bound::Kind::kGreater || kind == Bound::Kind::kGreaterOrEqual;
    };
    const auto& first = result.bounds[0];
    const auto& second = result.bounds[1];
    if (!is_lower(first.kind) || is_lower(second.kind) || second.kind == Bound::Kind::kEqual) {
      return invalid_pattern();
    }
    if (first.value >= second.value) return invalid_pattern();
  }
  return result;
}

Result<Alternative> compile_operator(std::string_view name, const element& json) {
  if (const auto kind = text_kind(name)) {
    const auto text = text_of(json);
    if (!text) return invalid_pattern();
    return Text{*kind, std::string(*text)};
  }
  if (name == "exists") {
    bool wanted = false;
    if (json.get(wanted) != simdjson::SUCCESS) return invalid_pattern();
    return Exists{wanted};
  }
  if (name == "numeric") return compile_numeric(json);
  if (name == "anything-but") return compile_anything_but(json);
  return invalid_pattern();
}

Result<Alternative> compile_alternative(const element& json) {
  if (json.is_null()) return Null{};
  if (const auto text = text_of(json)) return Text{Text::Kind::kEqual, std::string(*text)};
  if (const auto number = number_of(json)) return Numeric{{{Bound::Kind::kEqual, *number}}};
  bool boolean = false;
  if (json.get(boolean) == simdjson::SUCCESS) return Boolean{boolean};
  simdjson::dom::object object;
  if (json.get(object) != simdjson::SUCCESS || object.size() != 1) return invalid_pattern();
  for (const auto& [name, operand] : object) return compile_operator(name, operand);
  return invalid_pattern();
}

}  // namespace

/// Conditions on one object of the event: all of `members` and of `either` hold.
struct FilterPattern::Node {
  struct Member {
    std::string name;
    std::vector<Alternative> leaf;      // or
    std::unique_ptr<const Node> below;  // exactly one of the two is there
  };
  std::vector<Member> members;
  std::vector<std::vector<std::unique_ptr<const Node>>> either;  // $or
};

namespace {

using Node = FilterPattern::Node;

Result<std::unique_ptr<const Node>> compile_node(const simdjson::dom::object& json,
                                                 std::size_t depth);

Result<std::vector<std::unique_ptr<const Node>>> compile_either(const element& json,
                                                                std::size_t depth) {
  simdjson::dom::array list;
  if (json.get(list) != simdjson::SUCCESS || list.size() == 0) return invalid_pattern();
  std::vector<std::unique_ptr<const Node>> nodes;
  for (const element one : list) {
    simdjson::dom::object object;
    if (one.get(object) != simdjson::SUCCESS) return invalid_pattern();
    nodes.push_back(PARLEY_TRY(compile_node(object, depth)));
  }
  return nodes;
}

Result<std::unique_ptr<const Node>> compile_node(const simdjson::dom::object& json,
                                                 std::size_t depth) {
  if (depth > kFilterPatternDepthMax || json.size() == 0) return invalid_pattern();
  auto node = std::make_unique<Node>();
  for (const auto [name, value] : json) {
    if (name == "$or") {
      node->either.push_back(PARLEY_TRY(compile_either(value, depth + 1)));
      continue;
    }
    Node::Member member{std::string(name), {}, nullptr};
    simdjson::dom::array leaf;
    simdjson::dom::object object;
    if (value.get(leaf) == simdjson::SUCCESS) {
      for (const element one : leaf) member.leaf.push_back(PARLEY_TRY(compile_alternative(one)));
      if (member.leaf.empty()) return invalid_pattern();
    } else if (value.get(object) == simdjson::SUCCESS) {
      member.below = PARLEY_TRY(compile_node(object, depth + 1));
    } else {
      return invalid_pattern();
    }
    node->members.push_back(std::move(member));
  }
  return std::unique_ptr<const Node>(std::move(node));
}

// --- matching ------------------------------------------------------------------------------------

/// Calls `visit` with each scalar that is `value` or an element of it; false as soon as it says so.
template <class Visit>
bool any_scalar(const element& value, const Visit& visit) {
  simdjson::dom::array list;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const element one : list) {
      if (any_scalar(one, visit)) return true;
    }
    return false;
  }
  return value.type() != element_type::OBJECT && visit(value);
}

bool leaf_matches(const std::vector<Alternative>& leaf, const std::optional<element>& value) {
  const bool exists = value && any_scalar(*value, [](const element&) { return true; });
  for (const auto& alternative : leaf) {
    if (const auto* wanted = std::get_if<Exists>(&alternative)) {
      if (wanted->wanted == exists) return true;
    } else if (exists && any_scalar(*value, [&](const element& scalar) {
                 return alternative_matches(alternative, scalar);
               })) {
      return true;
    }
  }
  return false;
}

/// `value` is nothing where the event has none: `exists: false` matches there.
bool node_matches(const Node& node, const std::optional<element>& value) {
  simdjson::dom::array list;
  if (value && value->get(list) == simdjson::SUCCESS) {
    for (const element one : list) {
      if (node_matches(node, one)) return true;
    }
    return false;
  }
  simdjson::dom::object object;
  const bool is_object = value && value->get(object) == simdjson::SUCCESS;
  for (const auto& member : node.members) {
    std::optional<element> below;
    if (is_object) {
      element found;
      if (object.at_key(member.name).get(found) == simdjson::SUCCESS) below = found;
    }
    const bool holds =
        member.below ? node_matches(*member.below, below) : leaf_matches(member.leaf, below);
    if (!holds) return false;
  }
  return std::ranges::all_of(node.either, [&](const auto& nodes) {
    return std::ranges::any_of(nodes, [&](const auto& one) { return node_matches(*one, value); });
  });
}

}  // namespace

Result<FilterPattern> FilterPattern::compile(std::string_view json) {
  const auto characters = std::ranges::count_if(
      json, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u; });
  if (static_cast<std::size_t>(characters) > kFilterPatternCharactersMax) return invalid_pattern();
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) {
    return invalid_pattern();
  }
  return FilterPattern(PARLEY_TRY(compile_node(object, 1)));
}

FilterPattern::FilterPattern(std::unique_ptr<const Node> root) : root_(std::move(root)) {}
FilterPattern::FilterPattern(FilterPattern&&) noexcept = default;
FilterPattern& FilterPattern::operator=(FilterPattern&&) noexcept = default;
FilterPattern::~FilterPattern() = default;

bool FilterPattern::matches(const element& event) const {
  return node_matches(*root_, event);
}

struct RecordFilter::Parser {
  simdjson::dom::parser parser;
};

RecordFilter::RecordFilter() = default;
RecordFilter::RecordFilter(std::vector<FilterPattern> patterns)
    : patterns_(std::move(patterns)), parser_(std::make_unique<Parser>()) {}
RecordFilter::RecordFilter(RecordFilter&&) noexcept = default;
RecordFilter& RecordFilter::operator=(RecordFilter&&) noexcept = default;
RecordFilter::~RecordFilter() = default;

bool RecordFilter::passes(std::string_view event_json) {
  if (patterns_.empty()) return true;
  element event;
  if (parser_->parser.parse(event_json.data(), event_json.size()).get(event) != simdjson::SUCCESS) {
    return true;  // what was rendered here is JSON; a record is never lost to a doubt
  }
  return std::ranges::any_of(patterns_,
                             [&](const FilterPattern& one) { return one.matches(event); });
}

}  // namespace parley::trigger
