// JsonBody: a request's JSON object, read member by member.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::messaging {

/// Every refusal is kInvalidInput and names the member.
class JsonBody {
 public:
  /// An empty body is an empty object. Refuses what is no JSON object.
  [[nodiscard]] static Result<JsonBody> parse(std::string_view body);
  /// And what has another member than `members`: openapi.json says of which requests.
  [[nodiscard]] static Result<JsonBody> parse(std::string_view body,
                                              std::initializer_list<std::string_view> members);
  /// Refuses if there is another member than `members`.
  [[nodiscard]] Status has_only(std::initializer_list<std::string_view> members) const;

  /// A member that is missing or null is none; one of another type is refused. A text is refused if
  /// it has control characters other than line feeds and tabs.
  [[nodiscard]] Result<std::optional<std::string>> optional_text(std::string_view name) const;
  [[nodiscard]] Result<std::optional<bool>> optional_flag(std::string_view name) const;
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  [[nodiscard]] Result<bool> flag(std::string_view name) const;
  /// An array of at most `count_max` texts.
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name,
                                                       std::size_t count_max) const;
  /// An object; none if it is missing. It must not outlive this one.
  [[nodiscard]] Result<std::optional<JsonBody>> optional_object(std::string_view name) const;

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;  // null in a member object
  simdjson::dom::object object_ = {};
  bool is_empty_ = false;
};

}  // namespace parley::messaging
