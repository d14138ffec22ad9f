// Condition: binding, and evaluation straight on the stored encoding, without allocation.
#include <algorithm>
#include <string>
#include <utility>

#include "expr/binder.h"
#include "expr/bound_condition.h"
#include "expr/condition_binding.h"
#include "expr/expr.h"
#include "expr/parser.h"

namespace parley::expr {
namespace {

using model::AttributeType;
using model::ValueView;

/// An operand's value for one item, or none. size() computes one, which `scratch` holds; it stays
/// within std::string's own buffer.
class Operand {
 public:
  Operand() = default;
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;

  void set(std::optional<ValueView> value) { value_ = value; }
  void set_size(std::size_t size) {
    model::append_number(scratch_, model::Number::from_int64(static_cast<std::int64_t>(size)));
    value_ = ValueView(scratch_);
  }
  [[nodiscard]] bool exists() const { return value_.has_value(); }
  [[nodiscard]] ValueView value() const { return *value_; }
  [[nodiscard]] AttributeType type() const { return value_->type(); }

 private:
  std::optional<ValueView> value_;
  std::string scratch_;
};

/// The length of `utf8` in UTF-16 code units: what AWS's size() counts in a string.
std::size_t utf16_size(std::string_view utf8) {
  std::size_t size = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) ++size;  // the first byte of a character
    if (byte >= 0xF0U) ++size;            // one beyond U+FFFF takes two units
  }
  return size;
}

/// What size() counts; nullopt for a type without a size.
/// Source: …/developerguide/Expressions.OperatorsAndFunctions.html
std::optional<std::size_t> size_of(ValueView value) {
  switch (value.type()) {
    case AttributeType::kString:
      return utf16_size(value.scalar_bytes());
    case AttributeType::kBinary:
      return value.scalar_bytes().size();
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return value.set().size();
    case AttributeType::kList:
      return value.list().size();
    case AttributeType::kMap:
      return value.map().size();
    case AttributeType::kNumber:
    case AttributeType::kNull:
    case AttributeType::kBool:
      break;
  }
  return std::nullopt;
}

/// Both are scalars of one type that has an order.
bool orderable(const Operand& left, const Operand& right) {
  return left.exists() && right.exists() && left.type() == right.type() &&
         model::is_scalar_key(left.type());
}

bool equal(const Operand& left, const Operand& right) {
  return left.exists() && right.exists() && left.value() == right.value();
}

bool compare(Comparison comparison, const Operand& left, const Operand& right) {
  if (comparison == Comparison::kEqual) return equal(left, right);
  if (comparison == Comparison::kNotEqual) return !equal(left, right);
  if (!orderable(left, right)) return false;
  const auto order = model::compare_scalars(left.value(), right.value());
  switch (comparison) {
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessOrEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterOrEqual:
      return order >= 0;
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      break;
  }
  return false;
}

bool begins_with(const Operand& whole, const Operand& prefix) {
  if (!whole.exists() || !prefix.exists() || whole.type() != prefix.type()) return false;
  if (whole.type() != AttributeType::kString && whole.type() != AttributeType::kBinary) {
    return false;
  }
  return whole.value().scalar_bytes().starts_with(prefix.value().scalar_bytes());
}

/// The type of the members of a set.
AttributeType member_type(AttributeType set_type) {
  switch (set_type) {
    case AttributeType::kStringSet:
      return AttributeType::kString;
    case AttributeType::kNumberSet:
      return AttributeType::kNumber;
    default:
      return AttributeType::kBinary;
  }
}

/// A substring, a member of a set or an element of a list; never a subset.
bool contains(const Operand& whole, const Operand& part) {
  if (!whole.exists() || !part.exists()) return false;
  const ValueView container = whole.value();
  switch (container.type()) {
    case AttributeType::kString:
    case AttributeType::kBinary:
      return part.type() == container.type() &&
             container.scalar_bytes().find(part.value().scalar_bytes()) != std::string_view::npos;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return part.type() == member_type(container.type()) &&
             container.set().contains(part.value().scalar_bytes());
    case AttributeType::kList: {
      for (const ValueView element : container.list()) {
        if (element == part.value()) return true;
      }
      return false;
    }
    default:
      return false;
  }
}

/// One evaluation. Depth: AND, OR, NOT nest at most as deep as operators are allowed.
class Evaluator {
 public:
  Evaluator(const BoundCondition& bound, const model::MapView& item)
      : bound_(bound), nodes_(bound.nodes.data()), item_(item) {}

  [[nodiscard]] bool holds(NodeIndex index) const {
    const BoundNode& node = nodes_[index];
    switch (node.kind) {
      case NodeKind::kAnd:
        return all_hold(node);
      case NodeKind::kOr:
        return any_holds(node);
      case NodeKind::kNot:
        return !holds(node.first_child);
      case NodeKind::kComparison: {
        Operand left;
        Operand right;
        read(node.first_child, left);
        read(nodes_[node.first_child].next_sibling, right);
        return compare(node.comparison, left, right);
      }
      case NodeKind::kBetween:
        return between(node);
      case NodeKind::kIn:
        return in(node);
      case NodeKind::kFunction:
        return function(node);
      default:
        return false;  // operands are never asked
    }
  }

 private:
  [[nodiscard]] bool all_hold(const BoundNode& node) const {
    for (NodeIndex i = node.first_child; i != kNoNode; i = nodes_[i].next_sibling) {
      if (!holds(i)) return false;
    }
    return true;
  }

