// AttributeUpdates, made into the bound update that an UpdateExpression becomes: PUT is SET, DELETE
// without a value REMOVE. They name top-level attributes only.
#include <memory>
#include <string>
#include <utility>

#include "expr/bound_update.h"
#include "expr/legacy.h"

namespace parley::expr {
namespace {

using model::AttributeType;

std::unexpected<Error> unsupported_type(std::string_view what, AttributeType type) {
  return invalid("One or more parameter values were invalid: " + std::string(what) +
                 " is not supported for the type " + std::string(model::wire_name(type)));
}

Result<UpdateClause> clause_of(const LegacyUpdate& update) {
  const AttributeAction action = update.action.value_or(AttributeAction::kPut);
  if (!update.value) {
    if (action == AttributeAction::kDelete) return UpdateClause::kRemove;
    return invalid(
        "One or more parameter values were invalid: Only DELETE action is allowed when no "
        "attribute "
        "value is specified");
  }
  const AttributeType type = update.value->type();
  switch (action) {
    case AttributeAction::kPut:
      return UpdateClause::kSet;
    case AttributeAction::kAdd:
      if (!model::is_set(type) && type != AttributeType::kNumber && type != AttributeType::kList) {
        return unsupported_type("ADD action", type);
      }
      return UpdateClause::kAdd;
    case AttributeAction::kDelete:
      if (!model::is_set(type)) return unsupported_type("DELETE action with value", type);
      return UpdateClause::kDelete;
  }
  return UpdateClause::kSet;
}

}  // namespace

Result<Update> bind_attribute_updates(const std::vector<LegacyUpdate>& updates) {
  auto bound = std::make_unique<BoundUpdate>();
  bound->is_legacy = true;
  std::size_t names_size = 0;
  for (const LegacyUpdate& update : updates) {
    PARLEY_TRY(check_attribute_name(update.attribute));
    names_size += update.attribute.size();
  }
  bound->text.reserve(names_size);  // views into it must stay
  std::vector<PathLeaf> leaves;
  std::vector<PathRange> paths;
  for (const LegacyUpdate& update : updates) {
    const UpdateClause clause = PARLEY_TRY(clause_of(update));
    const auto index = static_cast<std::uint32_t>(bound->elements.size());
    const std::size_t begin = bound->text.size();
    bound->text += update.attribute;
    bound->elements.push_back({false, 0, std::string_view(bound->text).substr(begin)});
    BoundUpdateAction action{clause, PathRange{index, 1}, kNoNode};
    if (update.value) {
      action.value = static_cast<NodeIndex>(bound->nodes.size());
      BoundNode& node = bound->nodes.emplace_back();
      node.kind = NodeKind::kValue;
      node.value = *update.value;
    }
    bound->actions.push_back(action);
    leaves.push_back({action.target, index});
    paths.push_back(action.target);
  }
  if (!bound->targets.assign(std::move(leaves), bound->elements)) {
    return invalid(describe_clash(paths, bound->elements).value_or(""));
  }
  return Update(std::move(bound));
}

}  // namespace parley::expr
