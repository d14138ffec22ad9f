#include "messaging/http/json_body.h"

#include <fmt/format.h>

#include <algorithm>

#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

std::unexpected<Error> must_be(std::string_view name, std::string_view what) {
  return refuse(RefusalReason::kInvalidInput, fmt::format("\"{}\" must be {}", name, what));
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') ||
           c == 0x7f;
  });
}

/// `text` with the line ends of other systems ("\r\n", "\r") as "\n".
std::string with_line_feeds(std::string_view text) {
  if (text.find('\r') == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_return = text[i] == '\r';
    if (is_return && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += is_return ? '\n' : text[i];
  }
  return out;
}

Result<std::string> text_of_value(const simdjson::dom::element& value, std::string_view name) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return must_be(name, "a string");
  if (has_control_characters(text)) return must_be(name, "without control characters");
  return with_line_feeds(text);
}

}  // namespace

Result<JsonBody> JsonBody::parse(std::string_view body) {
  JsonBody out;
  if (body.empty()) {
    out.is_empty_ = true;
    return out;
  }
  out.parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::element root;
  if (out.parser_->parse(body).get(root) != simdjson::SUCCESS) {
    return refuse(RefusalReason::kInvalidInput, "The body is not JSON");
  }
  if (root.get(out.object_) != simdjson::SUCCESS) {
    return refuse(RefusalReason::kInvalidInput, "The body is not a JSON object");
  }
  return out;
}

Result<JsonBody> JsonBody::parse(std::string_view body,
                                 std::initializer_list<std::string_view> members) {
  JsonBody out = PARLEY_TRY(parse(body));
  PARLEY_TRY(out.has_only(members));
  return out;
}

Status JsonBody::has_only(std::initializer_list<std::string_view> members) const {
  if (is_empty_) return {};
  for (const auto& [name, value] : object_) {
    if (std::ranges::find(members, name) == members.end()) {
      return refuse(RefusalReason::kInvalidInput,
                    fmt::format("{} is no member of this request", json_string(name)));
    }
  }
  return {};
}

Result<std::optional<std::string>> JsonBody::optional_text(std::string_view name) const {
  simdjson::dom::element value;
  if (is_empty_ || object_[name].get(value) != simdjson::SUCCESS || value.is_null()) {
    return std::nullopt;
  }
  return PARLEY_TRY(text_of_value(value, name));
}

Result<std::optional<bool>> JsonBody::optional_flag(std::string_view name) const {
  simdjson::dom::element value;
  if (is_empty_ || object_[name].get(value) != simdjson::SUCCESS || value.is_null()) {
    return std::nullopt;
  }
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) return must_be(name, "true or false");
  return flag;
}

Result<std::string> JsonBody::text(std::string_view name) const {
  auto text = PARLEY_TRY(optional_text(name));
  if (!text) return must_be(name, "there");
  return *std::move(text);
}

Result<bool> JsonBody::flag(std::string_view name) const {
  const auto flag = PARLEY_TRY(optional_flag(name));
  if (!flag) return must_be(name, "there");
  return *flag;
}

Result<std::vector<std::string>> JsonBody::texts(std::string_view name,
                                                 std::size_t count_max) const {
  simdjson::dom::array array;
  if (is_empty_ || object_[name].get(array) != simdjson::SUCCESS) return must_be(name, "an array");
  std::vector<std::string> out;
  for (const simdjson::dom::element value : array) {
    if (out.size() == count_max) {
      return must_be(name, fmt::format("an array of at most {} strings", count_max));
    }
    out.push_back(PARLEY_TRY(text_of_value(value, name)));
  }
  return out;
}

Result<std::optional<JsonBody>> JsonBody::optional_object(std::string_view name) const {
  simdjson::dom::element value;
  if (is_empty_ || object_[name].get(value) != simdjson::SUCCESS || value.is_null()) {
    return std::nullopt;
  }
  JsonBody member;
  if (value.get(member.object_) != simdjson::SUCCESS) return must_be(name, "an object");
  return member;
}

}  // namespace parley::messaging
