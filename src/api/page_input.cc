#include "api/page_input.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "api/input.h"
#include "codec/item_json.h"

namespace parley::api {

using simdjson::dom::object;

namespace {

/// The name of the projection parameter in `input`, or an empty view.
std::string_view projection_parameter(const object& input) {
  for (const std::string_view name : {"ProjectionExpression", "AttributesToGet"}) {
    if (find_member(input, name)) return name;
  }
  return {};
}

/// DynamoDB names the starting key in some messages about its values and not in others.
bool names_starting_key(std::string_view message) {
  constexpr std::string_view kPlainMessages[] = {"contains duplicates", "number set",
                                                 "numeric value", "significant digits",
                                                 "number with magnitude"};
  return std::ranges::none_of(kPlainMessages, [&](std::string_view part) {
    return message.find(part) != std::string_view::npos;
  });
}

Status check_projection_absent(const object& input, std::string_view select) {
  const auto projection = projection_parameter(input);
  if (projection.empty()) return {};
  return invalid("Cannot specify the " + std::string(projection) + " when choosing to get " +
                 std::string(select));
}

}  // namespace

engine::ReadPage read_page(const object& input) {
  engine::ReadPage page{.table = std::string(string_member(input, "TableName"))};
  if (const auto index = find_string(input, "IndexName")) page.index.emplace(*index);
  page.consistent_read = find_boolean(input, "ConsistentRead").value_or(false);
  if (const auto limit = find_integer(input, "Limit")) {
    page.limit = static_cast<std::uint32_t>(*limit);
  }
  return page;
}

Result<std::optional<model::Item>> read_exclusive_start_key(const object& input) {
  const auto json = find_object(input, "ExclusiveStartKey");
  if (!json) return std::nullopt;
  auto key = codec::parse_item(*json);
  if (key) return std::move(*key);
  auto error = std::move(key).error();
  if (error.code == ErrorCode::kValidation && names_starting_key(error.message)) {
    error.message.insert(0, "The provided starting key is invalid: ");
  }
  return std::unexpected(std::move(error));
}

Result<std::optional<engine::Select>> read_select(const object& input) {
  const auto name = find_string(input, "Select");
  if (!name) return std::nullopt;
  if (*name == "COUNT") {
    PARLEY_TRY(check_projection_absent(input, "only the Count"));
    return engine::Select::kCount;
  }
  if (*name == "ALL_ATTRIBUTES") {
    PARLEY_TRY(check_projection_absent(input, *name));
    return engine::Select::kAllAttributes;
  }
  if (*name == "ALL_PROJECTED_ATTRIBUTES") {
    PARLEY_TRY(check_projection_absent(input, *name));
    return engine::Select::kAllProjectedAttributes;
  }
  if (projection_parameter(input).empty()) {
    return invalid(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        "SPECIFIC_ATTRIBUTES");
  }
  return engine::Select::kSpecificAttributes;
}

}  // namespace parley::api
