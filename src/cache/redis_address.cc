#include <fmt/format.h>

#include <charconv>

#include "cache/redis_store.h"

namespace parley::cache {
namespace {

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{}: a Redis address is redis://[[user:]password@]host[:port][/database] "
                          "or unix:///path",
                          what));
}

Result<int> number(std::string_view text, int max, std::string_view what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > max) {
    return wrong(fmt::format("\"{}\" is no {}", text, what));
  }
  return value;
}

}  // namespace

Result<RedisAddress> RedisAddress::parse(std::string_view text) {
  RedisAddress address;
  constexpr std::string_view kTcp = "redis://";
  constexpr std::string_view kUnix = "unix://";
  if (text.starts_with("rediss://")) {
    return fail(ErrorCode::kInvalidArgument,
                "rediss:// is not supported: put a TLS tunnel in front, and say redis://");
  }
  if (text.starts_with(kUnix)) {
    address.socket_path = text.substr(kUnix.size());
    if (!address.socket_path.starts_with('/')) return wrong("The socket's path is not absolute");
    return address;
  }
  if (!text.starts_with(kTcp)) return wrong(fmt::format("\"{}\" is none", text));
  text.remove_prefix(kTcp.size());
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = text.substr(0, at);
    const auto colon = login.find(':');
    address.user = colon == std::string_view::npos ? "" : login.substr(0, colon);
    address.password = colon == std::string_view::npos ? login : login.substr(colon + 1);
    text.remove_prefix(at + 1);
  }
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view database = text.substr(slash + 1);
    if (!database.empty()) {
      address.database = PARLEY_TRY(number(database, 1'000'000, "number of a database"));
    }
    text = text.substr(0, slash);
  }
  const bool is_v6 = text.starts_with('[');
  const auto colon = is_v6 ? text.find("]:") : text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    address.port = PARLEY_TRY(number(text.substr(colon + (is_v6 ? 2 : 1)), 65'535, "port"));
    if (is_v6) host = text.substr(0, colon + 1);
  }
  if (is_v6) {
    if (!host.ends_with(']')) return wrong("A ] is missing");
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return wrong("There is no host");
  if (host.find_first_of("[]") != std::string_view::npos) {
    return wrong(fmt::format("\"{}\" is no host", host));
  }
  address.host = host;
  return address;
}

std::string RedisAddress::text() const {
  if (!socket_path.empty()) return "unix://" + socket_path;
  const bool is_v6 = host.find(':') != std::string::npos;
  return fmt::format("redis://{}:{}{}", is_v6 ? "[" + host + "]" : host, port,
                     database == 0 ? "" : fmt::format("/{}", database));
}

}  // namespace parley::cache
