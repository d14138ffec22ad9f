#include "api/tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/input.h"
#include "api/shape_checks.h"

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

/// Six parts between colons, and a slash in the last: what AWS takes for an ARN before it looks
/// closer.
bool looks_like_arn(std::string_view text) {
  int colons = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < text.size() && colons < 5; ++i) {
    if (text[i] != ':' || i == last) continue;
    ++colons;
    last = i + 1;
  }
  const std::size_t slash = text.find('/', last + 1);
  return colons == 5 && slash != std::string_view::npos && slash + 1 < text.size();
}

}  // namespace

Result<std::vector<model::Tag>> read_tags(const simdjson::dom::array& input) {
  std::vector<model::Tag> tags;
  std::set<std::string_view> keys;
  for (const simdjson::dom::element element : input) {
    const simdjson::dom::object members = as_object(element);
    const auto key = find_string(members, "Key");
    const auto value = find_string(members, "Value");
    if (!key || key->empty() || utf16_length(*key) > kTagKeyLengthMax ||
        !has_tag_characters(*key)) {
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

Status check_resource_arn(const simdjson::dom::object& input, std::string_view operation,
                          const model::Realm& realm) {
  const auto arn = find_string(input, "ResourceArn");
  if (!arn) return invalid("Invalid TableArn");
  if (!looks_like_arn(*arn)) {
    return fail(
        ErrorCode::kAccessDenied,
        fmt::format(
            "User: arn:aws:iam::{}:root is not authorized to perform: dynamodb:{} on resource: {}",
            realm.account, operation, *arn));
  }
  if (!arn->starts_with("arn:aws:dynamodb:") || !is_arn(Pattern::kNameOrArn, *arn)) {
    return invalid(fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", *arn));
  }
  return {};
}

Result<engine::TableSnapshot> find_resource(engine::Database& database, std::string_view arn) {
  auto table = database.find_table(arn);
  if (table) return table;
  return fail(ErrorCode::kResourceNotFound,
              fmt::format("Requested resource not found: ResourcArn: {} not found", arn));
}

}  // namespace parley::api
