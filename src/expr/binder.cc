#include "expr/binder.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "base/base64.h"
#include "expr/parser.h"
#include "expr/reserved_words.h"
#include "model/limits.h"

namespace parley::expr {
namespace {

using model::AttributeType;

constexpr std::size_t kInOperandsMax = 100;

bool is_number(AttributeType type) {
  return type == AttributeType::kNumber;
}
bool is_list(AttributeType type) {
  return type == AttributeType::kList;
}
bool has_prefixes(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kBinary;
}
bool has_size(AttributeType type) {
  return type != AttributeType::kNumber && type != AttributeType::kBool &&
         type != AttributeType::kNull;
}

std::string operand_type_error(std::string_view name, std::string_view type) {
  std::string what = "Incorrect operand type for operator or function; operator or function: ";
  what += name;
  what += ", operand type: ";
  what += type;
  return what;
}

/// "{N:1}", as the errors about BETWEEN show a bound.
std::string bound_text(model::ValueView value) {
  std::string text = "AttributeValue: {";
  text += model::wire_name(value.type());
  text += ':';
  switch (value.type()) {
    case AttributeType::kNumber:
      value.number().append_text(text);
      break;
    case AttributeType::kBinary:
      append_base64(text, value.scalar_bytes());
      break;
    default:
      text += value.scalar_bytes();
      break;
  }
  text += '}';
  return text;
}

}  // namespace

std::string_view comparison_text(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return "=";
    case Comparison::kNotEqual:
      return "<>";
    case Comparison::kLess:
      return "<";
    case Comparison::kLessOrEqual:
      return "<=";
    case Comparison::kGreater:
      return ">";
    case Comparison::kGreaterOrEqual:
      return ">=";
  }
  return "";
}

Binder::Binder(ExpressionKind kind, const Ast& ast, Substitutions& substitutions,
               BoundExpression& out)
    : kind_(kind), ast_(ast), substitutions_(substitutions), out_(out) {
  out_.elements.resize(ast.elements.size());
  out_.nodes.resize(ast.nodes.size());
}

std::unexpected<Error> Binder::error(std::string_view what) const {
  return invalid_expression(kind_, what);
}

std::optional<std::string> Binder::word_error(const AstNode& function) const {
  const bool update = kind_ == ExpressionKind::kUpdateExpression;
  const FunctionRow* row = find_function(function.text);
  std::string_view what;
  if (row == nullptr) {
    what = "Invalid function name; function: ";
  } else if (row->in_updates != update) {
    what = update ? "The function is not allowed in an update expression; function: "
                  : "The function is not allowed in a condition expression; function: ";
  } else {
    const bool misused = update ? row->function == Function::kListAppend && function.is_operand
                                : row->is_condition == function.is_operand;
    if (!misused) return std::nullopt;
    what = "The function is not allowed to be used this way in an expression; function: ";
  }
  return std::string(what).append(function.text);
}

Status Binder::check_words() const {
  const AstPathElement* reserved = nullptr;
  for (const AstPathElement& element : ast_.elements) {
    if (element.kind != AstPathElement::Kind::kName || !is_reserved_word(element.text)) continue;
    reserved = &element;
    break;
  }
  std::optional<std::string> function_error;
  std::uint32_t function_position = 0;
  for (const AstNode& node : ast_.nodes) {
    if (node.kind != NodeKind::kFunction) continue;
    if (function_error && node.position > function_position) continue;
    auto found = word_error(node);
    if (!found) continue;
    function_error = std::move(found);
    function_position = node.position;
  }
  if (reserved != nullptr && !(function_error && function_position < reserved->position)) {
    return error("Attribute name is a reserved keyword; reserved keyword: " +
                 std::string(reserved->text));
  }
  if (function_error) return error(*function_error);
  return {};
}

Status Binder::check_operator_count() const {
  if (ast_.operator_count > model::kExpressionOperatorsMax) return too_many_operators(kind_);
  return {};
}

