#include "expr/bound_expression.h"

namespace parley::expr {

std::optional<model::ValueView> find_value(const model::MapView& item, Path path) {
  std::optional<model::ValueView> value = item.find(path.front().name);
  for (const PathElement& element : path.subspan(1)) {
    if (!value) return std::nullopt;
    if (element.is_index) {
      if (value->type() != model::AttributeType::kList) return std::nullopt;
      value = value->list().at(element.index);
    } else {
      if (value->type() != model::AttributeType::kMap) return std::nullopt;
      value = value->map().find(element.name);
    }
  }
  return value;
}

std::string path_text(Path path) {
  std::string text = "[";
  for (const PathElement& element : path) {
    if (text.size() > 1) text += ", ";
    if (element.is_index) {
      text += '[' + std::to_string(element.index) + ']';
    } else {
      text += element.name;
    }
  }
  text += ']';
  return text;
}

}  // namespace parley::expr
