#include "api/projection_input.h"

#include <utility>

#include "api/legacy_parameters.h"
#include "codec/item_json.h"
#include "engine/expression_checks.h"

namespace parley::api {

Result<std::optional<expr::Projection>> read_projection(const simdjson::dom::object& input,
                                                        ExpressionParameters& expressions) {
  auto projection = PARLEY_TRY(LegacyParameters::attributes_to_get(input));
  PARLEY_TRY(expressions.read_names_of(input));
  if (auto bound = PARLEY_TRY(expressions.projection(input))) projection = std::move(bound);
  PARLEY_TRY(expressions.check_all_used());
  return projection;
}

Status check_projection(const std::optional<expr::Projection>& projection,
                        const model::Table& table) {
  if (!projection) return {};
  return engine::check_no_path_below_keys(table, *projection);
}

void append_projected(std::string& out, const model::MapView& item,
                      const std::optional<expr::Projection>& projection, std::string& scratch) {
  if (!projection) {
    codec::append_json(out, item);
    return;
  }
  scratch.clear();
  projection->project(item, scratch);
  codec::append_json(out, model::ItemView(scratch));
}

}  // namespace parley::api
