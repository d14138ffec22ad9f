#include "api/lambda/json_members.h"

#include <fmt/format.h>

#include <ctime>

#include "codec/item_json.h"

namespace parley::api {

void JsonMembers::text(std::string_view name, std::string_view value) {
  object_.member(name);
  codec::append_json_string(out_, value);
}

void JsonMembers::number(std::string_view name, std::int64_t value) {
  object_.member(name);
  out_ += std::to_string(value);
}

void JsonMembers::flag(std::string_view name, bool value) {
  object_.member(name);
  out_ += value ? "true" : "false";
}

void JsonMembers::seconds(std::string_view name, TimestampMicros time) {
  object_.member(name);
  const std::int64_t milliseconds = time / 1000;
  fmt::format_to(std::back_inserter(out_), "{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

void JsonMembers::raw(std::string_view name, std::string_view json) {
  object_.member(name);
  out_ += json;
}

std::string lambda_time(TimestampMicros time) {
  const std::time_t seconds = time / 1'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0000", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     time / 1000 % 1000);
}

}  // namespace parley::api
