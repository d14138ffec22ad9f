#include <algorithm>
#include <string>

#include "expr/expr.h"
#include "model/limits.h"

namespace parley::expr {
namespace {

constexpr std::size_t kPlaceholderSizeBytesMax = 255;

/// `marker` and at least one letter, digit or underscore.
bool is_placeholder(std::string_view placeholder, char marker) {
  if (placeholder.size() < 2 || placeholder.front() != marker) return false;
  return std::ranges::all_of(placeholder.substr(1), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::unexpected<Error> invalid_key(std::string_view parameter, std::string_view key) {
  std::string message(parameter);
  message += " contains invalid key: Syntax error; key: \"";
  message += key;
  message += '"';
  return invalid(std::move(message));
}

/// Whether `placeholder` can be one.
Status check_placeholder(std::string_view parameter, std::string_view placeholder, char marker) {
  if (placeholder.size() > kPlaceholderSizeBytesMax) {
    return invalid(std::string(parameter) +
                   " contains invalid key: The expression attribute map contains a key that is too "
                   "long; size of key: " +
                   std::to_string(placeholder.size()));
  }
  if (!is_placeholder(placeholder, marker)) return invalid_key(parameter, placeholder);
  return {};
}

template <class Entries>
Status check_used(const Entries& entries, std::string_view parameter) {
  std::string unused;
  for (const auto& entry : entries) {
    if (entry.used) continue;
    if (!unused.empty()) unused += ", ";
    unused += entry.placeholder;
  }
  if (unused.empty()) return {};
  return invalid("Value provided in " + std::string(parameter) + " unused in expressions: keys: {" +
                 unused + "}");
}

}  // namespace

template <class Entry>
Entry* Substitutions::find(std::vector<Entry>& entries, std::vector<std::uint32_t>& order,
                           std::string_view placeholder) {
  if (entries.size() <= kScanMax) {
    for (Entry& entry : entries) {
      if (entry.placeholder == placeholder) return &entry;
    }
    return nullptr;
  }
  auto by_placeholder = [&](std::uint32_t i) { return entries[i].placeholder; };
  if (order.size() != entries.size()) {
    order.resize(entries.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, by_placeholder);
  }
  const auto found = std::ranges::lower_bound(order, placeholder, {}, by_placeholder);
  if (found == order.end() || entries[*found].placeholder != placeholder) return nullptr;
  return &entries[*found];
}

Status Substitutions::add_name(std::string_view placeholder, std::string_view attribute_name) {
  PARLEY_TRY(check_placeholder("ExpressionAttributeNames", placeholder, '#'));
  if (attribute_name.empty()) {
    return invalid(
        "ExpressionAttributeNames contains invalid value: Empty attribute name for key " +
        std::string(placeholder));
  }
  if (attribute_name.size() > model::kAttributeNameSizeBytesMax) {
    return invalid(
        "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be "
        "less than 65536 bytes for key " +
        std::string(placeholder));
  }
  names_.push_back({placeholder, attribute_name});
  return {};
}

Status Substitutions::add_value(std::string_view placeholder, model::ValueView value) {
  PARLEY_TRY(check_placeholder("ExpressionAttributeValues", placeholder, ':'));
  values_.push_back({placeholder, value});
  return {};
}

Status Substitutions::check_all_used() const {
  PARLEY_TRY(check_used(names_, "ExpressionAttributeNames"));
  return check_used(values_, "ExpressionAttributeValues");
}

std::optional<std::string_view> Substitutions::use_name(std::string_view placeholder) {
  Name* name = find(names_, name_order_, placeholder);
  if (name == nullptr) return std::nullopt;
  name->used = true;
  return name->attribute_name;
}

std::optional<model::ValueView> Substitutions::use_value(std::string_view placeholder) {
  Value* value = find(values_, value_order_, placeholder);
  if (value == nullptr) return std::nullopt;
  value->used = true;
  return value->value;
}

}  // namespace parley::expr
