// For tests: names, values and items written as JSON, and expressions bound with them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "codec/item_json.h"
#include "expr/expr.h"
#include "model/item.h"

namespace parley::expr {

/// The placeholders of one request. Must outlive what is bound with it.
class TestRequest {
 public:
  /// `values`: {":v": {"S": "…"}, …}. A malformed placeholder is the test's own fault.
  explicit TestRequest(std::string_view values = "{}",
                       std::map<std::string, std::string> names = {})
      : names_(std::move(names)), values_(codec::parse_item(values).value()) {
    for (const auto& [placeholder, name] : names_) {
      substitutions.add_name(placeholder, name).value();
    }
    for (const auto& entry : values_.view()) {
      substitutions.add_value(entry.name, entry.value).value();
    }
  }

 private:
  std::map<std::string, std::string> names_;
  model::Item values_;

 public:
  Substitutions substitutions;
};

inline model::Item item_of(std::string_view json) {
  return codec::parse_item(json).value();
}

inline std::string json_of(const model::MapView& item) {
  std::string json;
  codec::append_json(json, item);
  return json;
}

}  // namespace parley::expr
