// Inputs of CreateTable and UpdateTable in short, for tests.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace parley::api {

/// `definitions({"a", "b:N"})`: AttributeDefinitions; S unless said otherwise.
[[nodiscard]] std::string definitions(std::initializer_list<std::string_view> attributes);

/// `key_schema({"a", "b"})`: the first is HASH, the others RANGE, unless said otherwise ("b:HASH").
[[nodiscard]] std::string key_schema(std::initializer_list<std::string_view> attributes);

/// `index("gsi", key_schema({"b"}), R"({"ProjectionType":"ALL"})")`; `rest` follows after a comma.
[[nodiscard]] std::string index_input(std::string_view name, std::string_view key_schema,
                                      std::string_view projection = R"({"ProjectionType":"ALL"})",
                                      std::string_view rest = {});

/// A table "abc" of on-demand billing; `rest` follows after a comma.
[[nodiscard]] std::string table_input(std::string_view definitions, std::string_view key_schema,
                                      std::string_view rest = {});

}  // namespace parley::api
