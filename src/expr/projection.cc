// Projection: one merge of the item with the sorted paths. What a path does not name is skipped; a
// map or list of which nothing is named is not written.
#include <algorithm>
#include <string>
#include <utility>

#include "expr/binder.h"
#include "expr/bound_projection.h"
#include "expr/expr.h"
#include "expr/legacy.h"
#include "expr/parser.h"
#include "expr/project_paths.h"

namespace parley::expr {

Result<Projection> Projection::parse(std::string_view text, Substitutions& substitutions) {
  auto bound = std::make_unique<BoundProjection>();
  bound->text = text;
  const Ast ast = PARLEY_TRY(parse_projection(bound->text));
  Binder binder(ExpressionKind::kProjectionExpression, ast, substitutions, *bound);
  PARLEY_TRY(binder.check_words());
  bound->paths = PARLEY_TRY(binder.bind_distinct_paths(ast.paths));
  return Projection(std::move(bound));
}

Result<Projection> Projection::from_attribute_names(const std::vector<std::string_view>& names) {
  auto bound = std::make_unique<BoundProjection>();
  std::size_t size = 0;
  for (const std::string_view name : names) {
    PARLEY_TRY(check_attribute_name(name));
    size += name.size();
  }
  bound->text.reserve(size);  // views into it must stay
  std::vector<PathLeaf> leaves;
  for (const std::string_view name : names) {
    const std::size_t begin = bound->text.size();
    bound->text += name;
    const auto element = static_cast<std::uint32_t>(bound->elements.size());
    bound->elements.push_back({false, 0, std::string_view(bound->text).substr(begin)});
    leaves.push_back({PathRange{element, 1}, element});
  }
  if (!bound->paths.assign(std::move(leaves), bound->elements)) {
    for (std::size_t i = 1; i < names.size(); ++i) {
      if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) ==
          names.begin() + static_cast<std::ptrdiff_t>(i)) {
        continue;
      }
      return invalid(
          "One or more parameter values were invalid: Duplicate value in attribute name: " +
          std::string(names[i]));
    }
  }
  return Projection(std::move(bound));
}

Projection::Projection(std::unique_ptr<const BoundProjection> bound) : bound_(std::move(bound)) {}
Projection::Projection(Projection&&) noexcept = default;
Projection& Projection::operator=(Projection&&) noexcept = default;
Projection::~Projection() = default;

void Projection::project(const model::MapView& item, std::string& out) const {
  (void)project_paths(item, bound_->paths.leaves(), bound_->elements, out);
}

std::vector<std::string_view> Projection::attribute_names() const {
  std::vector<std::string_view> names;  // sorted paths: equal names are neighbours
  for (const PathLeaf& leaf : bound_->paths.leaves()) {
    const std::string_view name = bound_->elements[leaf.path.begin].name;
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

std::optional<std::string_view> Projection::first_nested_key_attribute(
    const model::KeySchema& key) const {
  for (const auto* attributes : {&key.hash, &key.range}) {
    for (const model::KeyAttribute& attribute : *attributes) {
      for (const PathLeaf& leaf : bound_->paths.leaves()) {
        if (leaf.path.size > 1 && bound_->elements[leaf.path.begin].name == attribute.name) {
          return attribute.name;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace parley::expr
