// The rules of key schemas and attribute definitions, with AWS's messages. A key schema here is
// what the request says, before it is known to be sound.
#pragma once

#include <simdjson.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/table.h"

namespace parley::api {

struct KeyElement {
  std::string_view name;  // borrows the parsed request
  bool hash = true;       // KeyType HASH, else RANGE
};
using KeyElements = std::vector<KeyElement>;
using AttributeDefinitions = std::vector<model::AttributeDefinition>;

[[nodiscard]] KeyElements read_key_schema(const simdjson::dom::array& input);
/// Errors: kValidation for a name defined twice.
[[nodiscard]] Result<AttributeDefinitions> read_attribute_definitions(
    const simdjson::dom::array& input);

[[nodiscard]] Status check_table_key(const KeyElements& key,
                                     const AttributeDefinitions& definitions);

/// The rules that a table's own key and a local index share: every attribute defined, names apart,
/// HASH first, RANGE second.
[[nodiscard]] Status check_simple_key(const KeyElements& key,
                                      const AttributeDefinitions& definitions);

/// A global index: one to four HASH, then none to four RANGE.
[[nodiscard]] Status check_global_key(const KeyElements& key,
                                      const AttributeDefinitions& definitions);

/// Precondition: the key has passed one of the checks.
[[nodiscard]] model::KeySchema resolve_key(const KeyElements& key,
                                           const AttributeDefinitions& definitions);

/// For the indexes of CreateTable: no definition may go unused. `used` are all key attributes.
[[nodiscard]] Status check_definitions_used(const AttributeDefinitions& definitions,
                                            const std::set<std::string_view>& used);

}  // namespace parley::api
