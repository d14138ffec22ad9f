// KeyCondition: a condition of ANDed comparisons of single attributes with constants, and what a
// key schema makes of it.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "expr/binder.h"
#include "expr/condition_binding.h"
#include "expr/expr.h"
#include "model/limits.h"

namespace parley::expr {
namespace {

using model::AttributeType;

std::unexpected<Error> invalid_operator(std::string_view name) {
  return invalid("Invalid operator used in KeyConditionExpression: " + std::string(name));
}

std::unexpected<Error> key_must_come_first(std::string_view name) {
  return invalid("Invalid condition in KeyConditionExpression: " + std::string(name) +
                 " operator must have the key attribute as its first operand");
}

std::unexpected<Error> wrong_type() {
  return invalid(
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type");
}

/// `comparison` with its operands exchanged.
RangeOperator range_operator(Comparison comparison, bool exchanged) {
  switch (comparison) {
    case Comparison::kLess:
      return exchanged ? RangeOperator::kGreater : RangeOperator::kLess;
    case Comparison::kLessOrEqual:
      return exchanged ? RangeOperator::kGreaterOrEqual : RangeOperator::kLessOrEqual;
    case Comparison::kGreater:
      return exchanged ? RangeOperator::kLess : RangeOperator::kGreater;
    case Comparison::kGreaterOrEqual:
      return exchanged ? RangeOperator::kLessOrEqual : RangeOperator::kGreaterOrEqual;
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      break;
  }
  return RangeOperator::kEqual;
}

/// Reads the terms off a bound condition.
class TermCollector {
 public:
  explicit TermCollector(const BoundCondition& bound) : bound_(bound) {}

  /// Depth: AND nests at most as deep as operators are allowed.
  Status collect(NodeIndex index) {
    const BoundNode& node = bound_.nodes[index];
    switch (node.kind) {
      case NodeKind::kAnd:
        for (NodeIndex i = node.first_child; i != kNoNode; i = bound_.nodes[i].next_sibling) {
          PARLEY_TRY(collect(i));
        }
        return {};
      case NodeKind::kOr:
        return invalid_operator("OR");
      case NodeKind::kNot:
        return invalid_operator("NOT");
      case NodeKind::kIn:
        return invalid_operator("IN");
      case NodeKind::kComparison:
        if (node.comparison == Comparison::kNotEqual) return invalid_operator("<>");
        return collect_predicate(node);
      case NodeKind::kBetween:
        if (bound_.nodes[node.first_child].kind == NodeKind::kValue) {
          return key_must_come_first("BETWEEN");
        }
        return collect_predicate(node);
      case NodeKind::kFunction:
        if (node.function != Function::kBeginsWith) {
          return invalid_operator(name_of(node.function));
        }
        if (bound_.nodes[node.first_child].kind == NodeKind::kValue) {
          return key_must_come_first("begins_with");
        }
        return collect_predicate(node);
      default:
        return {};
    }
  }

  std::vector<KeyCondition::Term> terms;

 private:
  Status collect_predicate(const BoundNode& node) {
    KeyCondition::Term term;
    std::optional<std::string_view> attribute;
    model::ValueView* next_value = &term.first;
    for (NodeIndex i = node.first_child; i != kNoNode; i = bound_.nodes[i].next_sibling) {
      const BoundNode& operand = bound_.nodes[i];
      if (operand.kind == NodeKind::kFunction) {
        return invalid("KeyConditionExpressions cannot contain nested operations");
      }
      if (operand.kind == NodeKind::kValue) {
        *next_value = operand.value;
        next_value = &term.second;
        continue;
      }
      if (attribute) {
        return invalid(
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
            "condition");
      }
      if (operand.path.size > 1) {
        return invalid("KeyConditionExpressions cannot have conditions on nested attributes");
      }
      attribute = bound_.elements[operand.path.begin].name;
    }
    if (!attribute) {
      return invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
    }
    if (std::ranges::find(terms, *attribute, &KeyCondition::Term::attribute) != terms.end()) {
      return invalid(
          "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition "
          "per key");
    }
    term.attribute = *attribute;
    switch (node.kind) {
      case NodeKind::kBetween:
        term.op = RangeOperator::kBetween;
        break;
      case NodeKind::kFunction:
        term.op = RangeOperator::kBeginsWith;
        break;
      default:
        term.op = range_operator(node.comparison, attribute_is_second(node));
        break;
    }
    terms.push_back(std::move(term));
    return {};
  }

  [[nodiscard]] bool attribute_is_second(const BoundNode& node) const {
    return bound_.nodes[node.first_child].kind != NodeKind::kPath;
  }

  const BoundCondition& bound_;
};

enum class KeyRole : std::uint8_t { kHash, kRange };

/// What an item's key could not be: empty or too long.
Status check_value(const model::KeyAttribute& attribute, KeyRole role, model::ValueView value) {
  const std::size_t size = value.scalar_bytes().size();
  if (attribute.type != AttributeType::kNumber && size == 0) {
    return invalid(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty " +
        std::string(attribute.type == AttributeType::kString ? "string" : "binary") +
        " value. Key: " + attribute.name);
  }
  if (role == KeyRole::kHash && size > model::kPartitionKeySizeBytesMax) {
    return invalid(
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
        "limit of2048 bytes");
  }
  if (role == KeyRole::kRange && size > model::kSortKeySizeBytesMax) {
    return invalid(
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
        "the size limit of 1024 bytes");
  }
  return {};
}

/// In DynamoDB's order: whether any key takes the operator, the types, whether this key takes it,
/// the values.
Status check_term(const model::KeyAttribute& attribute, KeyRole role,
                  const KeyCondition::Term& term) {
  if (!term.indexable) {
    return invalid("Attempted conditional constraint is not an indexable operation");
  }
  const bool between = term.op == RangeOperator::kBetween;
  if (term.first.type() != attribute.type) return wrong_type();
  if (between && term.second.type() != attribute.type) return wrong_type();
  if (role == KeyRole::kHash && term.op != RangeOperator::kEqual) {
    return invalid("Query key condition not supported");
  }
  PARLEY_TRY(check_value(attribute, role, term.first));
  if (between) PARLEY_TRY(check_value(attribute, role, term.second));
  return {};
}

std::unexpected<Error> missed(const std::string& attribute) {
  return invalid("Query condition missed key schema element: " + attribute);
}

/// The attributes of a sort key are compared from the first on, all but the last of them by "=".
/// `find` gives the condition on an attribute, or nullptr.
template <typename Find>
Status check_range_order(const model::KeySchema& key, const Find& find) {
  std::string unequal;
  for (const model::KeyAttribute& attribute : key.range) {
    const KeyCondition::Term* term = find(attribute.name);
    if (term != nullptr && !unequal.empty()) {
      return invalid("RANGE key attributes " + unequal +
                     " must have equality conditions specified in the query because a condition is "
                     "present on key attribute " +
                     attribute.name);
    }
    if (term != nullptr && term->op == RangeOperator::kEqual) continue;
    if (!unequal.empty()) unequal += ", ";
    unequal += attribute.name;
  }
  return {};
}

}  // namespace

Result<KeyCondition> KeyCondition::parse(std::string_view text, Substitutions& substitutions) {
  const auto bound =
      PARLEY_TRY(bind_condition(ExpressionKind::kKeyConditionExpression, text, substitutions));
  TermCollector collector(*bound);
  auto form = collector.collect(bound->root);
  if (form &&
      collector.terms.size() > model::kIndexHashAttributesMax + model::kIndexRangeAttributesMax) {
    form = invalid("Conditions can be of length 1 or 2 only");
  }
  KeyCondition condition(std::move(collector.terms));
  condition.form_ = std::move(form);
  return condition;
}

Result<KeyConditions> KeyCondition::resolve(const model::KeySchema& key) const {
  PARLEY_TRY(form_);
  const bool simple = key.hash.size() == 1 && key.range.size() <= 1;
  // A table of a partition key alone takes no second condition.
  if (simple && key.range.empty() && terms_.size() > 1) {
    return invalid("Query key condition not supported");
  }
  auto find = [&](const std::string& attribute) -> const Term* {
    const auto term = std::ranges::find(terms_, attribute, &Term::attribute);
    return term == terms_.end() ? nullptr : &*term;
  };
  const std::size_t key_attribute_count = key.hash.size() + key.range.size();
  if (terms_.size() > key_attribute_count) {
    return invalid("The number of query conditions (" + std::to_string(terms_.size()) +
                   ") exceeds the number of key attributes defined in the schema (" +
                   std::to_string(key_attribute_count) + ")");
  }
  KeyConditions resolved;
  std::size_t used = 0;
  for (const model::KeyAttribute& attribute : key.hash) {
    const Term* term = find(attribute.name);
    if (term == nullptr) return missed(attribute.name);
    PARLEY_TRY(check_term(attribute, KeyRole::kHash, *term));
    resolved.hash.push_back(term->first);
    ++used;
  }
  PARLEY_TRY(check_range_order(key, find));
  for (const model::KeyAttribute& attribute : key.range) {
    const Term* term = find(attribute.name);
    if (term == nullptr) {
      if (used < terms_.size()) return missed(attribute.name);
      break;
    }
    PARLEY_TRY(check_term(attribute, KeyRole::kRange, *term));
    resolved.range.push_back({term->op, term->first, term->second});
    ++used;
  }
  if (used < terms_.size()) return invalid("Query key condition not supported");
  return resolved;
}

}  // namespace parley::expr
