// JsonMembers: a JSON object written member by member, of the types that Lambda's replies have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/json_object.h"
#include "base/clock.h"

namespace parley::api {

/// As ObjectWriter, with the values. Names need no escapes. `out` is borrowed.
class JsonMembers {
 public:
  explicit JsonMembers(std::string& out) : out_(out), object_(out) {}

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::int64_t value);
  void flag(std::string_view name, bool value);
  /// Seconds since 1970 with milliseconds: 1763823845.678.
  void seconds(std::string_view name, TimestampMicros time);
  /// `json` as it is.
  void raw(std::string_view name, std::string_view json);
  /// The name alone; the caller appends the value to the string.
  void name(std::string_view name) { object_.member(name); }
  void finish() { object_.finish(); }

 private:
  std::string& out_;
  ObjectWriter object_;
};

/// "2026-11-22T15:04:05.000+0000", as Lambda writes a function's LastModified.
[[nodiscard]] std::string lambda_time(TimestampMicros time);

}  // namespace parley::api
