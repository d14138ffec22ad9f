#include "api/tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/input.h"
#include "api/shape_checks.h"
#include "api/table_members.h"

namespace parley::api {
namespace {

constexpr std::int64_t kTagKeyLengthMax = 128;
constexpr std::int64_t kTagValueLengthMax = 256;

bool has_tag_characters(std::string_view text) {
  constexpr std::string_view kSigns = " +-=._:/@";
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (static_cast<unsigned char>(c) & 0x80) != 0 || kSigns.find(c) != std::string_view::npos;
  });
}

std::unexpected<Error> refuse(std::string_view why, std::string_view arn) {
  return invalid(fmt::format("{}{}: {}", kInvalidValues, why, arn));
}

bool is_tag_key(std::string_view key) {
  return !key.empty() && utf16_length(key) <= kTagKeyLengthMax && has_tag_characters(key);
}

/// That `text` has an ARN's five colons, as AWS's own reader of ARNs finds fault with it.
Status check_colons(std::string_view text) {
  constexpr std::string_view kPrefix = "arn:";
  constexpr std::string_view kMissing[] = {
      "Second colon partition not found", "Third colon vendor not found",
      "Fourth colon (region/namespace delimiter) not found",
      "Fifth colon (namespace/relative-id delimiter) not found"};
  if (!text.starts_with(kPrefix)) return refuse("ARNs must start with 'arn:'", text);
  std::size_t colon = kPrefix.size() - 1;
  for (const std::string_view missing : kMissing) {
    colon = text.find(':', colon + 1);
    if (colon == std::string_view::npos) return refuse(missing, text);
  }
  return {};
}

/// The part of an ARN with five colons that lies behind `colons` of them.
std::string_view behind(std::string_view arn, int colons) {
  for (; colons > 0; --colons) arn.remove_prefix(arn.find(':') + 1);
  return arn;
}

}  // namespace

Result<std::vector<model::Tag>> read_tags(const simdjson::dom::array& input) {
  std::vector<model::Tag> tags;
  std::set<std::string_view> keys;
  for (const simdjson::dom::element element : input) {
    const simdjson::dom::object members = as_object(element);
    const auto key = find_string(members, "Key");
    const auto value = find_string(members, "Value");
    if (!key || !is_tag_key(*key)) {
      return invalid(fmt::format("The Tag Key provided is invalid, Key: {}", key.value_or("null")));
    }
    if (key->starts_with("aws:")) {
      return invalid(fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", *key));
    }
    if (!value || utf16_length(*value) > kTagValueLengthMax || !has_tag_characters(*value)) {
      return invalid(
          fmt::format("The Tag Value provided is invalid, Value: {}", value.value_or("null")));
    }
    if (!keys.insert(*key).second) {
      return invalid(
          fmt::format("Duplicate Tag Keys provided as input: Duplicate Tag Key found {}", *key));
    }
    tags.push_back({std::string(*key), std::string(*value)});
  }
  if (tags.size() > kTagsMax) {
    return invalid("Number of Tags exceed the current limit for the provided ResourceArn");
  }
  return tags;
}

Result<std::vector<std::string>> read_tag_keys(const simdjson::dom::array& input) {
  std::vector<std::string> keys;
  for (const simdjson::dom::element element : input) {
    const std::string_view key = as_string(element);
    if (!is_tag_key(key)) {
      return invalid(fmt::format("The Tag Key provided is invalid, Key: {}", key));
    }
    keys.emplace_back(key);
  }
  return keys;
}

Status check_resource_arn(const simdjson::dom::object& input) {
  const auto arn = find_string(input, "ResourceArn");
  if (!arn) return invalid("Invalid TableArn");
  PARLEY_TRY(check_colons(*arn));
  if (!behind(*arn, 2).starts_with("dynamodb:")) {
    return refuse("Provided Arn is not a DynamoDB resource arn", *arn);
  }
  const std::string_view resource = behind(*arn, 5);
  if (resource.starts_with("table/") && resource.contains("/index/")) {
    return refuse(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn",
        *arn);
  }
  const bool is_stream = resource.starts_with("table/") && resource.contains("/stream/");
  if (!is_stream && (!arn->starts_with("arn:aws:") || !is_arn(Pattern::kNameOrArn, *arn))) {
    return invalid(fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", *arn));
  }
  return {};
}

Result<engine::TableSnapshot> find_resource(engine::Database& database, std::string_view arn) {
  if (!arn.contains("/stream/")) {
    auto table = database.find_table(arn);
    if (table) return table;
  }
  return fail(ErrorCode::kResourceNotFound,
              fmt::format("Requested resource not found: ResourceArn: {} not found", arn));
}

}  // namespace parley::api
