// DynamoDB JSON in and out of the stored encoding, in one pass each way.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/item.h"

namespace simdjson::dom {
class element;
class object;
}  // namespace simdjson::dom

namespace parley::codec {

/// Appends one AttributeValue, `{"S":"…"}` and so on, as a value of the stored encoding.
/// `depth` is how many maps and lists already enclose it (0 for an item's attribute).
/// Errors, with nothing usable in `out`:
///   kSerialization  a JSON type AWS's parser refuses (a number where "N" wants a string, …)
///   kValidation     no or several or unknown types in one value, bad numbers, base64, empty or
///                   duplicate sets, NULL that is not true, nesting past kNestingDepthMax
/// with DynamoDB's messages.
[[nodiscard]] Status append_value(const simdjson::dom::element& json, std::string& out,
                                  std::size_t depth = 0);

/// A whole `{"name": AttributeValue, …}` as an item. Does not check the item's size.
[[nodiscard]] Result<model::Item> parse_item(const simdjson::dom::object& json);

/// Parses JSON text with a parser of its own: for tests, tools and the catalog, not the hot path.
[[nodiscard]] Result<model::Item> parse_item(std::string_view json_text);

/// Appends `{"S":"…"}` etc.: compact, UTF-8 kept as it is, control characters, quotes and
/// backslashes escaped.
void append_json(std::string& out, model::ValueView value);
/// Appends `{"name":{…},…}`.
void append_json(std::string& out, model::MapView item);
/// Appends a JSON string literal with its quotes.
void append_json_string(std::string& out, std::string_view utf8);

}  // namespace parley::codec
