#include "net/aws_signature.h"

#include <fmt/chrono.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <map>
#include <vector>

#include "net/ascii.h"

namespace parley::net {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest sha256(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

Digest hmac(std::string_view key, std::string_view text) {
  Digest digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return digest;
}

std::string hex(const Digest& digest) {
  std::string out;
  for (const unsigned char byte : digest) out += fmt::format("{:02x}", byte);
  return out;
}

/// Percent-encodes all but RFC 3986's unreserved characters and those of `kept`.
std::string uri_encode(std::string_view text, std::string_view kept = {}) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte) != 0) || std::string_view("-._~").contains(c) ||
        kept.contains(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

std::string uri_decode(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'                                ? c - '0'
           : std::isxdigit(static_cast<unsigned char>(c)) != 0 ? to_lower(c) - 'a' + 10
                                                               : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// The path without empty and dot segments, encoded once more than it is sent.
std::string canonical_path(std::string_view path) {
  std::vector<std::string_view> segments;
  bool ends_in_slash = false;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    ends_in_slash = segment.empty() || segment == "." || segment == "..";
    at = end + 1;
  }
  std::string out;
  for (const auto segment : segments) out += "/" + uri_encode(segment);
  if (out.empty() || ends_in_slash) out += '/';
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view parameter = query.substr(at, end - at);
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view value = equals == parameter.size() ? "" : parameter.substr(equals + 1);
    if (!parameter.empty()) {
      parameters.emplace_back(uri_encode(uri_decode(parameter.substr(0, equals))),
                              uri_encode(uri_decode(value)));
    }
    at = end + 1;
  }
  std::ranges::sort(parameters);
  std::string out;
  for (const auto& [name, value] : parameters) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  }
  return out;
}

/// Runs of spaces become one.
std::string single_spaced(std::string_view text) {
  std::string out;
  for (const char c : trimmed(text)) {
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  }
  return out;
}

bool is_signed(std::string_view lower_name) {
  // What proxies may change, and what sign() itself adds.
  return lower_name != "user-agent" && lower_name != "expect" && lower_name != "connection" &&
         lower_name != "transfer-encoding" && lower_name != "x-amzn-trace-id";
}

void set_header(HttpClientRequest& request, std::string_view name, std::string value) {
  std::erase_if(request.headers,
                [&](const auto& header) { return equals_ignoring_case(header.first, name); });
  request.headers.emplace_back(name, std::move(value));
}

}  // namespace

void sign(HttpClientRequest& request, std::string_view authority, const AwsCredentials& credentials,
          std::string_view region, std::string_view service, TimestampMicros now) {
  const std::tm time = fmt::gmtime(static_cast<std::time_t>(now / 1'000'000));
  const std::string stamp = fmt::format("{:%Y%m%dT%H%M%SZ}", time);
  const std::string day = stamp.substr(0, 8);
  std::erase_if(request.headers, [](const auto& header) {
    return equals_ignoring_case(header.first, "authorization");
  });
  set_header(request, "X-Amz-Date", stamp);
  if (!credentials.session_token.empty()) {
    set_header(request, "X-Amz-Security-Token", credentials.session_token);
  }

  std::map<std::string, std::string> headers{{"host", single_spaced(authority)}};
  for (const auto& [name, value] : request.headers) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), to_lower);
    if (!is_signed(lower) || lower == "host") continue;
    const auto [existing, is_new] = headers.try_emplace(lower, single_spaced(value));
    if (!is_new) existing->second += "," + single_spaced(value);
  }
  std::string header_lines;
  std::string names;
  for (const auto& [name, value] : headers) {
    header_lines += fmt::format("{}:{}\n", name, value);
    names += (names.empty() ? "" : ";") + name;
  }

  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(request.path),
                  canonical_query(request.query), header_lines, names, hex(sha256(request.body)));
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region, service);
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", stamp, scope, hex(sha256(canonical)));
  Digest key = hmac("AWS4" + credentials.secret_access_key, day);
  key = hmac(bytes_of(key), region);
  key = hmac(bytes_of(key), service);
  key = hmac(bytes_of(key), "aws4_request");
  request.headers.emplace_back(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                  credentials.access_key_id, scope, names, hex(hmac(bytes_of(key), to_sign))));
}

}  // namespace parley::net
