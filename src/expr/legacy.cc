// Expected, ScanFilter, QueryFilter and KeyConditions, made into the bound conditions that
// expressions become. AttributeUpdates are in legacy_update.cc.
#include "expr/legacy.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "expr/bound_condition.h"
#include "model/limits.h"

namespace parley::expr {
namespace {

using model::AttributeType;
using model::ValueView;

constexpr std::size_t kUnlimited = SIZE_MAX;

bool any_type(AttributeType) {
  return true;
}
bool has_prefixes(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kBinary;
}

/// How many values of which type an operator takes, and whether a key condition may use it.
struct OperatorRow {
  ComparisonOperator op;
  std::string_view name;
  std::size_t values_min;
  std::size_t values_max;
  bool (*takes)(AttributeType);
  std::optional<RangeOperator> range;
};

constexpr std::array<OperatorRow, 13> kOperators{{
    {ComparisonOperator::kEq, "EQ", 1, 1, any_type, RangeOperator::kEqual},
    {ComparisonOperator::kNe, "NE", 1, 1, any_type, std::nullopt},
    {ComparisonOperator::kLe, "LE", 1, 1, model::is_scalar_key, RangeOperator::kLessOrEqual},
    {ComparisonOperator::kLt, "LT", 1, 1, model::is_scalar_key, RangeOperator::kLess},
    {ComparisonOperator::kGe, "GE", 1, 1, model::is_scalar_key, RangeOperator::kGreaterOrEqual},
    {ComparisonOperator::kGt, "GT", 1, 1, model::is_scalar_key, RangeOperator::kGreater},
    {ComparisonOperator::kNotNull, "NOT_NULL", 0, 0, any_type, std::nullopt},
    {ComparisonOperator::kNull, "NULL", 0, 0, any_type, std::nullopt},
    {ComparisonOperator::kContains, "CONTAINS", 1, 1, model::is_scalar_key, std::nullopt},
    {ComparisonOperator::kNotContains, "NOT_CONTAINS", 1, 1, model::is_scalar_key, std::nullopt},
    {ComparisonOperator::kBeginsWith, "BEGINS_WITH", 1, 1, has_prefixes,
     RangeOperator::kBeginsWith},
    {ComparisonOperator::kIn, "IN", 1, kUnlimited, model::is_scalar_key, std::nullopt},
    {ComparisonOperator::kBetween, "BETWEEN", 2, 2, model::is_scalar_key, RangeOperator::kBetween},
}};

const OperatorRow& row_of(ComparisonOperator op) {
  return *std::ranges::find(kOperators, op, &OperatorRow::op);
}

std::unexpected<Error> invalid_values(std::string_view what) {
  return invalid("One or more parameter values were invalid: " + std::string(what));
}

/// "Value cannot be used … for Attribute: a".
std::unexpected<Error> invalid_attribute(std::string_view what, std::string_view attribute) {
  return invalid_values(std::string(what) + " for Attribute: " + std::string(attribute));
}

Status check_values(const OperatorRow& row, std::span<const ValueView> values) {
  const std::string name(row.name);
  if (values.size() < row.values_min || values.size() > row.values_max) {
    return invalid_values("Invalid number of argument(s) for the " + name + " ComparisonOperator");
  }
  for (const ValueView value : values) {
    if (value.type() != values.front().type()) {
      return invalid_values("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  for (const ValueView value : values) {
    if (row.takes(value.type())) continue;
    return invalid_values("ComparisonOperator " + name + " is not valid for " +
                          std::string(model::wire_name(value.type())) + " AttributeValue type");
  }
  if (row.op == ComparisonOperator::kBetween &&
      model::compare_scalars(values.front(), values.back()) > 0) {
    return invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper "
        "bound");
  }
  return {};
}

Status check_combination(std::optional<ConditionalOperator> combine, std::size_t count) {
  if (!combine || count > 1) return {};
  return invalid(count == 0
                     ? "ConditionalOperator cannot be used without Filter or Expected"
                     : "ConditionalOperator can only be used when Filter or Expected has two "
                       "or more elements");
}

/// Builds one bound condition, entry by entry, in post-order.
class ConditionBuilder {
 public:
  explicit ConditionBuilder(std::size_t names_size) {
    bound_->text.reserve(names_size);  // views into it must stay
    bound_->is_legacy = true;
  }

  void add(std::string_view attribute, ComparisonOperator op, std::span<const ValueView> values) {
    const NodeIndex path = add_path(attribute);
    switch (op) {
      case ComparisonOperator::kEq:
        return add_comparison(Comparison::kEqual, path, values);
      case ComparisonOperator::kNe:
        return add_comparison(Comparison::kNotEqual, path, values);
      case ComparisonOperator::kLe:
        return add_comparison(Comparison::kLessOrEqual, path, values);
      case ComparisonOperator::kLt:
        return add_comparison(Comparison::kLess, path, values);
      case ComparisonOperator::kGe:
        return add_comparison(Comparison::kGreaterOrEqual, path, values);
      case ComparisonOperator::kGt:
        return add_comparison(Comparison::kGreater, path, values);
      case ComparisonOperator::kNotNull:
        return keep(add_function(Function::kAttributeExists, path, values));
      case ComparisonOperator::kNull:
        return keep(add_function(Function::kAttributeNotExists, path, values));
      case ComparisonOperator::kContains:
        return keep(add_function(Function::kContains, path, values));
      case ComparisonOperator::kBeginsWith:
        return keep(add_function(Function::kBeginsWith, path, values));
      case ComparisonOperator::kNotContains:
        return keep(add_not_contains(path, values));
      case ComparisonOperator::kIn:
        return keep(add_predicate(NodeKind::kIn, path, values));
      case ComparisonOperator::kBetween:
        return keep(add_predicate(NodeKind::kBetween, path, values));
    }
  }

  Condition build(ConditionalOperator combine) && {
    if (conditions_.size() == 1) bound_->root = conditions_.front();
    if (conditions_.size() > 1) {
      bound_->root = add_run(combine == ConditionalOperator::kOr ? NodeKind::kOr : NodeKind::kAnd,
                             conditions_);
    }
    return Condition(std::move(bound_));
  }

 private:
  NodeIndex add_node(NodeKind kind) {
    bound_->nodes.emplace_back().kind = kind;
    return static_cast<NodeIndex>(bound_->nodes.size() - 1);
  }

  NodeIndex add_path(std::string_view attribute) {
    const std::size_t begin = bound_->text.size();
    bound_->text += attribute;
    const auto element = static_cast<std::uint32_t>(bound_->elements.size());
    bound_->elements.push_back({false, 0, std::string_view(bound_->text).substr(begin)});
    return path_to(element);
  }

  NodeIndex path_to(std::uint32_t element) {
    const NodeIndex node = add_node(NodeKind::kPath);
    bound_->nodes[node].path = {element, 1};
    return node;
  }

  NodeIndex add_run(NodeKind kind, std::span<const NodeIndex> children) {
    const NodeIndex node = add_node(kind);
    bound_->nodes[node].first_child = children.front();
    bound_->nodes[node].child_count = static_cast<std::uint32_t>(children.size());
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
      bound_->nodes[children[i]].next_sibling = children[i + 1];
    }
    return node;
  }

  NodeIndex add_predicate(NodeKind kind, NodeIndex path, std::span<const ValueView> values) {
    std::vector<NodeIndex> operands = {path};
    for (const ValueView value : values) {
      operands.push_back(add_node(NodeKind::kValue));
      bound_->nodes.back().value = value;
    }
    return add_run(kind, operands);
  }

  void add_comparison(Comparison comparison, NodeIndex path, std::span<const ValueView> values) {
    const NodeIndex node = add_predicate(NodeKind::kComparison, path, values);
    bound_->nodes[node].comparison = comparison;
    keep(node);
  }

  NodeIndex add_function(Function function, NodeIndex path, std::span<const ValueView> values) {
    const NodeIndex node = add_predicate(NodeKind::kFunction, path, values);
    bound_->nodes[node].function = function;
    return node;
  }

  /// NOT_CONTAINS wants the attribute to exist, which NOT contains(…) does not.
  NodeIndex add_not_contains(NodeIndex path, std::span<const ValueView> values) {
    const std::uint32_t element = bound_->nodes[path].path.begin;
    const NodeIndex contains = add_function(Function::kContains, path, values);
    const NodeIndex negated = add_run(NodeKind::kNot, std::array{contains});
    const NodeIndex exists = add_function(Function::kAttributeExists, path_to(element), {});
    return add_run(NodeKind::kAnd, std::array{exists, negated});
  }

  void keep(NodeIndex condition) { conditions_.push_back(condition); }

  std::unique_ptr<BoundCondition> bound_ = std::make_unique<BoundCondition>();
  std::vector<NodeIndex> conditions_;
};

template <class Entries>
std::size_t names_size(const Entries& entries) {
  std::size_t size = 0;
  for (const auto& entry : entries) size += entry.attribute.size();
  return size;
}

/// Expected without a ComparisonOperator: Exists and Value.
Status add_existence(const LegacyExpectation& expectation, ConditionBuilder& builder) {
  const bool exists = expectation.exists.value_or(true);
  if (exists && !expectation.value) {
    return invalid_attribute(expectation.exists ? "Value must be provided when Exists is true"
                                                : "Value must be provided when Exists is null",
                             expectation.attribute);
  }
  if (!exists && expectation.value) {
    return invalid_attribute("Value cannot be used when Exists is false", expectation.attribute);
  }
  if (exists) {
    builder.add(expectation.attribute, ComparisonOperator::kEq, std::array{*expectation.value});
  } else {
    builder.add(expectation.attribute, ComparisonOperator::kNull, {});
  }
  return {};
}

Status add_expectation(const LegacyExpectation& expectation, ConditionBuilder& builder) {
  const std::string_view attribute = expectation.attribute;
  if (expectation.values && expectation.value) {
    return invalid_attribute("Value and AttributeValueList cannot be used together", attribute);
  }
  if (!expectation.op) {
    if (expectation.values) {
      return invalid_attribute("AttributeValueList can only be used with a ComparisonOperator",
                               attribute);
    }
    return add_existence(expectation, builder);
  }
  if (expectation.exists) {
    return invalid_attribute("Exists and ComparisonOperator cannot be used together", attribute);
  }
  const OperatorRow& row = row_of(*expectation.op);
  if (row.values_min > 0 && !expectation.values && !expectation.value) {
    return invalid_attribute("Value or AttributeValueList must be used with ComparisonOperator: " +
                                 std::string(row.name),
                             attribute);
  }
  std::span<const ValueView> values;
  if (expectation.values) values = *expectation.values;
  if (expectation.value) values = std::span(&*expectation.value, 1);
  PARLEY_TRY(check_values(row, values));
  builder.add(attribute, row.op, values);
  return {};
}

}  // namespace

std::string_view wire_name(ComparisonOperator op) {
  return row_of(op).name;
}

std::optional<ComparisonOperator> parse_comparison_operator(std::string_view name) {
  const auto row = std::ranges::find(kOperators, name, &OperatorRow::name);
  if (row == kOperators.end()) return std::nullopt;
  return row->op;
}

Status check_attribute_name(std::string_view name) {
  if (name.empty()) return invalid("Empty attribute name");
  if (name.size() > model::kAttributeNameSizeBytesMax) {
    return invalid("Attribute name is too large, must be less than 65536 bytes");
  }
  return {};
}

Result<Condition> bind_expected(const std::vector<LegacyExpectation>& expectations,
                                std::optional<ConditionalOperator> combine) {
  PARLEY_TRY(check_combination(combine, expectations.size()));
  ConditionBuilder builder(names_size(expectations));
  for (const LegacyExpectation& expectation : expectations) {
    PARLEY_TRY(check_attribute_name(expectation.attribute));
    PARLEY_TRY(add_expectation(expectation, builder));
  }
  return std::move(builder).build(combine.value_or(ConditionalOperator::kAnd));
}

Result<Condition> bind_filter(const std::vector<LegacyCondition>& conditions,
                              std::optional<ConditionalOperator> combine) {
  PARLEY_TRY(check_combination(combine, conditions.size()));
  ConditionBuilder builder(names_size(conditions));
  for (const LegacyCondition& condition : conditions) {
    PARLEY_TRY(check_attribute_name(condition.attribute));
    PARLEY_TRY(check_values(row_of(condition.op), condition.values));
    builder.add(condition.attribute, condition.op, condition.values);
  }
  return std::move(builder).build(combine.value_or(ConditionalOperator::kAnd));
}

Result<KeyCondition> bind_key_conditions(const std::vector<LegacyCondition>& conditions) {
  std::vector<KeyCondition::Term> terms;
  for (const LegacyCondition& condition : conditions) {
    PARLEY_TRY(check_attribute_name(condition.attribute));
    const OperatorRow& row = row_of(condition.op);
    PARLEY_TRY(check_values(row, condition.values));
    KeyCondition::Term term;
    term.attribute = condition.attribute;
    term.op = row.range.value_or(RangeOperator::kEqual);
    term.indexable = row.range.has_value();
    if (!condition.values.empty()) {
      term.first = condition.values.front();
      term.second = condition.values.back();
    }
    terms.push_back(std::move(term));
  }
  if (terms.empty() ||
      terms.size() > model::kIndexHashAttributesMax + model::kIndexRangeAttributesMax) {
    return invalid("Conditions can be of length 1 or 2 only");
  }
  return KeyCondition(std::move(terms));
}

}  // namespace parley::expr
