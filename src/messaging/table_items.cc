#include "messaging/table_items.h"

#include <charconv>

#include "codec/item_json.h"

namespace parley::messaging {

std::string json_string(std::string_view text) {
  std::string out;
  codec::append_json_string(out, text);
  return out;
}

std::string string_value(std::string_view text) {
  return "{\"S\":" + json_string(text) + "}";
}

std::string item_key(std::string_view pk, std::string_view sk) {
  return "{\"pk\":" + string_value(pk) + ",\"sk\":" + string_value(sk) + "}";
}

std::optional<std::string_view> user_of_list(std::string_view pk, std::string_view sk) {
  if (pk.starts_with(kConversationPrefix) && sk.starts_with(kMemberPrefix)) {
    return sk.substr(kMemberPrefix.size());
  }
  if (pk.starts_with(kPinnedPrefix)) return pk.substr(kPinnedPrefix.size());
  return std::nullopt;
}

std::optional<std::string_view> text_of(const simdjson::dom::element& item, std::string_view name) {
  std::string_view text;
  if (item[name]["S"].get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::optional<long> number_of(const simdjson::dom::element& item, std::string_view name) {
  std::string_view text;
  if (item[name]["N"].get(text) != simdjson::SUCCESS) return std::nullopt;
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace parley::messaging
