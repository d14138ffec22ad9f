// Update: binding, and what its façade promises. Computing the new values is update_values.cc,
// writing the new item rewrite.cc.
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/binder.h"
#include "expr/bound_update.h"
#include "expr/expr.h"
#include "expr/parser.h"
#include "expr/project_paths.h"
#include "expr/rewrite.h"
#include "expr/update_values.h"

namespace parley::expr {
namespace {

using model::AttributeType;

std::string_view clause_name(UpdateClause clause) {
  switch (clause) {
    case UpdateClause::kSet:
      return "SET";
    case UpdateClause::kRemove:
      return "REMOVE";
    case UpdateClause::kAdd:
      return "ADD";
    case UpdateClause::kDelete:
      return "DELETE";
  }
  return "";
}

/// What the errors about ADD and DELETE call a type.
std::string_view long_type_name(AttributeType type) {
  switch (type) {
    case AttributeType::kString:
      return "STRING";
    case AttributeType::kNumber:
      return "NUMBER";
    case AttributeType::kBinary:
      return "BINARY";
    case AttributeType::kStringSet:
      return "STRING_SET";
    case AttributeType::kNumberSet:
      return "NUMBER_SET";
    case AttributeType::kBinarySet:
      return "BINARY_SET";
    case AttributeType::kMap:
      return "MAP";
    case AttributeType::kList:
      return "LIST";
    case AttributeType::kNull:
      return "NULL";
    case AttributeType::kBool:
      return "BOOLEAN";
  }
  return "";
}

Status check_clause_operand(const Binder& binder, const AstUpdateAction& action) {
  const bool add = action.clause == UpdateClause::kAdd;
  if (!add && action.clause != UpdateClause::kDelete) return {};
  const AttributeType type = binder.static_type(action.value).value_or(AttributeType::kNull);
  if (model::is_set(type) || (add && type == AttributeType::kNumber)) return {};
  std::string what = "Incorrect operand type for operator or function; operator: ";
  what += clause_name(action.clause);
  what += ", operand type: ";
  what += long_type_name(type);
  what += add ? ", typeSet: ALLOWED_FOR_ADD_OPERAND" : ", typeSet: ALLOWED_FOR_DELETE_OPERAND";
  return binder.error(what);
}

/// Values, from the last action to the first: so DynamoDB reports them.
Status bind_values(Binder& binder, const Ast& ast) {
  for (std::size_t i = ast.actions.size(); i-- > 0;) {
    const AstUpdateAction& action = ast.actions[i];
    if (action.value == kNoNode) continue;
    PARLEY_TRY(binder.bind_nodes(action.first_node, action.value + 1));
    PARLEY_TRY(check_clause_operand(binder, action));
  }
  return {};
}

}  // namespace

Result<Update> Update::parse(std::string_view text, Substitutions& substitutions) {
  auto bound = std::make_unique<BoundUpdate>();
  bound->text = text;
  const Ast ast = PARLEY_TRY(parse_update(bound->text));
  Binder binder(ExpressionKind::kUpdateExpression, ast, substitutions, *bound);
  PARLEY_TRY(binder.check_words());
  if (ast.clause_repeats) {
    return binder.error("The \"" + std::string(clause_name(ast.repeated_clause)) +
                        "\" section can only be used once in an update expression;");
  }
  std::vector<PathRange> targets;
  targets.reserve(ast.actions.size());
  for (const AstUpdateAction& action : ast.actions) targets.push_back(action.target);
  bound->targets = PARLEY_TRY(binder.bind_distinct_paths(targets));
  PARLEY_TRY(bind_values(binder, ast));
  PARLEY_TRY(binder.check_operator_count());
  bound->actions.reserve(ast.actions.size());
  for (const AstUpdateAction& action : ast.actions) {
    bound->actions.push_back({action.clause, action.target, action.value});
  }
  return Update(std::move(bound));
}

Update::Update(std::unique_ptr<const BoundUpdate> bound) : bound_(std::move(bound)) {}
Update::Update(Update&&) noexcept = default;
Update& Update::operator=(Update&&) noexcept = default;
Update::~Update() = default;

Status Update::check_key(const model::KeySchema& key) const {
  for (const auto* attributes : {&key.hash, &key.range}) {
    for (const model::KeyAttribute& attribute : *attributes) {
      for (const BoundUpdateAction& action : bound_->actions) {
        if (bound_->elements[action.target.begin].name != attribute.name) continue;
        return invalid("One or more parameter values were invalid: Cannot update attribute " +
                       attribute.name + ". This attribute is part of the key");
      }
    }
  }
  return {};
}

std::optional<std::string_view> Update::first_nested_key_attribute(
    const model::KeySchema& key) const {
  auto reaches_into = [&](const PathRange& path, std::string_view name) {
    return path.size > 1 && bound_->elements[path.begin].name == name;
  };
  for (const auto* attributes : {&key.hash, &key.range}) {
    for (const model::KeyAttribute& attribute : *attributes) {
      for (const BoundUpdateAction& action : bound_->actions) {
        if (reaches_into(action.target, attribute.name)) return attribute.name;
      }
      for (const BoundNode& node : bound_->nodes) {
        if (node.kind == NodeKind::kPath && reaches_into(node.path, attribute.name)) {
          return attribute.name;
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<model::AttributeType> Update::static_type_of(std::string_view attribute) const {
  for (const BoundUpdateAction& action : bound_->actions) {
    if (action.target.size != 1 || action.value == kNoNode) continue;
    if (bound_->elements[action.target.begin].name != attribute) continue;
    const BoundNode& value = bound_->nodes[action.value];
    switch (value.kind) {
      case NodeKind::kValue:
        return value.value.type();
      case NodeKind::kPlus:
      case NodeKind::kMinus:
        return AttributeType::kNumber;
      case NodeKind::kFunction:
        if (value.function == Function::kListAppend) return AttributeType::kList;
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

bool Update::only_removes() const {
  return !bound_->actions.empty() &&
         std::ranges::all_of(bound_->actions, [](const BoundUpdateAction& action) {
           return action.clause == UpdateClause::kRemove || action.clause == UpdateClause::kDelete;
         });
}

Result<model::Item> Update::apply(const model::MapView& old_item, bool item_exists) const {
  const UpdateValues values = PARLEY_TRY(compute_update_values(*bound_, old_item));
  return rewrite_item(*bound_, values, old_item, item_exists);
}

std::size_t Update::written_size_bytes(const model::MapView& updated) const {
  constexpr std::size_t kUpdateCost = 3;
  constexpr std::size_t kWriteCost = 19;
  constexpr std::size_t kRemovalCost = 2;
  if (bound_->is_legacy) return 0;
  std::size_t size_bytes = kUpdateCost;
  std::vector<std::string_view> written;
  for (const BoundUpdateAction& action : bound_->actions) {
    if (action.clause == UpdateClause::kRemove || action.clause == UpdateClause::kDelete) {
      size_bytes += kRemovalCost;
      continue;
    }
    const auto target =
        std::span(bound_->elements).subspan(action.target.begin, action.target.size);
    size_bytes += kWriteCost + (std::ranges::any_of(target, &PathElement::is_index) ? 1 : 0);
    const std::string_view name = target.front().name;
    if (std::ranges::find(written, name) != written.end()) continue;
    written.push_back(name);
    if (const auto value = updated.find(name)) size_bytes += name.size() + value->size_bytes();
  }
  return size_bytes;
}

std::optional<model::Item> Update::updated_parts(const model::MapView& item) const {
  std::string bytes;
  if (!project_paths(item, bound_->targets.leaves(), bound_->elements, bytes)) return std::nullopt;
  return model::Item(std::move(bytes));
}

}  // namespace parley::expr