  [[nodiscard]] bool any_holds(const BoundNode& node) const {
    for (NodeIndex i = node.first_child; i != kNoNode; i = nodes_[i].next_sibling) {
      if (holds(i)) return true;
    }
    return false;
  }

  [[nodiscard]] bool between(const BoundNode& node) const {
    Operand value;
    Operand lower;
    Operand upper;
    const NodeIndex second = nodes_[node.first_child].next_sibling;
    read(node.first_child, value);
    read(second, lower);
    read(nodes_[second].next_sibling, upper);
    return compare(Comparison::kGreaterOrEqual, value, lower) &&
           compare(Comparison::kLessOrEqual, value, upper);
  }

  [[nodiscard]] bool in(const BoundNode& node) const {
    Operand value;
    read(node.first_child, value);
    if (!value.exists()) return false;
    NodeIndex i = nodes_[node.first_child].next_sibling;
    for (; i != kNoNode; i = nodes_[i].next_sibling) {
      Operand candidate;
      read(i, candidate);
      if (equal(value, candidate)) return true;
    }
    return false;
  }

  [[nodiscard]] bool function(const BoundNode& node) const {
    Operand first;
    read(node.first_child, first);
    if (node.function == Function::kAttributeExists) return first.exists();
    if (node.function == Function::kAttributeNotExists) return !first.exists();
    Operand second;
    read(nodes_[node.first_child].next_sibling, second);
    switch (node.function) {
      case Function::kBeginsWith:
        return begins_with(first, second);
      case Function::kContains:
        return contains(first, second);
      case Function::kAttributeType:
        return first.exists() && model::wire_name(first.type()) == second.value().scalar_bytes();
      default:
        return false;  // the others are operands
    }
  }

  void read(NodeIndex index, Operand& operand) const {
    const BoundNode& node = nodes_[index];
    if (node.kind == NodeKind::kValue) {
      operand.set(node.value);
    } else if (node.kind == NodeKind::kPath) {
      operand.set(find_value(item_, bound_.path(node.path)));
    } else {  // size(): its operand is a path or a value
      const BoundNode& measured = nodes_[node.first_child];
      const auto value = measured.kind == NodeKind::kValue
                             ? measured.value
                             : find_value(item_, bound_.path(measured.path));
      const auto size = value ? size_of(*value) : std::nullopt;
      if (size) operand.set_size(*size);
    }
  }

  const BoundCondition& bound_;
  const BoundNode* nodes_;
  const model::MapView& item_;
};

bool reads_below_top_level(const BoundCondition& bound, std::string_view name) {
  return std::ranges::any_of(bound.nodes, [&](const BoundNode& node) {
    return node.kind == NodeKind::kPath && node.path.size > 1 &&
           bound.elements[node.path.begin].name == name;
  });
}

bool reads(const BoundCondition& bound, std::string_view name) {
  return std::ranges::any_of(bound.nodes, [&](const BoundNode& node) {
    return node.kind == NodeKind::kPath && bound.elements[node.path.begin].name == name;
  });
}

template <class Predicate>
std::optional<std::string_view> first_of_key(const model::KeySchema& key,
                                             const Predicate& predicate) {
  for (const auto* attributes : {&key.hash, &key.range}) {
    for (const model::KeyAttribute& attribute : *attributes) {
      if (predicate(attribute.name)) return attribute.name;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<BoundCondition>> bind_condition(ExpressionKind kind, std::string_view text,
                                                       Substitutions& substitutions) {
  auto bound = std::make_unique<BoundCondition>();
  bound->text = text;
  const Ast ast = PARLEY_TRY(parse_condition(kind, bound->text));
  Binder binder(kind, ast, substitutions, *bound);
  PARLEY_TRY(binder.check_words());
  PARLEY_TRY(binder.bind_nodes(0, static_cast<NodeIndex>(ast.nodes.size())));
  PARLEY_TRY(binder.check_operator_count());
  bound->root = ast.root;
  return bound;
}

Result<Condition> Condition::parse(ExpressionKind kind, std::string_view text,
                                   Substitutions& substitutions) {
  return Condition(PARLEY_TRY(bind_condition(kind, text, substitutions)));
}

Condition::Condition(std::unique_ptr<const BoundCondition> bound) : bound_(std::move(bound)) {}
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

bool Condition::evaluate(const model::MapView& item) const {
  return bound_->root == kNoNode || Evaluator(*bound_, item).holds(bound_->root);
}

std::optional<std::string_view> Condition::first_key_attribute(const model::KeySchema& key) const {
  return first_of_key(key, [&](std::string_view name) { return reads(*bound_, name); });
}

std::optional<std::string_view> Condition::first_nested_key_attribute(
    const model::KeySchema& key) const {
  return first_of_key(key,
                      [&](std::string_view name) { return reads_below_top_level(*bound_, name); });
}

Status Condition::check_no_key_attribute(const model::KeySchema& key) const {
  const auto name = first_key_attribute(key);
  if (!name) return {};
  std::string message = bound_->is_legacy ? "QueryFilter" : "Filter Expression";
  message += " can only contain non-primary key attributes: Primary key attribute: ";
  message += *name;
  return invalid(std::move(message));
}

std::vector<std::string_view> Condition::attribute_names() const {
  std::vector<std::string_view> names;
  for (const BoundNode& node : bound_->nodes) {
    if (node.kind != NodeKind::kPath) continue;
    const std::string_view name = bound_->elements[node.path.begin].name;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace parley::expr
