#include "api/key_schema_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/input.h"
#include "base/assert.h"
#include "model/limits.h"

namespace parley::api {
namespace {

constexpr std::string_view kInvalidValues = "One or more parameter values were invalid: ";

const model::AttributeDefinition* find_definition(const AttributeDefinitions& definitions,
                                                  std::string_view name) {
  const auto found = std::ranges::find(definitions, name, &model::AttributeDefinition::name);
  return found == definitions.end() ? nullptr : &*found;
}

/// AWS prints these lists in no order of its own.
std::string sorted_list(std::vector<std::string_view> names) {
  std::ranges::sort(names);
  return fmt::format("[{}]", fmt::join(names, ", "));
}

std::vector<std::string_view> names_of(const KeyElements& key) {
  std::vector<std::string_view> names;
  for (const KeyElement& element : key) names.push_back(element.name);
  return names;
}

std::vector<std::string_view> names_of(const AttributeDefinitions& definitions) {
  std::vector<std::string_view> names;
  for (const model::AttributeDefinition& definition : definitions) names.push_back(definition.name);
  return names;
}

Status check_defined(const KeyElements& key, const AttributeDefinitions& definitions) {
  for (const KeyElement& element : key) {
    if (find_definition(definitions, element.name) != nullptr) continue;
    return invalid(fmt::format(
        "{}Some index key attributes are not defined in AttributeDefinitions. Keys: {}, "
        "AttributeDefinitions: {}",
        kInvalidValues, sorted_list(names_of(key)), sorted_list(names_of(definitions))));
  }
  return {};
}

Status check_hash_first(const KeyElements& key) {
  if (key.front().hash) return {};
  return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
}

std::unexpected<Error> same_name() {
  return invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
}

}  // namespace

KeyElements read_key_schema(const simdjson::dom::array& input) {
  KeyElements key;
  for (const simdjson::dom::element element : input) {
    const simdjson::dom::object members = as_object(element);
    key.push_back(
        {string_member(members, "AttributeName"), string_member(members, "KeyType") == "HASH"});
  }
  return key;
}

Result<AttributeDefinitions> read_attribute_definitions(const simdjson::dom::array& input) {
  AttributeDefinitions definitions;
  for (const simdjson::dom::element element : input) {
    const simdjson::dom::object members = as_object(element);
    const std::string_view name = string_member(members, "AttributeName");
    const auto type = model::parse_attribute_type(string_member(members, "AttributeType"));
    PARLEY_ASSERT(type.has_value());
    if (find_definition(definitions, name) != nullptr) {
      return invalid(fmt::format("Attribute Name is duplicated: {}", name));
    }
    definitions.push_back({std::string(name), *type});
  }
  return definitions;
}

Status check_table_key(const KeyElements& key, const AttributeDefinitions& definitions) {
  if (key.size() > definitions.size()) {
    return invalid("Invalid KeySchema: Some index key attribute have no definition");
  }
  return check_simple_key(key, definitions);
}

Status check_simple_key(const KeyElements& key, const AttributeDefinitions& definitions) {
  PARLEY_TRY(check_defined(key, definitions));
  if (key.size() == 2 && key[0].name == key[1].name) return same_name();
  PARLEY_TRY(check_hash_first(key));
  if (key.size() == 2 && key[1].hash) {
    return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  return {};
}

Status check_global_key(const KeyElements& key, const AttributeDefinitions& definitions) {
  PARLEY_TRY(check_defined(key, definitions));
  if (key.size() == 2 && key[0].name == key[1].name && key[0].hash && !key[1].hash) {
    return same_name();
  }
  std::set<std::string_view> names;
  for (const KeyElement& element : key) {
    if (names.insert(element.name).second) continue;
    return invalid("Invalid KeySchema: Duplicate key attribute in the KeySchema: " +
                   std::string(element.name));
  }
  PARLEY_TRY(check_hash_first(key));
  if (!std::ranges::is_partitioned(key, &KeyElement::hash)) {
    return invalid(
        fmt::format("{}All HASH key attributes must precede RANGE key attributes in the KeySchema",
                    kInvalidValues));
  }
  const auto hashes = static_cast<std::size_t>(std::ranges::count_if(key, &KeyElement::hash));
  if (hashes > model::kIndexHashAttributesMax) {
    return invalid(
        fmt::format("{}The KeySchema exceeds the maximum allowed number of HASH key attributes",
                    kInvalidValues));
  }
  if (key.size() - hashes > model::kIndexRangeAttributesMax) {
    return invalid(
        fmt::format("{}The KeySchema exceeds the maximum allowed number of RANGE key attributes",
                    kInvalidValues));
  }
  return {};
}

model::KeySchema resolve_key(const KeyElements& key, const AttributeDefinitions& definitions) {
  model::KeySchema schema;
  for (const KeyElement& element : key) {
    const model::AttributeDefinition* definition = find_definition(definitions, element.name);
    PARLEY_ASSERT(definition != nullptr);
    (element.hash ? schema.hash : schema.range).push_back({definition->name, definition->type});
  }
  return schema;
}

Status check_definitions_used(const AttributeDefinitions& definitions,
                              const std::set<std::string_view>& used) {
  if (definitions.size() <= used.size()) return {};
  return invalid(fmt::format(
      "{}Some AttributeDefinitions are not used. AttributeDefinitions: {}, keys used: {}",
      kInvalidValues, sorted_list(names_of(definitions)),
      sorted_list(std::vector<std::string_view>(used.begin(), used.end()))));
}

}  // namespace parley::api
