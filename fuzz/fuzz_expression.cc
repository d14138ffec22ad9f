// Any text as every kind of expression, with a few names and values, on one item: an error or a
// valid item, never a crash; and the same answer twice.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "codec/item_json.h"
#include "expr/expr.h"

namespace {

using namespace parley;

const model::Item& values() {
  static const model::Item item = codec::parse_item(R"({
    ":n":{"N":"1"}, ":m":{"N":"-2.5"}, ":s":{"S":"S"}, ":b":{"B":"aGk="}, ":t":{"BOOL":true},
    ":z":{"NULL":true}, ":l":{"L":[{"S":"a"}]}, ":map":{"M":{"k":{"N":"1"}}},
    ":ss":{"SS":["a","b"]}, ":ns":{"NS":["1","2"]}, ":bs":{"BS":["aGk="]}})")
                                      .value();
  return item;
}

const model::Item& old_item() {
  static const model::Item item = codec::parse_item(R"({
    "a":{"N":"5"}, "b":{"B":"aGk="}, "s":{"S":"\u00e9x"}, "t":{"BOOL":true}, "z":{"NULL":true},
    "l":{"L":[{"N":"1"},{"S":"x"},{"M":{"a":{"N":"1"}}},{"L":[{"N":"1"}]}]},
    "m":{"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"q"}}},"l":{"L":[{"S":"x"}]}}},
    "ss":{"SS":["a","b"]}, "ns":{"NS":["1","2"]}, "bs":{"BS":["aGk="]}})")
                                      .value();
  return item;
}

expr::Substitutions substitutions() {
  expr::Substitutions result;
  PARLEY_ASSERT(result.add_name("#a", "a").has_value());
  PARLEY_ASSERT(result.add_name("#d", "dotted.name").has_value());
  for (const auto& entry : values().view()) {
    PARLEY_ASSERT(result.add_value(entry.name, entry.value).has_value());
  }
  return result;
}

void run_condition(expr::ExpressionKind kind, std::string_view text) {
  auto one = substitutions();
  auto two = substitutions();
  const auto condition = expr::Condition::parse(kind, text, one);
  const auto again = expr::Condition::parse(kind, text, two);
  PARLEY_ASSERT(condition.has_value() == again.has_value());
  if (!condition) {
    PARLEY_ASSERT(condition.error().message == again.error().message);
    return;
  }
  PARLEY_ASSERT(condition->evaluate(old_item().view()) == again->evaluate(old_item().view()));
  PARLEY_ASSERT(condition->attribute_names() == again->attribute_names());
}

void run_update(std::string_view text) {
  auto names_and_values = substitutions();
  const auto update = expr::Update::parse(text, names_and_values);
  if (!update) return;
  for (const model::Item& item : {old_item(), model::Item()}) {
    const auto result = update->apply(item.view(), !item.view().empty());
    if (!result) continue;
    PARLEY_ASSERT(model::is_valid_item(result->bytes()));
    const auto parts = update->updated_parts(result->view());
    PARLEY_ASSERT(!parts || model::is_valid_item(parts->bytes()));
  }
}

void run_projection(std::string_view text) {
  auto names_and_values = substitutions();
  const auto projection = expr::Projection::parse(text, names_and_values);
  if (!projection) return;
  std::string bytes;
  projection->project(old_item().view(), bytes);
  PARLEY_ASSERT(model::is_valid_item(bytes));
}

void run_key_condition(std::string_view text) {
  auto names_and_values = substitutions();
  const auto condition = expr::KeyCondition::parse(text, names_and_values);
  if (!condition) return;
  model::KeySchema key;
  key.hash = {{"s", model::AttributeType::kString}};
  key.range = {{"a", model::AttributeType::kNumber}};
  const auto resolved = condition->resolve(key);
  PARLEY_ASSERT(!resolved || resolved->hash.size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  run_condition(expr::ExpressionKind::kConditionExpression, text);
  run_update(text);
  run_projection(text);
  run_key_condition(text);
  return 0;
}