Status Binder::bind_path(const PathRange& path) {
  if (path.size > model::kNestingDepthMax) {
    return error("The document path has too many nesting levels; nesting levels: " +
                 std::to_string(path.size));
  }
  for (std::uint32_t i = path.begin; i < path.begin + path.size; ++i) {
    const AstPathElement& element = ast_.elements[i];
    PathElement& bound = out_.elements[i];
    switch (element.kind) {
      case AstPathElement::Kind::kName:
        bound.name = element.text;
        break;
      case AstPathElement::Kind::kIndex:
        bound.is_index = true;
        bound.index = element.index;
        break;
      case AstPathElement::Kind::kPlaceholder: {
        const auto name = substitutions_.use_name(element.text);
        if (!name) {
          return error(
              "An expression attribute name used in the document path is not defined; attribute "
              "name: " +
              std::string(element.text));
        }
        bound.name = *name;
      }
    }
  }
  return {};
}

Result<SortedPaths> Binder::bind_distinct_paths(std::span<const PathRange> paths) {
  std::vector<PathLeaf> leaves(paths.size());
  // From the last to the first, as DynamoDB does; each path is bound, then compared with those
  // behind it.
  for (std::size_t i = paths.size(); i-- > 0;) {
    auto status = bind_path(paths[i]);
    if (!status) {
      const auto clash = describe_clash(paths.subspan(i + 1), out_.elements);
      if (clash) return error(*clash);
      return std::unexpected(std::move(status).error());
    }
    leaves[i] = {paths[i], static_cast<std::uint32_t>(i)};
  }
  SortedPaths sorted;
  if (!sorted.assign(std::move(leaves), out_.elements)) {
    return error(describe_clash(paths, out_.elements).value_or(""));
  }
  return sorted;
}

Status Binder::bind_nodes(NodeIndex begin, NodeIndex end) {
  for (NodeIndex index = begin; index < end; ++index) PARLEY_TRY(bind_node(index));
  return {};
}

Status Binder::bind_node(NodeIndex index) {
  const AstNode& node = ast_.nodes[index];
  BoundNode& bound = out_.nodes[index];
  bound.kind = node.kind;
  bound.comparison = node.comparison;
  bound.first_child = node.first_child;
  bound.next_sibling = node.next_sibling;
  bound.child_count = node.child_count;
  bound.path = node.path;
  switch (node.kind) {
    case NodeKind::kPath:
      return bind_path(node.path);
    case NodeKind::kValue: {
      const auto value = substitutions_.use_value(node.text);
      if (!value) {
        return error(
            "An expression attribute value used in expression is not defined; attribute value: " +
            std::string(node.text));
      }
      bound.value = *value;
      return {};
    }
    case NodeKind::kFunction:
      bound.function = find_function(node.text)->function;  // check_words has seen that it is there
      return check_operands(index);
    default:
      return check_operands(index);
  }
}

std::optional<AttributeType> Binder::static_type(NodeIndex node) const {
  const BoundNode& bound = out_.nodes[node];
  if (bound.kind == NodeKind::kValue) return bound.value.type();
  if (bound.kind != NodeKind::kFunction) return std::nullopt;
  if (bound.function == Function::kSize) return AttributeType::kNumber;
  if (bound.function == Function::kListAppend) return AttributeType::kList;
  return std::nullopt;
}

Status Binder::check_operands(NodeIndex index) const {
  const BoundNode& node = out_.nodes[index];
  switch (node.kind) {
    case NodeKind::kComparison: {
      const std::string_view name = comparison_text(node.comparison);
      PARLEY_TRY(check_distinct(node, name));
      if (node.comparison <= Comparison::kNotEqual) return {};
      return check_types(node, name, model::is_scalar_key);
    }
    case NodeKind::kBetween:
      PARLEY_TRY(check_types(node, "BETWEEN", model::is_scalar_key));
      PARLEY_TRY(check_distinct(node, "BETWEEN"));
      return check_between_bounds(node);
    case NodeKind::kIn:
      if (node.child_count - 1 > kInOperandsMax) {
        return error("The IN operator is provided with too many operands; number of operands: " +
                     std::to_string(node.child_count - 1));
      }
      return check_distinct(node, "IN");
    case NodeKind::kPlus:
      return check_types(node, "+", is_number);
    case NodeKind::kMinus:
      return check_types(node, "-", is_number);
    case NodeKind::kFunction:
      return check_function(node);
    default:
      return {};
  }
}

