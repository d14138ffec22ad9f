#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "net/ascii.h"
#include "net/http_client.h"

namespace parley::net {

Result<Url> Url::parse(std::string_view text) {
  const auto malformed = [&](std::string_view why) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no address: {}", text, why));
  };
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return malformed("it must begin with http:// or https://");
  }
  const std::string_view scheme = text.substr(0, scheme_end);
  Url url;
  url.tls = equals_ignoring_case(scheme, "https");
  if (!url.tls && !equals_ignoring_case(scheme, "http")) {
    return malformed("it must begin with http:// or https://");
  }
  url.port = url.tls ? 443 : 80;

  std::string_view rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  const auto is_bad = [](unsigned char c) { return c <= ' ' || c == 0x7f; };
  if (std::ranges::any_of(authority, is_bad) || std::ranges::any_of(rest, is_bad)) {
    return malformed("it contains white space");
  }
  if (authority.find('@') != std::string_view::npos) return malformed("it names a user");

  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return malformed("a ] is missing");
    url.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
  } else {
    url.host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(url.host.size());
  }
  if (url.host.empty()) return malformed("the host is missing");
  if (!authority.empty()) {
    const std::string_view port = authority.substr(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (authority.front() != ':' || error != std::errc{} || end != port.data() + port.size() ||
        url.port == 0) {
      return malformed("the port is not a number from 1 to 65535");
    }
  }

  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) url.query = rest.substr(question + 1);
  rest = rest.substr(0, question);
  if (!rest.empty()) url.path = rest;
  return url;
}

std::string Url::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string out = is_v6 ? "[" + host + "]" : host;
  if (port != (tls ? 443 : 80)) out += fmt::format(":{}", port);
  return out;
}

}  // namespace parley::net
