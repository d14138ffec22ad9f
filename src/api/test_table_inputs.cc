#include "api/test_table_inputs.h"

#include <fmt/format.h>

namespace parley::api {
namespace {

/// {"AttributeName": …, MEMBER: …} for each; what follows ':' or the default.
template <class Default>
std::string attribute_list(std::initializer_list<std::string_view> attributes,
                           std::string_view member, Default default_value) {
  std::string out = "[";
  for (const std::string_view attribute : attributes) {
    const std::size_t colon = attribute.find(':');
    const std::string_view value = colon == std::string_view::npos ? default_value(out.size() == 1)
                                                                   : attribute.substr(colon + 1);
    if (out.size() > 1) out += ',';
    out += fmt::format(R"({{"AttributeName":"{}","{}":"{}"}})", attribute.substr(0, colon), member,
                       value);
  }
  return out + ']';
}

std::string continued(std::string_view rest) {
  return rest.empty() ? std::string() : fmt::format(",{}", rest);
}

}  // namespace

std::string definitions(std::initializer_list<std::string_view> attributes) {
  return attribute_list(attributes, "AttributeType", [](bool) { return std::string_view("S"); });
}

std::string key_schema(std::initializer_list<std::string_view> attributes) {
  return attribute_list(attributes, "KeyType",
                        [](bool first) { return std::string_view(first ? "HASH" : "RANGE"); });
}

std::string index_input(std::string_view name, std::string_view key_schema,
                        std::string_view projection, std::string_view rest) {
  return fmt::format(R"({{"IndexName":"{}","KeySchema":{},"Projection":{}{}}})", name, key_schema,
                     projection, continued(rest));
}

std::string table_input(std::string_view definitions, std::string_view key_schema,
                        std::string_view rest) {
  return fmt::format(
      R"({{"TableName":"abc","AttributeDefinitions":{},"KeySchema":{},"BillingMode":"PAY_PER_REQUEST"{}}})",
      definitions, key_schema, continued(rest));
}

}  // namespace parley::api