Status Binder::check_function(const BoundNode& node) const {
  const std::string_view name = name_of(node.function);
  if (node.child_count != find_function(name)->operand_count) {
    std::string what =
        "Incorrect number of operands for operator or function; operator or function: ";
    what += name;
    what += ", number of operands: " + std::to_string(node.child_count);
    return error(what);
  }
  if (node.function != Function::kListAppend) PARLEY_TRY(check_distinct(node, name));
  switch (node.function) {
    case Function::kAttributeExists:
    case Function::kAttributeNotExists:
    case Function::kIfNotExists:
      if (out_.nodes[node.first_child].kind != NodeKind::kPath) {
        return error("Operator or function requires a document path; operator or function: " +
                     std::string(name));
      }
      return {};
    case Function::kAttributeType:
      return check_attribute_type(node);
    case Function::kBeginsWith:
      return check_types(node, name, has_prefixes);
    case Function::kSize:
      return check_types(node, name, has_size);
    case Function::kListAppend:
      return check_types(node, name, is_list);
    case Function::kContains:
      return {};
  }
  return {};
}

Status Binder::check_attribute_type(const BoundNode& node) const {
  const NodeIndex second = out_.nodes[node.first_child].next_sibling;
  const auto type = static_type(second);
  if (type != AttributeType::kString) {
    // Any type may come of a path; DynamoDB lists them all, in this order.
    return error(operand_type_error(
        "attribute_type", type ? model::wire_name(*type) : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
  }
  const std::string_view type_name = out_.nodes[second].value.scalar_bytes();
  if (model::parse_attribute_type(type_name)) return {};
  return error("Invalid attribute type name found; type: " + std::string(type_name) +
               ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

Status Binder::check_between_bounds(const BoundNode& node) const {
  const BoundNode& lower = out_.nodes[out_.nodes[node.first_child].next_sibling];
  const BoundNode& upper = out_.nodes[lower.next_sibling];
  if (lower.kind != NodeKind::kValue || upper.kind != NodeKind::kValue) return {};
  std::string_view what;
  if (lower.value.type() != upper.value.type()) {
    what = "The BETWEEN operator requires same data type for lower and upper bounds; ";
  } else if (model::compare_scalars(lower.value, upper.value) > 0) {
    what = "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ";
  } else {
    return {};
  }
  return error(std::string(what) + "lower bound operand: " + bound_text(lower.value) +
               ", upper bound operand: " + bound_text(upper.value));
}

Status Binder::check_distinct(const BoundNode& node, std::string_view name) const {
  const BoundNode& first = out_.nodes[node.first_child];
  if (first.kind != NodeKind::kPath) return {};
  const Path path = out_.path(first.path);
  for (NodeIndex i = first.next_sibling; i != kNoNode; i = out_.nodes[i].next_sibling) {
    const BoundNode& other = out_.nodes[i];
    if (other.kind != NodeKind::kPath || other.path.size != path.size()) continue;
    if (!std::ranges::equal(path, out_.path(other.path))) continue;
    return error(
        "The first operand must be distinct from the remaining operands for this operator or "
        "function; operator: " +
        std::string(name) + ", first operand: " + path_text(path));
  }
  return {};
}

Status Binder::check_types(const BoundNode& node, std::string_view name,
                           bool (*allowed)(AttributeType)) const {
  for (NodeIndex i = node.first_child; i != kNoNode; i = out_.nodes[i].next_sibling) {
    const auto type = static_type(i);
    if (type && !allowed(*type)) return error(operand_type_error(name, model::wire_name(*type)));
  }
  return {};
}

}  // namespace parley::expr
